/// An origin that may be visited from a time on, as the frontier's heap orders them. An entry that is out of date stays
/// in the heap; its number says so when it comes up.
struct OriginTurn: Sendable, Comparable {
    let due: Int64
    /// Of origins that are due at the same time, the one that waits longest comes first.
    let number: UInt64
    let origin: Int32

    static func < (left: OriginTurn, right: OriginTurn) -> Bool { (left.due, left.number) < (right.due, right.number) }
}
