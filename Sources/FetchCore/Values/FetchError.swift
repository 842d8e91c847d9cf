/// Why a URL has no acceptable answer: a kind from a closed list, a sentence, and libcurl's code where it spoke.
///
/// Ask the error (``isTransient``), never its text.
public struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of failures. The raw value is the slug in records, tables and tests; it never changes.
    public enum Kind: String, CaseIterable, Sendable, Hashable {
        case invalidURL = "invalid-url"
        case blockedScheme = "blocked-scheme"
        case blockedAddress = "blocked-address"
        case nameNotResolved = "name-not-resolved"
        case connectionRefused = "connection-refused"
        case connectTimedOut = "connect-timed-out"
        case tlsFailed = "tls-failed"
        case timedOut = "timed-out"
        case tooSlow = "too-slow"
        case connectionReset = "connection-reset"
        case emptyReply = "empty-reply"
        case truncated
        case protocolError = "protocol-error"
        case undecodable
        case tooLarge = "too-large"
        case tooManyRedirects = "too-many-redirects"
        case httpStatus = "http-status"
        case robotsDisallowed = "robots-disallowed"
        case rateLimited = "rate-limited"
        case hostDown = "host-down"
        case unparsable
        case io
        case cancelled
        case deadline
    }

    /// What went wrong, as a slug.
    public let kind: Kind
    /// What went wrong, as a sentence without secrets.
    public let message: String
    /// libcurl's CURLcode, or the code the curl tool would end with; nil where curl has no notion of it.
    public let curlCode: Int32?
    /// How long the server asked to wait; only with ``Kind/rateLimited``.
    public let retryAfter: Duration?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: The slug.
    ///   - message: A sentence for people; it must hold no secret.
    ///   - curlCode: libcurl's code, if it spoke.
    ///   - retryAfter: How long the server asked to wait.
    public init(_ kind: Kind, _ message: String, curlCode: Int32? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.curlCode = curlCode
        self.retryAfter = retryAfter
    }

    /// Whether the same request may well succeed a moment later: timeouts and broken connections.
    ///
    /// Statuses are not judged here: `RetryPolicy` knows which of them are worth a retry.
    public var isTransient: Bool {
        switch kind {
        case .connectTimedOut, .timedOut, .tooSlow, .connectionReset, .emptyReply, .truncated: true
        default: false
        }
    }

    /// `kind: message`.
    public var description: String { "\(kind.rawValue): \(message)" }
}
