/// Finds URLs that a site makes without end. It is told each URL of a crawl once, when it is new.
public struct TrapDetector: Sendable {
    /// Its limits; 0 turns one off.
    public struct Limits: Sendable, Hashable {
        /// The longest URL, in bytes.
        public var length = 2_000
        /// The most segments of a path (Heritrix: 20).
        public var segments = 20
        /// How often a segment, or a sequence of segments, may repeat itself in a row (Heritrix: 2).
        public var repetitions = 2
        /// The most parameters of a query.
        public var parameters = 20
        /// URLs that differ in a session id alone.
        public var sessions = 3
        /// URLs that differ in a date alone.
        public var dates = 1_000
        /// URLs of one path that differ in the query alone.
        public var queries = 1_000
        /// The defaults.
        public init() {}
    }

    /// Which limit bit.
    public enum Trap: String, Sendable, Hashable, CaseIterable {
        case length, segments, repetitions, parameters, sessions, dates, queries
    }

    /// A URL was taken for a trap.
    public struct Finding: Sendable, Hashable {
        /// Which limit.
        public let trap: Trap
        /// Its value.
        public let limit: Int
        /// What is common to the URLs, for messages: `example.org/calendar?date=*`.
        public let pattern: String
        /// Whether it is the first time for this pattern: say it now.
        public let isFirst: Bool
    }

    /// Its limits.
    public let limits: Limits

    /// Makes a detector.
    ///
    /// - Parameter year: The year it is now: dates far from it are no content.
    public init(limits: Limits = Limits(), year: Int) { self.limits = limits }

    /// Judges a new URL and counts it; nil if nothing is wrong with it.
    public mutating func judge(_ url: FetchURL) -> Finding? { nil }
}
