/// A transport that can call back instead of resuming a task, for runs of very many small requests: a task and its hops
/// cost as much as the request itself (docs/benchmarks.md).
public protocol CallbackTransport: Transport {
    /// Names a transfer that is still to be started.
    func makeCancellationHandle() -> CancellationHandle

    /// Starts the request; the closure is called once with what it gave, on a thread of the transport. It may take out
    /// of it what it needs. It is never called before this returns on the same thread, so that who starts a next
    /// request in it does not go one call deeper for each.
    ///
    /// - Returns: Why the request could not be started; the closure is not called then. Nil if it was.
    func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits, cancellation: CancellationHandle,
        _ completion: @escaping @Sendable (inout TransferResult) -> Void
    ) -> FetchError?

    /// The loop that we are on, as a number, where the transport has several and connections belong to one: what it sends
    /// next is best for a host that it has a connection to. Nil where it makes no difference.
    var currentLoop: Int? { get }

    /// Ends a transfer at once, or before its start; its closure is called with `cancelled`, unless it has been called
    /// already.
    func cancel(_ cancellation: CancellationHandle)
}
