/// Why a URL has no acceptable answer: a kind from a closed list, a sentence, and libcurl's code where it spoke.
///
/// Ask the error (``isTransient``), never its text.
public struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of failures. The raw value is the slug in records, tables and tests; it never changes.
    public enum Kind: String, CaseIterable, Sendable, Hashable {
        /// A text that is no http(s) URL.
        case invalidURL = "invalid-url"
        /// A URL of another scheme.
        case blockedScheme = "blocked-scheme"
        /// An address that the options forbid.
        case blockedAddress = "blocked-address"
        /// The name has no address.
        case nameNotResolved = "name-not-resolved"
        /// Nobody listens there, or the host cannot be reached.
        case connectionRefused = "connection-refused"
        /// No connection within the time for it.
        case connectTimedOut = "connect-timed-out"
        /// No secure connection: certificate, protocol or cipher.
        case tlsFailed = "tls-failed"
        /// No whole answer within the time for it.
        case timedOut = "timed-out"
        /// Fewer bytes a second than asked for.
        case tooSlow = "too-slow"
        /// The connection broke.
        case connectionReset = "connection-reset"
        /// The connection ended without an answer.
        case emptyReply = "empty-reply"
        /// The answer ended before its length.
        case truncated
        /// What came is not HTTP.
        case protocolError = "protocol-error"
        /// The body is not in the encoding it claims.
        case undecodable
        /// The body is longer than allowed.
        case tooLarge = "too-large"
        /// The chain of redirects is longer than allowed.
        case tooManyRedirects = "too-many-redirects"
        /// A status that does not count as success.
        case httpStatus = "http-status"
        /// robots.txt asks not to fetch it.
        case robotsDisallowed = "robots-disallowed"
        /// The server asks for more patience than there is.
        case rateLimited = "rate-limited"
        /// The host failed so often that the rest of its URLs was not tried.
        case hostDown = "host-down"
        /// The body is not what is to be read from it.
        case unparsable
        /// Something on this machine: a file, a descriptor, a thread.
        case io
        /// The run was interrupted, or the task cancelled.
        case cancelled
        /// The time for the whole run was over.
        case deadline
    }

    /// What went wrong, as a slug.
    public let kind: Kind
    /// What went wrong, as a sentence without secrets.
    public let message: String
    /// libcurl's CURLcode, or the code the curl tool would end with; nil where curl has no notion of it.
    public let curlCode: CurlCode?
    /// How long the server asked to wait; only with ``Kind/rateLimited``.
    public let retryAfter: Duration?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: The slug.
    ///   - message: A sentence for people; it must hold no secret.
    ///   - curlCode: libcurl's code, if it spoke.
    ///   - retryAfter: How long the server asked to wait.
    public init(_ kind: Kind, _ message: String, curlCode: CurlCode? = nil, retryAfter: Duration? = nil) {
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
