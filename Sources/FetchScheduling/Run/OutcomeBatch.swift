package import FetchHTTP

/// Outcomes that ended in the same turn of the loop, in the order in which they ended.
///
/// They are moved in and out: a copy of an outcome counts the references of all that it contains, and costs a tenth of
/// its record.
package struct OutcomeBatch: Sendable, Sequence {
    /// Nil where one was removed: an array element can only be moved out if another value replaces it.
    private var outcomes: [Outcome?] = []
    private var next = 0

    init() {}

    /// The number of outcomes.
    package var count: Int { outcomes.count - next }
    /// Whether there are none.
    var isEmpty: Bool { next == outcomes.count }

    /// Removes the oldest outcome; nil when none is left.
    package mutating func popFirst() -> Outcome? {
        guard next < outcomes.count else { return nil }
        defer { next += 1 }
        return outcomes[next].take()
    }

    /// All outcomes, oldest first.
    package func makeIterator() -> some IteratorProtocol<Outcome> { outcomes.lazy.compactMap { $0 }.makeIterator() }

    mutating func append(_ outcome: consuming Outcome) { outcomes.append(outcome) }

    mutating func reserveCapacity(_ count: Int) { outcomes.reserveCapacity(count) }
}
