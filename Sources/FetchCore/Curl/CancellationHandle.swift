import Synchronization

/// Names a transfer before the loop knows it, and remembers a cancellation that comes that early. It may name another
/// when that one has ended; a cancellation that comes late then ends the next.
public final class CancellationHandle: Sendable {
    let id: TransferID
    private let cancelled = Atomic<Bool>(false)
    private let assignedSlot = Atomic<Int>(-1)

    init(_ id: TransferID) { self.id = id }

    /// Whether the task was cancelled.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// The slot that the loop has given it; nil before its start.
    var slot: Int? {
        let slot = assignedSlot.load(ordering: .relaxed)
        return slot < 0 ? nil : slot
    }

    /// Notes the slot, in the loop's thread.
    func started(at slot: Int) { assignedSlot.store(slot, ordering: .relaxed) }

    /// Remembers that the task was cancelled.
    func cancel() { cancelled.store(true, ordering: .releasing) }
}
