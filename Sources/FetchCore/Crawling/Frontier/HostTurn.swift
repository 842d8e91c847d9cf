/// A host that may be visited from a time on, as the frontier's heap orders them. An entry that is out of date stays in the
/// heap; its number says so when it comes up.
struct HostTurn: Sendable, Comparable {
    let due: Int64
    /// Of hosts that are due at the same time, the one that waits longest comes first.
    let number: UInt64
    let host: Int32

    static func < (left: HostTurn, right: HostTurn) -> Bool { (left.due, left.number) < (right.due, right.number) }
}
