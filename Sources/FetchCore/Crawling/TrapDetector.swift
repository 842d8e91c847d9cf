/// Finds URLs that a site makes without end. It is told each URL of a crawl once, when it is new.
///
/// It judges by spelling and by counting alone. Its memory is bounded: when it knows too many patterns it forgets the
/// rare ones. After a restart it counts anew.
public struct TrapDetector: Sendable {
    /// Its limits; 0 turns one off.
    public struct Limits: Sendable, Hashable {
        /// The longest URL, in bytes.
        public var length = 2_000
        /// The most segments of a path (Heritrix: 20).
        public var segments = 20
        /// How often a segment, or a sequence of segments, may come in a row (Heritrix: 2 repetitions).
        public var repetitions = 3
        /// The most parameters of a query.
        public var parameters = 30
        /// URLs that differ in a session id alone.
        public var sessions = 3
        /// URLs that differ in a date alone.
        public var dates = 1_000
        /// URLs of one path with three or more parameters.
        public var facets = 1_000
        /// The defaults.
        public init() {}
    }

    /// Which limit bit. The raw value is for records and messages.
    public enum Trap: String, Sendable, Hashable, CaseIterable {
        case length, segments, repetitions, parameters, sessions, dates, facets
    }

    /// A URL was taken for a trap.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// Which limit.
        public let trap: Trap
        /// Its value.
        public let limit: Int
        /// What is common to the URLs, for messages: `example.org/calendar?date=*`; at most 200 characters.
        public let pattern: String
        /// Whether it is the first time for this pattern: say it now.
        public let isFirst: Bool

        /// In words, for `--explain`.
        public var description: String {
            switch trap {
            case .length: "longer than \(limit) bytes"
            case .segments: "more than \(limit) path segments"
            case .repetitions: "a path segment repeats more than \(limit) times"
            case .parameters: "more than \(limit) parameters"
            case .sessions: "more than \(limit) URLs differ only in a session id (\(pattern))"
            case .dates: "an endless calendar (\(pattern))"
            case .facets: "more than \(limit) combinations of parameters (\(pattern))"
            }
        }
    }

    /// How many years ahead a calendar has content.
    static let yearsAhead = 5

    /// Its limits.
    public let limits: Limits
    private let year: Int
    private let maximumPatterns: Int
    private var counts: [UInt64: Int32] = [:]
    /// How many patterns are counted now.
    var patterns: Int { counts.count }

    /// Makes a detector.
    ///
    /// - Parameters:
    ///   - limits: Its limits.
    ///   - year: The year it is now: dates far ahead of it are no content.
    ///   - maximumPatterns: How many patterns are counted at a time; each takes about 32 bytes.
    public init(limits: Limits = Limits(), year: Int, maximumPatterns: Int = 100_000) {
        self.limits = limits
        self.maximumPatterns = maximumPatterns
        self.year = year
    }

    /// Judges a new URL and counts it; nil if nothing is wrong with it.
    public mutating func judge(_ url: FetchURL) -> Finding? {
        let shape = URLShape(url)
        if let finding = judgeSpelling(shape) { return finding }
        if limits.sessions > 0, let pattern = shape.withoutSession(), let finding = count(.sessions, pattern) {
            return finding
        }
        if limits.dates > 0, let (pattern, latest) = shape.withoutDates() {
            if let latest, latest > year + Self.yearsAhead { return finding(.dates, pattern, limits.dates) }
            if let finding = count(.dates, pattern) { return finding }
        }
        if limits.facets > 0, shape.parameters >= 3 { return count(.facets, shape.withoutQuery) }
        return nil
    }

    private mutating func judgeSpelling(_ shape: URLShape) -> Finding? {
        let values: [(Trap, Int, Int)] = [
            (.length, shape.length, limits.length), (.segments, shape.segments.count, limits.segments),
            (.parameters, shape.parameters, limits.parameters),
            (.repetitions, limits.repetitions > 0 ? shape.repetitions : 0, limits.repetitions),
        ]
        for (trap, value, limit) in values where limit > 0 && value > limit {
            return finding(trap, shape.site, limit)
        }
        return nil
    }

    /// A finding without a count of its own: the first of its pattern is to be said.
    private mutating func finding(_ trap: Trap, _ pattern: [UInt8], _ limit: Int) -> Finding {
        let seen = increment("said " + trap.rawValue, pattern)
        return Finding(trap: trap, limit: limit, pattern: URLShape.text(pattern), isFirst: seen == 1)
    }

    private mutating func count(_ trap: Trap, _ pattern: [UInt8]) -> Finding? {
        let limit =
            switch trap {
            case .sessions: limits.sessions
            case .dates: limits.dates
            default: limits.facets
            }
        let seen = increment(trap.rawValue, pattern)
        guard seen > limit else { return nil }
        return Finding(trap: trap, limit: limit, pattern: URLShape.text(pattern), isFirst: seen == limit + 1)
    }

    private mutating func increment(_ name: String, _ pattern: [UInt8]) -> Int {
        let key = SipHash.hash(Array(name.utf8) + pattern)
        if counts.count >= maximumPatterns, counts[key] == nil {
            counts = counts.filter { $0.value > 2 }
            guard counts.count < maximumPatterns / 2 else { return 0 }
        }
        let seen = min(counts[key, default: 0], Int32.max - 1) + 1
        counts[key] = seen
        return Int(seen)
    }
}
