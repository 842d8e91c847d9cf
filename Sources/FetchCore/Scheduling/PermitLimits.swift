/// What bounds the permits of a semaphore.
struct PermitLimits: Sendable {
    /// Most permits at once; at least 1.
    var total: Int
    /// Most of them for the same key; nil for no bound of its own.
    var perKey: Int?
    /// Most permits in every window of time, all keys together.
    var rate: SlidingLog?
    /// The same for each key.
    var ratePerKey: SlidingLog?
    /// Most permits of a key that has not answered yet, while others may want them; nil for no such bound.
    var probe: Int?
    /// How keys react to what is said when a permit comes back; nil where nothing is.
    var pace: PacePolicy?
}
