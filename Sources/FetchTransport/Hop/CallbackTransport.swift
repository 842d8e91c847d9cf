package import FetchHTTP

/// A transport that can call back instead of resuming a task, for runs of very many small requests: a task and its hops
/// cost as much as the request itself (docs/benchmarks.md).
package protocol CallbackTransport: Transport {
    /// Identifies a transfer before its start.
    func makeCancellationHandle() -> CancellationHandle

    /// Starts the request; the closure is called once with the result, on a thread of the transport, and may move
    /// values out of it. It is never called before this returns on the same thread, so that starting the next request
    /// in it does not go one call deeper for each.
    ///
    /// - Returns: Why the request could not be started; the closure is not called then. Nil if it was started.
    func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits, cancellation: CancellationHandle,
        _ completion: @escaping @Sendable (inout TransferResult) -> Void
    ) -> FetchError?

    /// The number of the loop that the caller runs on, if the transport has several and connections belong to one: the
    /// next request is best sent to a host that the loop has a connection to. Nil if it makes no difference.
    var currentLoop: Int? { get }

    /// Ends a transfer immediately, or before its start; its closure is called with `cancelled`, unless it was called
    /// already.
    func cancel(_ cancellation: CancellationHandle)
}
