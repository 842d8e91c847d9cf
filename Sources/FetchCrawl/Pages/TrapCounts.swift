package import FetchHTML
package import FetchHTTP
import FetchSystem

/// The URLs that a crawl did not fetch because they look endless: their number and an example, for each limit. What is
/// left out by a guess is always said.
package struct TrapCounts: Sendable {
    private var counts: [TrapDetector.Trap: (count: Int, example: FetchURL)] = [:]

    /// No URLs.
    package init() {}

    /// The number of URLs.
    package var total: Int { counts.values.reduce(0) { $0 + $1.count } }

    /// Counts a URL; the first one of each limit is its example.
    package mutating func add(_ trap: TrapDetector.Trap, _ url: FetchURL) {
        counts[trap, default: (0, url)].count += 1
    }

    /// `dates × 431, for example http://example.org/calendar?day=2031-02-03`, for each limit.
    var parts: [String] {
        TrapDetector.Trap.allCases.compactMap { trap in
            counts[trap].map { "\(trap.rawValue) × \($0.count), for example \(Self.text($0.example))" }
        }
    }

    /// The message at the end of a crawl; nil if nothing was left out.
    package var message: String? {
        guard total > 0 else { return nil }
        let what = total == 1 ? "1 URL looks endless and was" : "\(total) URLs look endless and were"
        return "\(what) not fetched: \(parts.joined(separator: "; "))"
    }

    private static func text(_ url: FetchURL) -> String {
        let text = url.redacted
        return TerminalText.escaped(text.utf8.count > 200 ? text.prefix(199) + "…" : text)
    }
}
