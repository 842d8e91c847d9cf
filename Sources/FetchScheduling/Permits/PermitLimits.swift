/// The limits of a semaphore's permits.
struct PermitLimits: Sendable {
    /// The maximum number of permits; at least 1.
    var total: Int
    /// The maximum number for the same key; nil for no limit of its own.
    var perKey: Int?
    /// The maximum number in every window of time, for all keys together.
    var rate: SlidingLog?
    /// The same for each key.
    var ratePerKey: SlidingLog?
    /// The maximum number for a key that has not answered yet, while others may want permits; nil for no such limit.
    var probe: Int?
    /// The pace of the keys; nil if they have none.
    var pace: PacePolicy?
}
