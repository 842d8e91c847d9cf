public import FetchHTTP

/// Whether and when a failed attempt is repeated. Pure: the random number generator is passed in.
///
/// The n-th retry waits a random time between 0 and `delay` × 2^(n-1), at most ``maxDelay`` ("full jitter"), so that
/// clients that failed together do not return together. A Retry-After pauses the whole authority, and a 429 does not
/// count as an attempt; with `retries` 0 nothing is sent twice all the same.
public struct RetryPolicy: Sendable {
    /// What to do after an attempt.
    public enum Decision: Sendable, Hashable {
        /// The result is final.
        case stop
        /// Try again after the time.
        case retry(after: Duration)
        /// Try again when the pause of the authority, which applies to all its URLs, is over. A 429 does not count as
        /// an attempt, because the server asked for the repetition.
        case obey(isCharged: Bool)
        /// The server asks for a longer wait than the maximum; the result is `rate-limited`.
        case giveUp(retryAfter: Duration)
    }

    /// The maximum number of attempts after the first.
    public var retries = 2
    /// The upper bound of the first backoff.
    public var delay: Duration = .seconds(1)
    /// The upper bound of every backoff.
    public var maxDelay: Duration = .seconds(30)
    /// The maximum time from the first start to the start of a retry; nil for no limit.
    public var maxTime: Duration?
    /// The maximum Retry-After to wait for.
    public var maxWait: Duration = .seconds(60)
    /// The statuses that are retried.
    public var statuses: Set<Int> = [408, 425, 429, 500, 502, 503, 504, 522, 524]
    /// The error kinds that are retried.
    public var kinds: Set<FetchError.Kind> = Set(
        FetchError.Kind.allCases.filter { FetchError($0, "").isTransient })

    /// The defaults.
    public init() {}

    /// Decides after a failed attempt.
    ///
    /// - Parameters:
    ///   - error: Why the attempt failed.
    ///   - status: The status of its response, if there was one.
    ///   - retryAfter: The wait that the server asked for, more than zero, if it did.
    ///   - attempt: Its number, from 1; repetitions that the server asked for are not counted.
    ///   - isIdempotent: Whether the request may be sent twice.
    ///   - elapsed: Time since the first attempt started.
    ///   - random: The random number generator.
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

    /// The maximum backoff after the n-th attempt: 1 s, 2 s, 4 s, … up to ``maxDelay``.
    package func backoffBound(_ attempt: Int) -> Duration {
        var bound = delay
        for _ in 1..<max(attempt, 1) where bound < maxDelay { bound *= 2 }
        return min(bound, maxDelay)
    }
}
