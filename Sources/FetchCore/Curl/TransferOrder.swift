/// A transfer that a task asks for, with the continuation that waits for its end.
struct TransferOrder: Sendable {
    let cancellation: CancellationHandle
    let request: Request
    let sink: BodySink
    let limits: TransferLimits
    /// Called once, on the loop's thread and outside libcurl, with what the transfer gave.
    let completion: @Sendable (inout TransferResult) -> Void
}
