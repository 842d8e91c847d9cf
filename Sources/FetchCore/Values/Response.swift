/// An answer, whatever its status: 404 is a response, not an error.
public struct Response: Sendable {
    /// What became of the bytes of the body.
    public enum Body: Sendable, Hashable {
        /// Counted and dropped.
        case discarded
        /// Decoded bytes, at most the limit of the transfer.
        case bytes([UInt8])
        /// Written to the file descriptor that the request came with.
        case file
    }

    /// The status code, 100 to 999.
    public var status: Int
    /// The version spoken, as curl's `%{http_version}` writes it: `1.0`, `1.1`, `2` or `3`.
    public var httpVersion: String
    /// The fields of the final answer (not of a 1xx before it).
    public var headers: HeaderFields
    // Here, where there is room between two fields: up to 128 bytes a look at one field of an answer copies just that.
    /// What a cache had to do with it; nil where none was asked.
    public var cache: CacheState?
    /// The body.
    public var body: Body
    /// Decoded bytes of the body that arrived.
    public var size: Int
    /// New connections that the request needed; 0 when one was reused.
    public var connects: Int
    /// The address that answered, or that of the proxy; empty if there was none.
    public var remoteIP: String
    /// Its port.
    public var remotePort: Int
    /// Where the time went.
    public var timing: Timing

    /// Makes a response; everything but the status may be left out.
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
