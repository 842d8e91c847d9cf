import Synchronization

/// A position in a list that several tasks advance.
package final class AtomicPosition: Sendable {
    private let value = Atomic<Int>(0)

    /// Nothing yet.
    package init() {}

    /// Advances the position and returns the previous one.
    package func advance(by count: Int) -> Int {
        value.add(count, ordering: .relaxed).oldValue
    }
}
