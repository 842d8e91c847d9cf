import FetchHTTP
import FetchSystem

/// The pace of one authority: a circuit breaker, and additive increase after it has closed. Pure: it takes signals and
/// the time, and returns the limits.
///
/// - Closed: requests are sent, up to the limit of all authorities.
/// - Open: the server said slow down (429, or 503 with Retry-After), or cannot be reached. No request starts until the
///   pause is over, for any URL.
/// - Half-open: one request is sent. If it succeeds, the breaker closes with half as many concurrent requests as
///   before, and one more after each round of successes, until the limit of all authorities is reached. Otherwise it
///   opens again.
///
/// Failures never increase the pace.
struct AuthorityPace: Sendable, Hashable {
    /// What the end of a request says about its authority.
    enum Signal: Sendable, Hashable {
        /// A success.
        case answered
        /// A response that says nothing about the pace, such as 404.
        case reached
        /// Nothing is known about the server.
        case unknown
        /// 429, or 503 with a time: wait this long, or for a time of our own.
        case slowDown(after: Duration?)
        /// 503 without a time: the server is overloaded.
        case overloaded
        /// A success, and the last one that the authority allows for this long (`RateLimit-Remaining: 0`).
        case spent(Duration)
        /// The connection failed.
        case unreachable
        /// This machine had no room for the connection; nothing is known about the server.
        case localLimit
    }

    /// No request starts before this time: the breaker is open.
    private(set) var openUntil: Duration?
    /// Maximum concurrent requests; nil for no bound of its own.
    private(set) var limit: Int?
    /// The number of requests that were in flight when the authority said slow down.
    private var inFlightBefore = 1
    /// The number of successes since the limit was last increased.
    private var successes = 0
    /// Whether the breaker is half-open: the first request after a pause has no response yet.
    private var isHalfOpen = false
    /// The number of consecutive refusals without a time.
    private var refusals = 0
    /// When the authority began to refuse, with no success since.
    private var refusingSince: Duration?
    /// The number of consecutive failures to connect.
    private var connectFailures = 0
    /// Requests fail without being sent until this time: the breaker is open for longer than the run waits.
    private var failsFastUntil: Duration?
    /// Whether that is because it cannot be reached.
    private var isDown = false

    /// Whether the state is that of a new authority.
    var isOrdinary: Bool { self == AuthorityPace() }

    /// Why requests for the authority fail now without being sent; nil if they are sent.
    func refusal(_ key: String, at now: Duration) -> FetchError? {
        guard let failsFastUntil, now < failsFastUntil else { return nil }
        if isDown {
            return FetchError(.hostDown, "\(key) cannot be reached: several consecutive attempts failed")
        }
        let rest = failsFastUntil - now
        return FetchError(
            .rateLimited, "\(key) asks to wait \(HumanText.time(rest))", curlCode: .httpReturnedError, retryAfter: rest)
    }

    /// Records the signal of a request's end.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - now: The time.
    ///   - inFlight: The requests to the authority that were in flight, this one included.
    ///   - policy: The limits of pauses.
    mutating func record(_ signal: Signal, at now: Duration, inFlight: Int, _ policy: PacePolicy) {
        // A request that was sent before the breaker opened says nothing about the time after it.
        let isOpen = openUntil.map { now < $0 } ?? false
        switch signal {
        case .unknown, .localLimit: break
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

    /// Records a success: closes the breaker, or increases the limit by one for each round of them (additive increase).
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
