/// Outcomes that ended in the same turn of the loop, in the order in which they did.
///
/// They are moved in and moved out: a copy of an outcome counts the references of all that it holds, and costs a tenth of
/// its record.
public struct OutcomeBatch: Sendable, Sequence {
    /// Nil where one was taken out: only what leaves something in its place can be moved out of an array.
    private var outcomes: [Outcome?] = []
    private var next = 0

    init() {}

    /// How many there are.
    public var count: Int { outcomes.count - next }
    /// Whether there are none.
    public var isEmpty: Bool { next == outcomes.count }

    /// Takes out the oldest; nil when none is left.
    public mutating func popFirst() -> Outcome? {
        guard next < outcomes.count else { return nil }
        defer { next += 1 }
        return outcomes[next].take()
    }

    /// All of them, oldest first.
    public func makeIterator() -> some IteratorProtocol<Outcome> { outcomes.lazy.compactMap { $0 }.makeIterator() }

    mutating func append(_ outcome: consuming Outcome) { outcomes.append(outcome) }

    mutating func reserveCapacity(_ count: Int) { outcomes.reserveCapacity(count) }
}
