/// Whether an attempt that failed is worth another, and when. Pure: chance is passed in.
///
/// The n-th retry waits a random time between 0 and `delay` × 2^(n-1), at most ``maxDelay`` ("full jitter"): clients that
/// failed together do not come back together. What a server asks for with Retry-After holds for its whole authority, and
/// a 429 uses no attempt up; `retries` 0 still means that nothing is sent twice.
public struct RetryPolicy: Sendable {
    /// What to do after an attempt.
    public enum Decision: Sendable, Hashable {
        /// The result stands.
        case stop
        /// Try again after the time.
        case retry(after: Duration)
        /// Try again when the pause of the authority is over, which holds for all its URLs. A 429 counts as no attempt:
        /// it is the server's wish and no failure.
        case obey(isCharged: Bool)
        /// The server asks for more patience than there is; the result is `rate-limited`.
        case giveUp(retryAfter: Duration)
    }

    /// Attempts after the first.
    public var retries = 2
    /// The first backoff's upper bound.
    public var delay: Duration = .seconds(1)
    /// The bound of every backoff.
    public var maxDelay: Duration = .seconds(30)
    /// Most time from the first start to the start of a retry; nil for no bound.
    public var maxTime: Duration?
    /// The longest Retry-After that is waited for.
    public var maxWait: Duration = .seconds(60)
    /// Statuses worth a retry.
    public var statuses: Set<Int> = [408, 425, 429, 500, 502, 503, 504, 522, 524]
    /// Errors worth a retry.
    public var kinds: Set<FetchError.Kind> = Set(
        FetchError.Kind.allCases.filter { FetchError($0, "").isTransient })

    /// The defaults.
    public init() {}

    /// Decides after a failed attempt.
    ///
    /// - Parameters:
    ///   - error: Why the attempt counts as failed.
    ///   - status: The status of its answer, if there was one.
    ///   - retryAfter: What the server asked for, more than zero, if it did.
    ///   - attempt: Its number, from 1; those that the server asked to repeat are not counted.
    ///   - isIdempotent: Whether the request may be sent twice.
    ///   - elapsed: Time since the first attempt started.
    ///   - random: Where chance comes from.
    public func decision(
        after error: FetchError, status: Int?, retryAfter: Duration?, attempt: Int, isIdempotent: Bool,
        elapsed: Duration, using random: inout some RandomNumberGenerator
    ) -> Decision {
        let isStatus = error.kind == .httpStatus
        let isWorthIt = isStatus ? statuses.contains(status ?? 0) : kinds.contains(error.kind)
        guard isWorthIt, isIdempotent else { return .stop }
        if isStatus, let retryAfter, retryAfter > maxWait { return .giveUp(retryAfter: retryAfter) }
        let isLimit = isStatus && status == 429
        let isObeyed = isStatus && retryAfter != nil && (status == 429 || status == 503)
        guard attempt <= retries || isLimit && isObeyed && retries > 0 else {
            return isLimit ? .giveUp(retryAfter: retryAfter ?? .zero) : .stop
        }
        if isObeyed, let retryAfter {
            if let maxTime, elapsed + retryAfter > maxTime { return .stop }
            return .obey(isCharged: !isLimit)
        }
        let wait = backoffBound(attempt) * Double.random(in: 0...1, using: &random)
        if let maxTime, elapsed + wait > maxTime { return .stop }
        return .retry(after: wait)
    }

    /// The longest backoff after the n-th attempt: 1 s, 2 s, 4 s, … up to ``maxDelay``.
    func backoffBound(_ attempt: Int) -> Duration {
        var bound = delay
        for _ in 1..<max(attempt, 1) where bound < maxDelay { bound *= 2 }
        return min(bound, maxDelay)
    }
}
