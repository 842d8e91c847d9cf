import DequeModule

/// The state of one authority: permits in use, the wait queue and the pace.
struct PermitLine<Waiter: Sendable>: Sendable {
    /// Where the line stands among the others.
    enum Standing: Hashable {
        /// Nobody waits.
        case idle
        /// Its own bound is reached.
        case full
        /// In the queue of those that have so many permits already.
        case turn(Int)
        /// Behind those that have answered before.
        case probe
        /// Until a time.
        case held(Duration)
    }

    /// What could start for the line now.
    enum Readiness {
        case ready
        /// Ready, but it has not shown yet that it answers, and has its share.
        case unproven
        case full
        case held(Duration)
    }

    var key: String
    /// Permits lent.
    var used = 0
    /// Who waits, in order.
    var waiting = Deque<Waiter>()
    var pace = AuthorityPace()
    var rate: SlidingLog?
    /// The loops that its answers came on, which have connections to the authority: a bit for each. None where there is
    /// one loop.
    var loops: UInt8 = 0
    /// How often one behind it got a permit because of its loop.
    var passedOver = 0
    /// Whether it has ever answered.
    var isProven = false
    var standing = Standing.idle
    /// Goes up with each change of the standing, so that entries of queues from before are known as such.
    var generation: UInt32 = 0

    init(key: String, rate: SlidingLog?) {
        self.key = key
        self.rate = rate
    }

    /// What could start now. It changes nothing, but would not be read in place if it could not.
    @inline(__always)
    mutating func readiness(_ limits: PermitLimits, at now: Duration) -> Readiness {
        if let until = pace.openUntil, until > now { return .held(until) }
        if let rate, rate.nextStart > now { return .held(rate.nextStart) }
        if let perKey = limits.perKey, used >= perKey { return .full }
        if let limit = pace.limit, used >= limit { return .full }
        if let probe = limits.probe, !isProven, used >= probe { return .unproven }
        return .ready
    }

    /// Whether it can be forgotten.
    func isForgettable(at now: Duration) -> Bool {
        used == 0 && waiting.isEmpty && standing == .idle && pace.isOrdinary && (rate?.isIdle(at: now) ?? true)
    }
}
