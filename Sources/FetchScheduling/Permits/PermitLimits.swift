import FetchHTTP

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
    /// The limits of certain keys, which are authorities; nil for none.
    var hosts: HostLimits?

    /// The rate of a key.
    func rate(of key: String) -> SlidingLog? {
        hosts?.rate.value(forAuthority: key).map { SlidingLog($0, isConfirmed: true) } ?? ratePerKey
    }

    /// The pace of a key with a maximum: where hosts have their own, a key regains its own and no other.
    func pace(of maximum: Int?) -> PacePolicy? {
        guard hosts != nil, let maximum else { return pace }
        var policy = pace
        policy?.ceiling = maximum
        return policy
    }

    /// The maximum number of permits of a key; nil for no limit of its own.
    func maximum(of key: String) -> Int? { hosts?.maximum.value(forAuthority: key) ?? perKey }
}
