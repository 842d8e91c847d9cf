/// GitHub's limits as they are known so far, and what they allow next. Pure: what was sent and answered goes in with the
/// time, "send", "hold", "wait until" or "give up" come out.
///
/// The hourly limits have a bucket each (`core`, `graphql`); a secondary limit stops everything. After a wait one request
/// goes first, and the others only when it was not refused: a limit is waited for once, not by each of them.
struct GitHubLimits: Sendable {
    /// What a request may do.
    enum Step: Sendable, Hashable {
        /// Go.
        case send
        /// Wait for an answer to one that is on its way.
        case hold
        /// Wait until a moment of the monotonic clock.
        case wait(until: Duration)
        /// There will be none in time.
        case giveUp(FetchError)
    }

    /// An hourly limit.
    private struct Bucket {
        var limit: Int?
        var remaining: Int?
        var resetAt: Duration?
        /// The same moment in seconds since 1970, for people.
        var resetEpoch: Int64?
        var inFlight = 0
    }

    /// Most refusals in a row before the limit is believed.
    private static let mostStrikes = 5
    /// What GitHub asks for where it names no time: a minute, then exponentially more.
    private static let blindWait: Duration = .seconds(60)

    /// Most requests in flight; halved by a secondary limit.
    private(set) var concurrency: Int
    private let maxWait: Duration
    private let isAuthenticated: Bool
    private var buckets: [String: Bucket] = [:]
    private var pausedUntil: Duration?
    private var inFlight = 0
    /// Refusals of the same wave are one: a request tells which wave it was sent in.
    private(set) var wave = 0
    private var strikes = 0
    /// Whether the next request goes alone.
    private var isCautious: Bool
    private var probeIsOut = false
    /// Why nothing more is sent, once that is so.
    private(set) var end: FetchError?

    /// Nothing is known.
    ///
    /// - Parameters:
    ///   - concurrency: Most requests in flight; GitHub allows 100.
    ///   - maxWait: The longest wait for a limit.
    ///   - isAuthenticated: Whether a token is sent. Then the first request goes alone, so that one that is rejected is
    ///     shown once.
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

    /// A request goes out. The wave that it belongs to is given back with its answer.
    mutating func send(for bucket: String, now: Duration) -> Int {
        inFlight += 1
        var state = buckets[bucket] ?? Bucket()
        // The hour is over: what is left is not known before the next answer.
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

    /// An answer came, or none will.
    ///
    /// - Parameters:
    ///   - notice: What it says.
    ///   - bucket: What it was sent against.
    ///   - sentIn: Its wave.
    ///   - now: The moment.
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

    /// The server cannot cope: the next request goes alone.
    mutating func slowDown() {
        wave += 1
        isCautious = true
    }

    /// Ends everything: somebody else found that there is no more to be had.
    mutating func giveUp(_ error: FetchError) { end = end ?? error }

    /// What is left of a bucket for so many requests; nil where that is not known.
    func shortage(of count: Int, in bucket: String, now: Duration) -> FetchError? {
        guard let state = buckets[bucket], let remaining = state.remaining, remaining < count,
            let resetAt = state.resetAt, resetAt > now, resetAt - now > maxWait
        else { return nil }
        let words = "\(count) requests are needed and \(remaining) are left until \(Self.moment(state, resetAt - now))"
        return FetchError(.rateLimited, words + advice, curlCode: .httpReturnedError, retryAfter: resetAt - now)
    }

    /// Takes what the server tells of a bucket when it is asked.
    mutating func learn(_ notice: GitHubLimitNotice, now: Duration) {
        if let bucket = notice.bucket { learn(notice, in: bucket, now: now) }
    }

    private mutating func learn(_ notice: GitHubLimitNotice, in bucket: String, now: Duration) {
        var state = buckets[bucket] ?? Bucket()
        state.limit = notice.limit ?? state.limit
        if let remaining = notice.remaining, let resetIn = notice.resetIn {
            let resetAt = now + resetIn
            // Answers overtake one another: within an hour the smallest number is the newest.
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
            .rateLimited, "GitHub's limit against bursts: it asks to wait \(time)", curlCode: .httpReturnedError,
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
