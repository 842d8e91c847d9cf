package import FetchHTTP
import FetchSystem

/// Detects URLs that a site generates endlessly. Each new URL of a crawl is passed to it once.
///
/// It decides by spelling and counts only. Its memory is bounded: when it knows too many patterns it drops the rare
/// ones. After a restart the counts begin again.
package struct TrapDetector: Sendable {
    /// The limits; 0 disables one.
    package struct Limits: Sendable, Hashable {
        /// The maximum length of a URL in bytes.
        var length = 2_000
        /// The maximum number of path segments (Heritrix: 20).
        var segments = 20
        /// The maximum number of consecutive repetitions of a segment, or of a sequence of segments (Heritrix: 2
        /// repetitions).
        var repetitions = 3
        /// The maximum number of parameters in a query.
        var parameters = 30
        /// The maximum number of URLs that differ only in a session id.
        var sessions = 3
        /// The maximum number of URLs that differ only in a date.
        var dates = 1_000
        /// The maximum number of combinations of three or more parameters for one path.
        var facets = 1_000
        /// The default limits.
        package init() {}

        /// No limits: every URL is fetched.
        package static let none: Limits = {
            var limits = Limits()
            (limits.length, limits.segments, limits.repetitions, limits.parameters) = (0, 0, 0, 0)
            (limits.sessions, limits.dates, limits.facets) = (0, 0, 0)
            return limits
        }()
    }

    /// The limit that was exceeded. The raw value is for records and messages.
    package enum Trap: String, Sendable, Hashable, CaseIterable {
        case length, segments, repetitions, parameters, sessions, dates, facets
    }

    /// A URL that was taken for a trap.
    package struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// The exceeded limit.
        package let trap: Trap
        /// The value of the limit.
        package let limit: Int
        /// The common part of the URLs, for messages: `example.org/calendar?date=*`; at most 200 characters.
        package let pattern: String
        /// Whether it is the first time for this pattern, so that it is reported.
        package let isFirst: Bool

        /// The finding in words, for `--explain`.
        package var description: String {
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

    /// The limits.
    let limits: Limits
    private let maximumPatterns: Int
    private var counts: [UInt64: Int32] = [:]
    private var calendars: [UInt64: CalendarSketch] = [:]
    private var facets: [UInt64: FacetSketch] = [:]
    /// The number of stored values of parameters.
    private var facetValues = 0
    /// The number of patterns that are counted now.
    var patterns: Int { counts.count + calendars.count + facets.count }

    /// Makes a detector.
    ///
    /// - Parameters:
    ///   - limits: The limits.
    ///   - maximumPatterns: The maximum number of counted patterns; each takes about 32 bytes.
    package init(limits: Limits = Limits(), maximumPatterns: Int = 100_000) {
        self.limits = limits
        self.maximumPatterns = maximumPatterns
    }

    /// Checks a new URL and counts it; nil if it is not a trap.
    package mutating func judge(_ url: FetchURL) -> Finding? {
        let shape = URLShape(url)
        if let finding = judgeSpelling(shape) { return finding }
        if limits.sessions > 0, let pattern = shape.withoutSession(), let finding = count(.sessions, pattern) {
            return finding
        }
        if limits.dates > 0, let (pattern, day) = shape.withoutDates(),
            let finding = day.map({ count($0, pattern) }) ?? count(.dates, pattern)
        {
            return finding
        }
        return limits.facets > 0 && shape.parameters >= 3 ? countFacets(shape) : nil
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

    /// A finding without a count: the first one of its pattern is reported.
    private mutating func finding(_ trap: Trap, _ pattern: [UInt8], _ limit: Int) -> Finding {
        let seen = increment("said " + trap.rawValue, pattern)
        return Finding(trap: trap, limit: limit, pattern: URLShape.text(pattern), isFirst: seen == 1)
    }

    private mutating func count(_ trap: Trap, _ pattern: [UInt8]) -> Finding? {
        let limit = trap == .sessions ? limits.sessions : limits.dates
        let seen = increment(trap.rawValue, pattern)
        guard seen > limit else { return nil }
        return Finding(trap: trap, limit: limit, pattern: URLShape.text(pattern), isFirst: seen == limit + 1)
    }

    /// Counts a date.
    private mutating func count(_ day: DateScan.Day, _ pattern: [UInt8]) -> Finding? {
        let key = Self.key(Trap.dates.rawValue, pattern)
        guard calendars[key] != nil || makeRoom() else { return nil }
        let isFirst = calendars[key, default: CalendarSketch()].add(day, limit: limits.dates)
        guard calendars[key]?.isEndless == true else { return nil }
        return Finding(trap: .dates, limit: limits.dates, pattern: URLShape.text(pattern), isFirst: isFirst)
    }

    /// Counts a combination of parameters.
    private mutating func countFacets(_ shape: URLShape) -> Finding? {
        let key = Self.key(Trap.facets.rawValue, shape.withoutQuery)
        guard facets[key] != nil || makeRoom() else { return nil }
        if facetValues >= maximumPatterns {
            // Values that were stored and not counted yet are forgotten; what is known to be endless stays.
            facets = facets.filter { $0.value.isEndless }
            facetValues = 0
        }
        var sketch = facets[key] ?? FacetSketch()
        facetValues -= sketch.size
        let isFirst = sketch.add(shape.parameterHashes, limit: limits.facets)
        facetValues += sketch.size
        facets[key] = sketch
        guard sketch.isEndless else { return nil }
        return Finding(
            trap: .facets, limit: limits.facets, pattern: URLShape.text(shape.withoutQuery), isFirst: isFirst)
    }

    private mutating func increment(_ name: String, _ pattern: [UInt8]) -> Int {
        let key = Self.key(name, pattern)
        guard counts[key] != nil || makeRoom() else { return 0 }
        let seen = min(counts[key, default: 0], Int32.max - 1) + 1
        counts[key] = seen
        return Int(seen)
    }

    private static func key(_ name: String, _ pattern: [UInt8]) -> UInt64 {
        SipHash.hash(Array(name.utf8) + pattern)
    }

    /// Drops rare patterns if there are too many; false if another one cannot be counted.
    private mutating func makeRoom() -> Bool {
        guard patterns >= maximumPatterns else { return true }
        counts = counts.filter { $0.value > 2 }
        calendars = calendars.filter { $0.value.count > 2 || $0.value.isEndless }
        facets = facets.filter { $0.value.count > 2 || $0.value.isEndless }
        facetValues = facets.values.reduce(0) { $0 + $1.size }
        return patterns < maximumPatterns / 2
    }
}
