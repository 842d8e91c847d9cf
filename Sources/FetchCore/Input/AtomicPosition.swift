import Synchronization

/// A position in a list that several tasks may move on.
final class AtomicPosition: Sendable {
    private let value = Atomic<Int>(0)

    /// Moves on; gives where it was.
    func advance(by count: Int) -> Int {
        value.add(count, ordering: .relaxed).oldValue
    }
}
