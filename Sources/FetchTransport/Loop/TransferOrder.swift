import FetchHTTP

/// A transfer that a task requests, with the continuation that waits for its end.
struct TransferOrder: Sendable {
    let cancellation: CancellationHandle
    let request: Request
    let sink: BodySink
    let limits: TransferLimits
    /// Called once with the result, on the loop's thread and outside libcurl.
    let completion: @Sendable (inout TransferResult) -> Void
}
