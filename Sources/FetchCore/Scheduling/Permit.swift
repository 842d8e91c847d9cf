/// A permit that was lent: what is given back.
struct Permit: Sendable, Hashable {
    /// The slot of the line it belongs to.
    let slot: Int
    /// When it was lent.
    let start: Duration
}
