import FetchHTTP
import FetchSystem

/// A run as Markdown (GitHub's), for a job summary or a comment: totals, times, and the first failures. All texts of
/// pages and servers are code spans.
struct MarkdownReport {
    let report: RunReport
    let head: ReportHead

    /// The number of failures, groups and findings that are written one by one: GitHub takes 1 MiB of a step.
    private static let failureCount = 100
    private static let groupCount = 50

    /// The document.
    var bytes: [UInt8] {
        let parts = [heading, totals, times, statuses, groups, failures, findings, slowest]
        return Array((parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n").utf8)
    }

    private var heading: String {
        "## \(head.title(report))" + (head.ending.map { "\n\nThe run ended early: \($0)." } ?? "")
    }

    private var totals: String {
        let totals = report.totals
        return Self.table(
            ["Records", "Ok", "Failed", "Skipped", "Received", "Time"],
            [
                [
                    "\(totals.records)", "\(totals.ok)", "\(totals.failed)", "\(totals.skipped)",
                    HumanText.size(report.requests.bytes), HumanText.time(head.elapsed),
                ]
            ])
    }

    private var times: String {
        guard let extremes = report.requests.extremes else { return "" }
        let values =
            [("min", extremes.min)] + head.percentiles(of: report).map { ($0.name, $0.microseconds) }
            + [("max", extremes.max)]
        return "### Response times\n\n"
            + Self.table(values.map(\.0), [values.map { HumanText.time(microseconds: $0.1) }])
    }

    private var statuses: String {
        let statuses = report.requests.statuses.sorted { $0.key < $1.key }
        guard !statuses.isEmpty else { return "" }
        return "### Statuses\n\n" + Self.table(["Status", "Responses"], statuses.map { ["\($0.key)", "\($0.value)"] })
    }

    private var groups: String {
        let groups = report.errors.sorted
        guard !groups.isEmpty else { return "" }
        let rows = groups.prefix(Self.groupCount).map { group in
            [ReportText.markdown(group.key.label), ReportText.markdown(group.key.host), "\(group.count)"]
        }
        return "### Failures by kind and host\n\n" + Self.table(["Kind", "Host", "Records"], rows)
            + Self.more(groups.count - rows.count, "groups")
    }

    private var failures: String {
        let failed = report.rows.lazy.filter { $0.state == .failed }
        let rows = failed.prefix(Self.failureCount).map { row in
            [
                row.status.map { "\($0)" } ?? "–", ReportText.markdown(row.kind ?? ""), ReportText.markdown(row.url),
                ReportText.markdown(row.message ?? ""),
            ]
        }
        guard !rows.isEmpty else { return "" }
        return "### Failed records\n\n" + Self.table(["Status", "Kind", "URL", "Message"], Array(rows))
            + Self.more(report.totals.failed - rows.count, "failed records")
    }

    private var findings: String {
        let errors = report.findings.filter { $0.severity != .skipped }
        guard !errors.isEmpty else { return "" }
        let rows = errors.prefix(Self.failureCount).map { finding in
            [
                finding.severity.rawValue, ReportText.markdown(Self.text(of: finding.location)),
                ReportText.markdown(finding.target), ReportText.markdown(finding.kind),
                ReportText.markdown(finding.message),
            ]
        }
        let all = (report.severities[.error] ?? 0) + (report.severities[.warning] ?? 0)
        return "### Links\n\n" + Self.table(["Severity", "Location", "Link", "Kind", "Message"], rows)
            + Self.more(all - rows.count, "findings")
    }

    private var slowest: String {
        guard report.slowest.count > 1 else { return "" }
        let rows = report.slowest.map { row in
            [HumanText.time(microseconds: row.timing?.total ?? 0), row.verdict, ReportText.markdown(row.url)]
        }
        return "<details><summary>Slowest responses</summary>\n\n" + Self.table(["Time", "Status", "URL"], rows)
            + "\n\n</details>"
    }

    /// `page.md:3:7`
    static func text(of location: Finding.Location) -> String {
        location.document + (location.line.map { ":\($0)" } ?? "")
            + (location.line == nil ? "" : location.column.map { ":\($0)" } ?? "")
    }

    private static func table(_ names: [String], _ rows: [[String]]) -> String {
        let lines = [names, names.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func more(_ count: Int, _ what: String) -> String {
        count > 0 ? "\n\n…and \(count) more \(what)." : ""
    }
}
