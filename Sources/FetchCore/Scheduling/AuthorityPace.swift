/// How fast one authority may be asked: its pauses, and how many requests at once after one. Pure: signals and a time
/// in, the bounds out.
///
/// An authority that says slow down (429, or 503 with Retry-After) gets nothing until its time is over, from no URL.
/// Then one request goes; when it is answered well, half as many at once as before; then one more for each round of
/// good answers, until the bound of everybody else is reached. Failures never raise the pace.
struct AuthorityPace: Sendable, Hashable {
    /// What the end of a request says about its authority.
    enum Signal: Sendable, Hashable {
        /// A good answer.
        case answered
        /// An answer that says nothing about the pace, such as 404.
        case reached
        /// Nothing is known of the authority.
        case unknown
        /// 429, or 503 with a time: wait so long, or for a time of our own.
        case slowDown(after: Duration?)
        /// 503 without a time: the authority has too much to do.
        case overloaded
        /// A good answer, and the last that the authority gives for so long (`RateLimit-Remaining: 0`).
        case spent(Duration)
        /// No connection came about.
        case unreachable
    }

    /// Nothing starts before.
    private(set) var pausedUntil: Duration?
    /// Most requests at once; nil for no bound of its own.
    private(set) var limit: Int?
    /// Requests that were in flight when the authority said slow down.
    private var before = 1
    /// Good answers since the limit was last raised.
    private var successes = 0
    /// Whether the request that goes first after a pause is still to be answered.
    private var isTrying = false
    /// Refusals in a row that named no time.
    private var refusals = 0
    /// When the authority began to refuse, with no good answer since.
    private var refusingSince: Duration?
    /// Failures to connect in a row.
    private var connectFailures = 0
    /// Everything for the authority fails until then.
    private var closedUntil: Duration?
    /// Whether that is because it cannot be reached.
    private var isDown = false

    /// Whether there is nothing to remember.
    var isOrdinary: Bool { self == AuthorityPace() }

    /// Why requests for the authority fail now without being sent; nil where they are not to.
    func refusal(_ key: String, at now: Duration) -> FetchError? {
        guard let closedUntil, now < closedUntil else { return nil }
        if isDown {
            return FetchError(.hostDown, "\(key) cannot be reached: given up after several attempts in a row")
        }
        let rest = closedUntil - now
        return FetchError(
            .rateLimited, "\(key) asks to wait \(HumanText.time(rest))", curlCode: .httpReturnedError, retryAfter: rest)
    }

    /// Takes what the end of a request says.
    ///
    /// - Parameters:
    ///   - signal: What it says.
    ///   - now: The time.
    ///   - inFlight: Requests to the authority that were in flight, this one included.
    ///   - policy: How patient to be.
    mutating func note(_ signal: Signal, at now: Duration, inFlight: Int, _ policy: PacePolicy) {
        // What was sent before a pause says nothing about the time after it.
        let isPaused = pausedUntil.map { now < $0 } ?? false
        switch signal {
        case .unknown: break
        case .reached: connectFailures = 0
        case .answered: if !isPaused { speedUp(policy) }
        case .spent(let wait):
            if !isPaused { speedUp(policy) }
            if wait <= policy.maxWait { pausedUntil = max(pausedUntil ?? .zero, now + wait) }
        case .overloaded:
            connectFailures = 0
            if policy.isAdaptive, !isPaused { slow(to: max(1, min(limit ?? inFlight, inFlight) / 2)) }
        case .slowDown(let wait): pause(wait, now, isPaused, inFlight, policy)
        case .unreachable: if !isPaused { noteUnreachable(now, policy) }
        }
    }

    private mutating func speedUp(_ policy: PacePolicy) {
        refusals = 0
        refusingSince = nil
        connectFailures = 0
        closedUntil = nil
        isDown = false
        pausedUntil = nil
        guard let limit else { return }
        if isTrying {
            slow(to: max(1, before / 2))
        } else {
            successes += 1
            if successes >= limit { slow(to: limit + 1) }
        }
        if let limit = self.limit, limit >= policy.ceiling || !policy.isAdaptive {
            self.limit = nil
            before = 1
        }
    }

    private mutating func slow(to limit: Int) {
        self.limit = limit
        successes = 0
        isTrying = false
    }

    private mutating func pause(
        _ wait: Duration?, _ now: Duration, _ isPaused: Bool, _ inFlight: Int, _ policy: PacePolicy
    ) {
        connectFailures = 0
        if isPaused, wait == nil { return }
        let rest = wait ?? policy.rest(refusals)
        if !isPaused {
            if wait == nil { refusals += 1 }
            before = max(before, inFlight)
            if isTrying || limit != nil { before = max(1, limit ?? 1) }
        }
        let since = refusingSince ?? now
        refusingSince = since
        guard now + rest - since <= policy.maxWait else {
            closedUntil = max(closedUntil ?? .zero, now + rest)
            pausedUntil = closedUntil
            isDown = false
            limit = 1
            isTrying = true
            return
        }
        pausedUntil = max(pausedUntil ?? .zero, now + rest)
        if policy.isAdaptive {
            limit = 1
            successes = 0
            isTrying = true
        }
    }

    private mutating func noteUnreachable(_ now: Duration, _ policy: PacePolicy) {
        connectFailures += 1
        guard connectFailures >= policy.connectFailures else { return }
        if connectFailures > policy.connectFailures, isTrying {
            isDown = true
            closedUntil = now + policy.downTime
            pausedUntil = closedUntil
        } else {
            pausedUntil = now + policy.reprobe
            before = max(before, limit ?? policy.ceiling)
        }
        limit = 1
        isTrying = true
    }
}
