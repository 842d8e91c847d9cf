import Synchronization

/// A transfer that a task asks for, with the continuation that waits for its end.
struct TransferOrder: Sendable {
    let ticket: Ticket
    let request: Request
    let sink: BodySink
    let limits: TransferLimits
    let continuation: UnsafeContinuation<TransferResult, Never>
}

/// Names a transfer before the loop knows it, and remembers a cancellation that comes that early.
final class Ticket: Sendable {
    let id: TransferID
    private let cancelled = Atomic<Bool>(false)

    init(_ id: TransferID) { self.id = id }

    /// Whether the task was cancelled.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Remembers that the task was cancelled.
    func cancel() { cancelled.store(true, ordering: .releasing) }
}
