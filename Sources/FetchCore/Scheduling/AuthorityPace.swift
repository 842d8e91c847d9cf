/// The pace of one authority: a circuit breaker, and additive increase after it has closed. Pure: signals and a time in,
/// the bounds out.
///
/// - Closed: requests go, up to everybody's bound.
/// - Open: a server said slow down (429, or 503 with Retry-After), or cannot be reached. Nothing starts until its time is
///   over, from no URL.
/// - Half-open: one request goes. When it is answered well, the breaker closes with half as many concurrent requests as
///   before, then one more for each round of good answers, until everybody's bound is reached. Otherwise it opens again.
///
/// Failures never raise the pace.
struct AuthorityPace: Sendable, Hashable {
    /// What the end of a request says about its authority.
    enum Signal: Sendable, Hashable {
        /// A good answer.
        case answered
        /// An answer that says nothing about the pace, such as 404.
        case reached
        /// Nothing is known of the server.
        case unknown
        /// 429, or 503 with a time: wait so long, or for a time of our own.
        case slowDown(after: Duration?)
        /// 503 without a time: the server is overloaded.
        case overloaded
        /// A good answer, and the last that the authority gives for so long (`RateLimit-Remaining: 0`).
        case spent(Duration)
        /// No connection came about.
        case unreachable
    }

    /// Nothing starts before: the breaker is open.
    private(set) var openUntil: Duration?
    /// Maximum concurrent requests; nil for no bound of its own.
    private(set) var limit: Int?
    /// Requests that were in flight when the authority said slow down.
    private var inFlightBefore = 1
    /// Good answers since the limit was last raised.
    private var successes = 0
    /// Whether the breaker is half-open: the request that goes first after a pause is not answered yet.
    private var isHalfOpen = false
    /// Refusals in a row that named no time.
    private var refusals = 0
    /// When the authority began to refuse, with no good answer since.
    private var refusingSince: Duration?
    /// Failures to connect in a row.
    private var connectFailures = 0
    /// Requests fail without being sent until then: the breaker is open for longer than the run waits.
    private var failsFastUntil: Duration?
    /// Whether that is because it cannot be reached.
    private var isDown = false

    /// Whether there is nothing to remember.
    var isOrdinary: Bool { self == AuthorityPace() }

    /// Why requests for the authority fail now without being sent; nil where they are not to.
    func refusal(_ key: String, at now: Duration) -> FetchError? {
        guard let failsFastUntil, now < failsFastUntil else { return nil }
        if isDown {
            return FetchError(.hostDown, "\(key) cannot be reached: several consecutive attempts failed")
        }
        let rest = failsFastUntil - now
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
    mutating func record(_ signal: Signal, at now: Duration, inFlight: Int, _ policy: PacePolicy) {
        // What was sent before the breaker opened says nothing about the time after it.
        let isOpen = openUntil.map { now < $0 } ?? false
        switch signal {
        case .unknown: break
        case .reached: connectFailures = 0
        case .answered: if !isOpen { increase(policy) }
        case .spent(let wait):
            if !isOpen { increase(policy) }
            if wait <= policy.maxWait { openUntil = max(openUntil ?? .zero, now + wait) }
        case .overloaded:
            connectFailures = 0
            if policy.isAdaptive, !isOpen { setLimit(max(1, min(limit ?? inFlight, inFlight) / 2)) }
        case .slowDown(let wait): open(wait, now, isOpen, inFlight, policy)
        case .unreachable: if !isOpen { recordUnreachable(now, policy) }
        }
    }

    /// A good answer: closes the breaker, or raises the limit by one for each round of them (additive increase).
    private mutating func increase(_ policy: PacePolicy) {
        refusals = 0
        refusingSince = nil
        connectFailures = 0
        failsFastUntil = nil
        isDown = false
        openUntil = nil
        guard let limit else { return }
        if isHalfOpen {
            setLimit(max(1, inFlightBefore / 2))
        } else {
            successes += 1
            if successes >= limit { setLimit(limit + 1) }
        }
        if let limit = self.limit, limit >= policy.ceiling || !policy.isAdaptive {
            self.limit = nil
            inFlightBefore = 1
        }
    }

    private mutating func setLimit(_ limit: Int) {
        self.limit = limit
        successes = 0
        isHalfOpen = false
    }

    private mutating func open(
        _ wait: Duration?, _ now: Duration, _ isOpen: Bool, _ inFlight: Int, _ policy: PacePolicy
    ) {
        connectFailures = 0
        if isOpen, wait == nil { return }
        let rest = wait ?? policy.rest(refusals)
        if !isOpen {
            if wait == nil { refusals += 1 }
            inFlightBefore = max(inFlightBefore, inFlight)
            if isHalfOpen || limit != nil { inFlightBefore = max(1, limit ?? 1) }
        }
        let since = refusingSince ?? now
        refusingSince = since
        guard now + rest - since <= policy.maxWait else {
            failsFastUntil = max(failsFastUntil ?? .zero, now + rest)
            openUntil = failsFastUntil
            isDown = false
            limit = 1
            isHalfOpen = true
            return
        }
        openUntil = max(openUntil ?? .zero, now + rest)
        if policy.isAdaptive {
            limit = 1
            successes = 0
            isHalfOpen = true
        }
    }

    private mutating func recordUnreachable(_ now: Duration, _ policy: PacePolicy) {
        connectFailures += 1
        guard connectFailures >= policy.connectFailures else { return }
        if connectFailures > policy.connectFailures, isHalfOpen {
            isDown = true
            failsFastUntil = now + policy.downTime
            openUntil = failsFastUntil
        } else {
            openUntil = now + policy.reprobe
            inFlightBefore = max(inFlightBefore, limit ?? policy.ceiling)
        }
        limit = 1
        isHalfOpen = true
    }
}
