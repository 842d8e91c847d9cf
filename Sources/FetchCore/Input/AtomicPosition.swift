import Synchronization

/// A position in a list that several tasks advance.
final class AtomicPosition: Sendable {
    private let value = Atomic<Int>(0)

    /// Advances the position and returns the previous one.
    func advance(by count: Int) -> Int {
        value.add(count, ordering: .relaxed).oldValue
    }
}
