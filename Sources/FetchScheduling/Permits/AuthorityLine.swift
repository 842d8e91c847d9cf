import DequeModule

/// The state of one authority: permits in use, the wait queue and the pace.
struct AuthorityLine<Waiter: Sendable>: Sendable {
    /// The position of the line among the others.
    enum Standing: Hashable {
        /// No waiter.
        case idle
        /// Its own limit is reached.
        case full
        /// In the queue of the lines with as many permits.
        case turn(Int)
        /// After the lines that have answered before.
        case probe
        /// Paused until a time.
        case held(Duration)
    }

    /// What can start for the line now.
    enum Readiness {
        case ready
        /// Ready, but it has not answered yet and has its probe.
        case unproven
        case full
        case held(Duration)
    }

    var key: String
    /// The number of lent permits.
    var used = 0
    /// The waiters in order.
    var waiting = Deque<Waiter>()
    var pace = AuthorityPace()
    var rate: SlidingLog?
    /// The maximum number of permits; nil for no limit of its own.
    let maximum: Int?
    /// The loops that its responses came on, which have connections to the authority: one bit for each. Zero with one
    /// loop.
    var loops: UInt8 = 0
    /// How often a later line got a permit before it because of its loop.
    var passedOver = 0
    /// Whether it has ever answered.
    var isProven = false
    var standing = Standing.idle
    /// Incremented with each change of the position, so that older entries of queues are recognised.
    var generation: UInt32 = 0

    init(key: String, _ limits: PermitLimits) {
        self.key = key
        rate = limits.rate(of: key)
        maximum = limits.maximum(of: key)
    }

    /// What can start now. It changes nothing, but is mutating so that it is read in place.
    @inline(__always)
    mutating func readiness(_ limits: PermitLimits, at now: Duration) -> Readiness {
        if let until = pace.openUntil, until > now { return .held(until) }
        if let rate, rate.nextStart > now { return .held(rate.nextStart) }
        if let maximum, used >= maximum { return .full }
        if let limit = pace.limit, used >= limit { return .full }
        if let probe = limits.probe, !isProven, used >= probe { return .unproven }
        return .ready
    }

    /// Whether it can be removed.
    func isForgettable(at now: Duration) -> Bool {
        used == 0 && waiting.isEmpty && standing == .idle && pace.isOrdinary && (rate?.isIdle(at: now) ?? true)
    }
}
