import Synchronization

/// Names a transfer before the loop knows it, and remembers a cancellation that comes that early. It may name another
/// when that one has ended; a cancellation that comes late then ends the next.
public final class CancellationHandle: Sendable {
    let id: TransferID
    private let cancelled = Atomic<Bool>(false)
    private let place = Atomic<Int>(-1)

    init(_ id: TransferID) { self.id = id }

    /// Whether the task was cancelled.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// The place that the loop has given it; nil before its start.
    var placeInLoop: Int? {
        let place = place.load(ordering: .relaxed)
        return place < 0 ? nil : place
    }

    /// Notes the place, in the loop's thread.
    func started(at place: Int) { self.place.store(place, ordering: .relaxed) }

    /// Remembers that the task was cancelled.
    func cancel() { cancelled.store(true, ordering: .releasing) }
}
