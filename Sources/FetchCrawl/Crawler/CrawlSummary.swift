import FetchHTML
package import FetchHTTP
package import FetchRecords
import FetchSystem

/// The totals of a crawl: ``Summary``, and its pages by type and depth.
package struct CrawlSummary: Sendable {
    /// The maximum number of content types that are counted separately.
    private static let typeLimit = 100

    /// The counts by status, error and host.
    package private(set) var requests: Summary
    private var types: [String: Int] = [:]
    private var depths: [Int: Int] = [:]
    /// URLs that were found but not fetched, by reason; each counts once.
    package private(set) var skipped: [SkipReason: Int] = [:]
    /// Pages without a record, which a run that continues this one fetches again.
    package internal(set) var undone = 0
    /// The URLs that look endless.
    package var traps = TrapCounts()

    /// An empty summary.
    init(isDetailed: Bool = true) { requests = Summary(isDetailed: isDetailed) }

    /// Counts a page.
    mutating func add(_ outcome: Outcome) {
        if let reason = outcome.crawl?.skipped, outcome.error == nil || reason == .robots {
            skipped[reason, default: 0] += 1
            return
        }
        requests.add(outcome)
        depths[outcome.crawl?.depth ?? 0, default: 0] += 1
        guard let response = outcome.response else { return }
        let type = response.headers.contentType.map { Self.essence($0) } ?? "none"
        types[types[type] != nil || types.count < Self.typeLimit ? type : "others", default: 0] += 1
    }

    /// Counts a URL that was not fetched.
    mutating func add(_ reason: SkipReason) { skipped[reason, default: 0] += 1 }

    /// The summary as text for stderr, a line break after each line.
    package func render(elapsed: Duration, width: Int, color: Bool) -> String {
        var text = requests.render(elapsed: elapsed, width: width, color: color)
        let sortedTypes = types.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rows = [
            ("types", sortedTypes.prefix(12).map { "\(TerminalText.escaped($0.key)) × \($0.value)" }),
            ("depth", depths.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }),
            ("skipped", skipped.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.slug) × \($0.value)" }),
            ("traps", traps.parts),
        ]
        for (name, parts) in rows where !parts.isEmpty {
            let line = TerminalLine(HumanText.leftAligned(name, 10) + parts.joined(separator: "  "))
            text += line.rendered(width: width, color: color) + "\n"
        }
        return text
    }

    /// `text/html` of `text/html; charset=utf-8`.
    static func essence(_ type: String) -> String {
        if let type = MIMEType(extractingFrom: type) { return String(type.essence.prefix(60)) }
        let essence = type.prefix { $0 != ";" && $0 != "," }.lowercased()
        let trimmed = essence.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        return trimmed.isEmpty ? "none" : String(trimmed.prefix(60))
    }
}
