import FetchHTTP
import FetchSystem

/// What a response says about GitHub's limits: the remaining requests, and whether a limit refused this request.
struct GitHubLimitNotice: Sendable, Hashable {
    /// The kind of limit.
    enum Refusal: Sendable, Hashable {
        /// The hourly limit (primary).
        case primary
        /// A secondary limit; GitHub does not publish its rules.
        case secondary
    }

    /// The bucket that the request counted against: `core`, `graphql`; nil if the response does not say.
    var bucket: String?
    /// Requests (in GraphQL points) per hour.
    var limit: Int?
    /// The remaining requests.
    var remaining: Int?
    /// The time until the limit is reset.
    var resetIn: Duration?
    /// The time of the reset in seconds since 1970.
    var resetEpoch: Int64?
    /// The wait that the server asks for.
    var retryAfter: Duration?
    /// The limit that refused the request; nil if none did.
    var refusal: Refusal?

    /// A notice without content.
    init() {}

    /// Reads the headers `x-ratelimit-*` and `retry-after`, and for 403 and 429 the message.
    ///
    /// - Parameters:
    ///   - response: The response.
    ///   - message: The message of its body, if the request was refused.
    ///   - now: Our clock in seconds since 1970; the server's `Date` takes precedence, so that the clocks may differ.
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
        // A Retry-After with a used-up budget is the primary limit: nothing needs to slow down.
        if refusal == .secondary, remaining == 0, !Self.isSecondary(words) { refusal = .primary }
    }

    /// Whether a message is that of a secondary limit, which GitHub has also called abuse detection.
    static func isSecondary(_ message: String) -> Bool {
        let text = message.lowercased()
        return text.contains(text: "secondary rate limit") || text.contains(text: "abuse detection")
    }

    /// Whether a message is that of the hourly limit.
    static func isPrimary(_ message: String) -> Bool { message.lowercased().contains(text: "api rate limit exceeded") }

    private static func count(_ text: String) -> Int? { Int(text).flatMap { $0 >= 0 ? $0 : nil } }
}
