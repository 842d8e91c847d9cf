/// A response of any status: 404 is a response, not an error.
public struct Response: Sendable {
    /// What was done with the bytes of the body.
    public enum Body: Sendable, Hashable {
        /// They were counted and dropped.
        case discarded
        /// The decoded bytes, at most the limit of the transfer.
        case bytes([UInt8])
        /// They were written to the file descriptor that came with the request.
        case file
    }

    /// The status code, 100 to 999.
    public var status: Int
    /// The HTTP version in the notation of curl's `%{http_version}`: `1.0`, `1.1`, `2` or `3`.
    public var httpVersion: String
    /// The headers of the final response (not of a 1xx before it).
    public var headers: HeaderFields
    // Declared here, where there is room between two fields: up to 128 bytes, reading one field copies only that field.
    /// How the cache took part; nil without a cache.
    public var cache: CacheState?
    /// The body.
    public var body: Body
    /// The number of decoded bytes of the body that arrived.
    public var size: Int
    /// The number of new connections for the request; 0 when one was reused.
    public var connects: Int
    /// The address that responded, or the proxy's; empty if there was none.
    public var remoteIP: String
    /// Its port.
    public var remotePort: Int
    /// The times of the transfer.
    public var timing: Timing

    /// Makes a response; only the status is required.
    public init(
        status: Int, httpVersion: String = "1.1", headers: HeaderFields = HeaderFields(), body: Body = .discarded,
        size: Int = 0, connects: Int = 0, remoteIP: String = "", remotePort: Int = 0, timing: Timing = Timing(),
        cache: CacheState? = nil
    ) {
        self.status = status
        self.httpVersion = httpVersion
        self.headers = headers
        self.body = body
        self.size = size
        self.connects = connects
        self.remoteIP = remoteIP
        self.remotePort = remotePort
        self.timing = timing
        self.cache = cache
    }
}
