package import FetchSystem

/// Why a URL has no acceptable response: a kind from a closed list, a sentence, and libcurl's code if it reported one.
///
/// Decide by the error's properties (``isTransient``), never by its text.
public struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of failures. The raw value is the slug in records, tables and tests, and never changes.
    public enum Kind: String, CaseIterable, Sendable, Hashable {
        /// The text is not a valid http(s) URL.
        case invalidURL = "invalid-url"
        /// The URL has another scheme.
        case blockedScheme = "blocked-scheme"
        /// The options forbid the address.
        case blockedAddress = "blocked-address"
        /// The name has no address.
        case nameNotResolved = "name-not-resolved"
        /// No server listens there, or the host cannot be reached.
        case connectionRefused = "connection-refused"
        /// No connection within the time limit for it.
        case connectTimedOut = "connect-timed-out"
        /// TLS failed: certificate, protocol or cipher.
        case tlsFailed = "tls-failed"
        /// No complete response within the time limit.
        case timedOut = "timed-out"
        /// The transfer was slower than the minimum speed.
        case tooSlow = "too-slow"
        /// The connection broke.
        case connectionReset = "connection-reset"
        /// The connection ended without a response.
        case emptyReply = "empty-reply"
        /// The response ended before its length.
        case truncated
        /// The response is not valid HTTP.
        case protocolError = "protocol-error"
        /// The body is not valid in its content encoding.
        case undecodable
        /// The body is longer than the limit.
        case tooLarge = "too-large"
        /// There are more redirects than the limit.
        case tooManyRedirects = "too-many-redirects"
        /// The status does not count as success.
        case httpStatus = "http-status"
        /// robots.txt disallows the URL.
        case robotsDisallowed = "robots-disallowed"
        /// The server asks for a longer wait than the maximum.
        case rateLimited = "rate-limited"
        /// The host failed so often that its remaining URLs were not tried.
        case hostDown = "host-down"
        /// The body is not in the expected format.
        case unparsable
        /// The body does not have the digest that the user expects.
        case checksumMismatch = "checksum-mismatch"
        /// This machine has no descriptor, local port or memory left for another connection; nothing is known about the
        /// server.
        case localLimit = "local-limit"
        /// A failure on this machine: a file, a descriptor, a thread.
        case io
        /// The run was interrupted, or the task was cancelled.
        case cancelled
        /// The deadline of the run has passed.
        case deadline
    }

    /// The kind of the failure.
    public let kind: Kind
    /// The failure as a sentence without secrets.
    public let message: String
    /// libcurl's CURLcode, or the code that the curl tool would exit with; nil where curl has none.
    public let curlCode: CurlCode?
    /// The wait that the server asked for; only with ``Kind/rateLimited``.
    public let retryAfter: Duration?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: The slug.
    ///   - message: A sentence for the user, without secrets.
    ///   - curlCode: libcurl's code, if it reported one.
    ///   - retryAfter: The wait that the server asked for.
    public init(_ kind: Kind, _ message: String, curlCode: CurlCode? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.curlCode = curlCode
        self.retryAfter = retryAfter
    }

    /// An error of the kind `io`, for what the system refused.
    package init(_ failure: SystemFailure) { self.init(.io, failure.description) }

    /// Whether the same request may succeed soon: timeouts and broken connections.
    ///
    /// Statuses are not considered here: `RetryPolicy` decides which of them are retried.
    public var isTransient: Bool {
        switch kind {
        case .connectTimedOut, .timedOut, .tooSlow, .connectionReset, .emptyReply, .truncated: true
        default: false
        }
    }

    /// Whether the request may have been sent before this machine had no room, so that the server may have acted on it.
    package var mayHaveSent: Bool { curlCode == .sendError || curlCode == .receiveError }

    /// `kind: message`.
    public var description: String { "\(kind.rawValue): \(message)" }
}
