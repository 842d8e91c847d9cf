import FetchSystem

/// The totals of a check.
package struct CheckCounts: Sendable, Hashable {
    /// The links that were found; each occurrence counts.
    package internal(set) var links = 0
    /// The pages and documents that were read.
    package internal(set) var pages = 0
    /// Sound links, also those with a warning.
    package internal(set) var ok = 0
    /// Broken links.
    package internal(set) var broken = 0
    /// Sound links with a warning.
    package internal(set) var warnings = 0
    /// Links that were not checked, by reason.
    var skipped: [CheckSkip: Int] = [:]
    /// Sources that answered 401 or 407.
    package internal(set) var unauthorizedSources = 0

    /// No links.
    package init() {}

    /// Whether a server asked for a longer wait than the maximum.
    package var isRateLimited: Bool { (skipped[.rateLimit] ?? 0) > 0 }

    /// `214 links on 37 pages: 209 ok, 4 broken, 1 not checked (robots)`
    package var text: String {
        var parts = ["\(ok) ok", "\(broken) broken"]
        let all = skipped.values.reduce(0, +)
        if all > 0 {
            let reasons = CheckSkip.allCases.compactMap { reason in
                skipped[reason].map { skipped.count == 1 ? reason.rawValue : "\($0) \(reason.rawValue)" }
            }
            parts.append("\(all) not checked (\(reasons.joined(separator: ", ")))")
        }
        if warnings > 0 { parts.append(warnings == 1 ? "1 warning" : "\(warnings) warnings") }
        return "\(Self.count(links, "link")) on \(Self.count(pages, "page")): \(parts.joined(separator: ", "))"
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
