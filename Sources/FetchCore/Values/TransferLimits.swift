/// What one transfer may cost. The counts are of decoded bytes.
public struct TransferLimits: Sendable, Hashable {
    /// Most time from start to last byte; nil for no limit.
    public var maxTime: Duration?
    /// Most bytes of a body; more is ``FetchError/Kind/tooLarge``. Nil for no limit.
    public var maxBodySize: Int?
    /// Whether the beginning of a body that is larger is of use: then it comes along with the error, also where the
    /// length says at once that there is more.
    public var keepsBeginning: Bool
    /// Whether the caller will follow a redirect, so that the body of a 3xx is of no use to anybody.
    public var dropsRedirectBody: Bool

    /// Statuses whose body is wanted; that of another is only read where it goes to memory. Nil for all.
    public var accepted: StatusSet?

    /// Makes limits; none unless told otherwise.
    public init(
        maxTime: Duration? = nil, maxBodySize: Int? = nil, dropsRedirectBody: Bool = false,
        accepted: StatusSet? = nil, keepsBeginning: Bool = false
    ) {
        self.maxTime = maxTime
        self.maxBodySize = maxBodySize
        self.keepsBeginning = keepsBeginning
        self.dropsRedirectBody = dropsRedirectBody
        self.accepted = accepted
    }

    /// Most bytes of a head. Before 8.3.0 libcurl has no limit for the sum of all lines (CVE-2023-38039,
    /// <https://github.com/curl/curl/pull/11582>).
    static let maxHeadSize = 256 * 1024
    /// Most bytes that are read of a body which nobody wants, to keep the connection.
    static let maxUnwantedBodySize = 128 * 1024
}

/// Where the bytes of a body go.
public enum BodySink: Sendable, Hashable {
    /// Counted and dropped.
    case discard
    /// Kept in memory.
    case memory
    /// Written to an open descriptor, which stays the caller's.
    case file(Int32)
    /// Written to a descriptor, if there is one, and kept as well, unless there are more bytes than the limit: then
    /// nothing is kept.
    case kept(limit: Int, file: Int32?)

    /// Whether the response brings the body along.
    var isInMemory: Bool {
        switch self {
        case .memory, .kept: true
        case .discard, .file: false
        }
    }
}
