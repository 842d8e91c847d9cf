/// A permit that was lent and must be returned.
struct Permit: Sendable, Hashable {
    /// The slot of its line.
    let slot: Int
    /// When it was lent.
    let start: Duration
}
