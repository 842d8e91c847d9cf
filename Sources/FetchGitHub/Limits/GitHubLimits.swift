import FetchHTTP
import FetchSystem

/// GitHub's limits as far as they are known, and what they allow next. Pure: it takes requests, responses and the time,
/// and returns "send", "hold", "wait until" or "give up".
///
/// Each hourly limit has a bucket (`core`, `graphql`); a secondary limit stops everything. After a wait one request is
/// sent first, and the others only if it was not refused: the run waits for a limit once, not once per request.
struct GitHubLimits: Sendable {
    /// What a request may do.
    enum Step: Sendable, Hashable {
        /// Send it.
        case send
        /// Wait for the response of a request in flight.
        case hold
        /// Wait until a time of the monotonic clock.
        case wait(until: Duration)
        /// The limit is not reset in time.
        case giveUp(FetchError)
    }

    /// The state of an hourly limit.
    private struct Bucket {
        var limit: Int?
        var remaining: Int?
        var resetAt: Duration?
        /// The time of the reset in seconds since 1970, for messages.
        var resetEpoch: Int64?
        var inFlight = 0
    }

    /// The maximum number of consecutive refusals before the run gives up.
    private static let mostStrikes = 5
    /// The wait if the server gives no time: GitHub asks for a minute, then exponentially more.
    private static let blindWait: Duration = .seconds(60)

    /// The maximum number of requests in flight; a secondary limit halves it.
    private(set) var concurrency: Int
    private let maxWait: Duration
    private let isAuthenticated: Bool
    private var buckets: [String: Bucket] = [:]
    private var pausedUntil: Duration?
    private var inFlight = 0
    /// The current wave. Refusals of the same wave count once, so each request remembers its wave.
    private(set) var wave = 0
    private var strikes = 0
    /// Whether the next request is sent alone.
    private var isCautious: Bool
    private var probeIsOut = false
    /// Why no more requests are sent; nil while they are.
    private(set) var end: FetchError?

    /// Limits of which nothing is known.
    ///
    /// - Parameters:
    ///   - concurrency: The maximum number of requests in flight; GitHub allows 100.
    ///   - maxWait: The maximum wait for a limit.
    ///   - isAuthenticated: Whether a token is sent. The first request is then sent alone, so that a rejected token is
    ///     sent once.
    init(concurrency: Int, maxWait: Duration, isAuthenticated: Bool) {
        self.concurrency = min(max(1, concurrency), 100)
        self.maxWait = maxWait
        self.isAuthenticated = isAuthenticated
        isCautious = isAuthenticated
    }

    /// What a request against a bucket may do now.
    func step(for bucket: String, now: Duration) -> Step {
        if let end { return .giveUp(end) }
        if let pausedUntil, pausedUntil > now { return .wait(until: pausedUntil) }
        if probeIsOut || inFlight >= concurrency || isCautious && inFlight > 0 { return .hold }
        guard let state = buckets[bucket], let remaining = state.remaining, let resetAt = state.resetAt,
            resetAt > now, remaining <= state.inFlight
        else { return .send }
        if state.inFlight > 0 { return .hold }
        guard resetAt - now <= maxWait else { return .giveUp(exhausted(state, in: resetAt - now)) }
        return .wait(until: resetAt)
    }

    /// Records that a request is sent. The returned wave is passed back with its response.
    mutating func send(for bucket: String, now: Duration) -> Int {
        inFlight += 1
        var state = buckets[bucket] ?? Bucket()
        // The hour is over: the remaining requests are unknown until the next response.
        if let resetAt = state.resetAt, resetAt <= now {
            state.remaining = nil
            state.resetAt = nil
        }
        state.inFlight += 1
        buckets[bucket] = state
        if isCautious {
            isCautious = false
            probeIsOut = true
        }
        return wave
    }

    /// Records that a response arrived, or that none will.
    ///
    /// - Parameters:
    ///   - notice: What the response says about limits.
    ///   - bucket: The bucket of the request.
    ///   - sentIn: Its wave.
    ///   - now: The time.
    mutating func receive(_ notice: GitHubLimitNotice, for bucket: String, sentIn: Int, now: Duration) {
        inFlight -= 1
        buckets[bucket]?.inFlight -= 1
        learn(notice, in: notice.bucket ?? bucket, now: now)
        let isCurrent = sentIn == wave
        if isCurrent { probeIsOut = false }
        guard let refusal = notice.refusal else {
            if isCurrent { strikes = 0 }
            return
        }
        if isCurrent {
            strikes += 1
            slowDown()
            if refusal == .secondary { concurrency = max(1, concurrency / 2) }
        }
        let wait = wait(for: notice, refusal)
        if wait > maxWait || strikes > Self.mostStrikes {
            end = end ?? refused(refusal, notice, wait)
        } else {
            pausedUntil = max(pausedUntil ?? .zero, now + wait)
        }
    }

    /// Records that the server is overloaded: the next request is sent alone.
    mutating func slowDown() {
        wave += 1
        isCautious = true
    }

    /// Ends all requests, because another part of the run knows that the limit is used up.
    mutating func giveUp(_ error: FetchError) { end = end ?? error }

    /// The error if the remaining requests of a bucket are not enough; nil if they are, or are unknown.
    func shortage(of count: Int, in bucket: String, now: Duration) -> FetchError? {
        guard let state = buckets[bucket], let remaining = state.remaining, remaining < count,
            let resetAt = state.resetAt, resetAt > now, resetAt - now > maxWait
        else { return nil }
        let words = "\(count) requests are needed and \(remaining) are left until \(Self.moment(state, resetAt - now))"
        return FetchError(.rateLimited, words + advice, curlCode: .httpReturnedError, retryAfter: resetAt - now)
    }

    /// Records what the server reports about a bucket.
    mutating func learn(_ notice: GitHubLimitNotice, now: Duration) {
        if let bucket = notice.bucket { learn(notice, in: bucket, now: now) }
    }

    private mutating func learn(_ notice: GitHubLimitNotice, in bucket: String, now: Duration) {
        var state = buckets[bucket] ?? Bucket()
        state.limit = notice.limit ?? state.limit
        if let remaining = notice.remaining, let resetIn = notice.resetIn {
            let resetAt = now + resetIn
            // Responses can overtake one another: within an hour the smallest number is the newest.
            let isSameHour = state.resetAt.map { resetAt - $0 < .seconds(30) } ?? false
            state.remaining = isSameHour ? min(state.remaining ?? remaining, remaining) : remaining
            state.resetAt = isSameHour ? max(state.resetAt ?? resetAt, resetAt) : resetAt
            state.resetEpoch = notice.resetEpoch
        }
        buckets[bucket] = state
    }

    private func wait(for notice: GitHubLimitNotice, _ refusal: GitHubLimitNotice.Refusal) -> Duration {
        if let retryAfter = notice.retryAfter { return retryAfter }
        if refusal == .primary, let resetIn = notice.resetIn { return max(resetIn, .seconds(1)) }
        var wait = Self.blindWait
        for _ in 1..<max(strikes, 1) { wait *= 2 }
        return wait
    }

    private func exhausted(_ bucket: Bucket, in wait: Duration) -> FetchError {
        let limit = bucket.limit.map { "all \($0) requests of this hour" } ?? "the requests of this hour"
        let words = "\(limit) are used up until \(Self.moment(bucket, wait))"
        return FetchError(.rateLimited, words + advice, curlCode: .httpReturnedError, retryAfter: wait)
    }

    private func refused(
        _ refusal: GitHubLimitNotice.Refusal, _ notice: GitHubLimitNotice, _ wait: Duration
    ) -> FetchError {
        guard refusal == .secondary else {
            var bucket = Bucket()
            bucket.limit = notice.limit
            bucket.resetEpoch = notice.resetEpoch
            return exhausted(bucket, in: wait)
        }
        let time = HumanText.remaining(seconds: wait.inSeconds)
        return FetchError(
            .rateLimited, "GitHub's secondary rate limit: it asks to wait \(time)", curlCode: .httpReturnedError,
            retryAfter: wait)
    }

    /// `2026-01-01 12:00:00 UTC, in 58m 00s`.
    private static func moment(_ bucket: Bucket, _ wait: Duration) -> String {
        let remaining = "in \(HumanText.remaining(seconds: wait.inSeconds))"
        guard let epoch = bucket.resetEpoch else { return "a moment \(remaining)" }
        var text: [UInt8] = []
        var writer = TimestampWriter()
        writer.append(epoch * 1000, into: &text)
        let stamp = String(decoding: text, as: UTF8.self)
        return "\(stamp.prefix(10)) \(stamp.dropFirst(11).prefix(8)) UTC, \(remaining)"
    }

    private var advice: String { isAuthenticated ? "" : " (set GH_TOKEN for 5000 an hour)" }
}
