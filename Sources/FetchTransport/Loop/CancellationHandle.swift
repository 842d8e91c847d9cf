import Synchronization

/// Identifies a transfer before the loop knows it, and remembers a cancellation that comes that early. It may be reused
/// when the transfer has ended; a late cancellation then ends the next transfer.
package final class CancellationHandle: Sendable {
    let id: TransferID
    private let cancelled = Atomic<Bool>(false)
    private let assignedSlot = Atomic<Int>(-1)

    init(_ id: TransferID) { self.id = id }

    /// Whether the task was cancelled.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// The slot in the loop; nil before the start.
    var slot: Int? {
        let slot = assignedSlot.load(ordering: .relaxed)
        return slot < 0 ? nil : slot
    }

    /// Records the slot, on the loop's thread.
    func started(at slot: Int) { assignedSlot.store(slot, ordering: .relaxed) }

    /// Records that the task was cancelled.
    func cancel() { cancelled.store(true, ordering: .releasing) }
}
