/// A permit that was lent: what is given back.
struct Permit: Sendable, Hashable {
    /// The line it belongs to.
    let place: Int
    /// When it was lent.
    let start: Duration
}
