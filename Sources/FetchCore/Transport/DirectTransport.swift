/// A transport that can call back instead of resuming a task, for runs of very many small requests: a task and its hops
/// cost as much as the request itself (docs/benchmarks.md).
public protocol DirectTransport: Transport {
    /// Starts the request; the closure is called once with what it gave, on the transport's executor.
    ///
    /// - Returns: What names the transfer for ``cancel(_:)``.
    func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits,
        _ completion: @escaping @Sendable (TransferResult) -> Void
    ) -> Ticket

    /// Ends a transfer at once; its closure is called with `cancelled`, unless it has been called already.
    func cancel(_ ticket: Ticket)
}
