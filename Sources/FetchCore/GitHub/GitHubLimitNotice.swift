/// What an answer says about GitHub's limits: how much is left, and whether it is itself a refusal.
struct GitHubLimitNotice: Sendable, Hashable {
    /// Which limit was hit.
    enum Refusal: Sendable, Hashable {
        /// The hourly one.
        case primary
        /// One of those against bursts, whose rules are not told.
        case secondary
    }

    /// The bucket that was counted against: `core`, `graphql`; nil where the answer does not say.
    var bucket: String?
    /// Requests (GraphQL: points) an hour.
    var limit: Int?
    /// Those that are left.
    var remaining: Int?
    /// Time until they are all there again.
    var resetIn: Duration?
    /// The same moment in seconds since 1970.
    var resetEpoch: Int64?
    /// How long the server asks to wait.
    var retryAfter: Duration?
    /// Which limit refused the request; nil where none did.
    var refusal: Refusal?

    /// Nothing is said.
    init() {}

    /// Reads the fields `x-ratelimit-*` and `retry-after`, and for 403 and 429 the message.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - message: What its body says, where it was refused.
    ///   - now: Our clock in seconds since 1970; the server's `Date` stands above it, so that clocks may differ.
    init(_ response: Response, message: String?, now: Int64) {
        let headers = response.headers
        let now = headers["date"].flatMap(HTTPDate.parse) ?? now
        bucket = headers["x-ratelimit-resource"]
        limit = headers["x-ratelimit-limit"].flatMap(Self.count)
        remaining = headers["x-ratelimit-remaining"].flatMap(Self.count)
        if let reset = headers["x-ratelimit-reset"].flatMap({ Int64($0) }) {
            let (seconds, overflow) = reset.subtractingReportingOverflow(now)
            if !overflow, seconds <= RetryAfter.maximum.components.seconds {
                resetIn = .seconds(max(0, seconds))
                resetEpoch = reset
            }
        }
        retryAfter = headers["retry-after"].flatMap { RetryAfter.parse($0, now: now) }
        guard response.status == 403 || response.status == 429 else { return }
        let words = message ?? ""
        if retryAfter != nil || headers.contains("gh-limited-by") || Self.isSecondary(words) {
            refusal = .secondary
        } else if remaining == 0 || Self.isPrimary(words) {
            refusal = .primary
        } else if response.status == 429 {
            refusal = .secondary
        }
        // A Retry-After beside a used-up budget is the primary limit: nothing needs to slow down.
        if refusal == .secondary, remaining == 0, !Self.isSecondary(words) { refusal = .primary }
    }

    /// Whether a message is that of a secondary limit; GitHub has called it an abuse detection mechanism.
    static func isSecondary(_ message: String) -> Bool {
        let text = message.lowercased()
        return text.contains("secondary rate limit") || text.contains("abuse detection")
    }

    /// Whether a message is that of the hourly limit.
    static func isPrimary(_ message: String) -> Bool { message.lowercased().contains("api rate limit exceeded") }

    private static func count(_ text: String) -> Int? { Int(text).flatMap { $0 >= 0 ? $0 : nil } }
}
