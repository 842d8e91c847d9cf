import FetchHTTP
import FetchSystem

/// The tables, and the data of the one that the script fills.
extension HTMLReport {
    /// The number of groups and of findings that stand in the page.
    private static let groupCount = 200
    private static let findingCount = 1000

    /// Failures grouped by kind and host.
    var failures: String {
        let groups = report.errors.sorted
        guard !groups.isEmpty else { return "" }
        let rows = groups.prefix(Self.groupCount).map { group in
            [
                ReportText.markup(group.key.label), ReportText.markup(group.key.host), "\(group.count)",
                Self.link(group.example) + Self.more(group.message),
            ]
        }
        let left = groups.count - rows.count
        return Self.section(
            "failures", "Failures by kind and host",
            Self.table("Failures", ["Kind", "Host", "Records", "Example"], numbers: [2], rows)
                + (left > 0 ? "\n<p class=\"note\">\(left) more groups are not shown.</p>" : ""))
    }

    /// A second line of a cell.
    private static func more(_ text: String) -> String {
        text.isEmpty ? "" : "<br><span class=\"more\">\(ReportText.markup(text))</span>"
    }

    /// What is wrong with links.
    var findings: String {
        guard !report.findings.isEmpty else { return "" }
        let rows = report.findings.prefix(Self.findingCount).map { finding in
            let location = MarkdownReport.text(of: finding.location)
            return [
                finding.severity.rawValue, "<span class=\"url\">\(ReportText.markup(location))</span>",
                Self.link(finding.target) + Self.more(finding.text), ReportText.markup(finding.kind),
                ReportText.markup(finding.message),
            ]
        }
        let left = report.findings.count + report.findingsLeftOut - rows.count
        return Self.section(
            "findings", "Links",
            Self.table("Findings", ["Severity", "Location", "Link", "Kind", "Message"], rows)
                + (left > 0 ? "\n<p class=\"note\">\(left) more findings are not shown.</p>" : ""))
    }

    /// The slowest responses.
    var slowest: String {
        guard report.slowest.count > 1 else { return "" }
        let rows = report.slowest.map { row in
            [
                HumanText.time(microseconds: row.timing?.total ?? 0), ReportText.markup(row.verdict),
                HumanText.size(row.size ?? 0), Self.link(row.url),
            ]
        }
        return Self.section(
            "slowest", "Slowest responses",
            Self.table(
                "The \(rows.count) slowest responses", ["Time", "Status", "Size", "URL"], numbers: [0, 2], rows))
    }

    /// The table of all records, which the script fills.
    var table: String {
        let columns = [
            ("Index", "number wide"), ("Result", ""), ("Time", "number"), ("Size", "number wide"),
            ("Retries", "number wide"), ("URL", ""),
        ]
        let head = columns.enumerated().map { index, column in
            "<th scope=\"col\" class=\"\(column.1)\" aria-sort=\"none\"><button type=\"button\" data-column=\"\(index)\">"
                + "\(column.0)</button></th>"
        }
        let left =
            report.leftOut > 0
            ? "<p class=\"note\">\(report.leftOut) further records are in the totals only: a report keeps the first "
                + "\(report.rows.count).</p>" : ""
        return Self.section(
            "records", "Records",
            """
            \(left)
            <noscript><p class="note">The table needs the script of this file, which your browser does not run.</p></noscript>
            <div class="controls">
            <p><label for="search">Search</label> <input id="search" type="search" autocomplete="off" spellcheck="false"></p>
            <p><label for="show">Show</label> <select id="show"><option value="all">all</option><option value="ok">ok</option>\
            <option value="failed">failed</option><option value="skipped">skipped</option></select></p>
            <p id="count" role="status"></p>
            </div>
            <div class="scroll" role="region" tabindex="0" aria-label="Records"><table id="rows">
            <caption>Records, 100 to a page; a button in the head sorts</caption>
            <thead><tr>\(head.joined())</tr></thead><tbody></tbody></table></div>
            <nav class="controls" aria-label="Pages">
            <button type="button" id="previous">Previous page</button> <span id="page"></span> \
            <button type="button" id="next">Next page</button>
            </nav>
            """)
    }

    /// The records as a compact JSON array: index, state, status, kind (an index of `kinds`), microseconds, bytes, retries,
    /// URL, whether that is a link, and what stands below it.
    var data: [UInt8] {
        var kinds: [String: Int] = [:]
        var names: [String] = []
        var json = ReportJSON()
        json.object { json in
            json.array("rows") { json in
                for row in report.rows {
                    json.lineBreak()
                    json.array { json in
                        json.integer(nil, row.index)
                        json.integer(nil, row.state.rawValue)
                        json.integer(nil, row.status)
                        json.integer(nil, row.kind.map { Self.index(of: $0, &kinds, &names) })
                        json.integer(nil, row.timing.map { Int(clamping: $0.total) })
                        json.integer(nil, row.size)
                        json.integer(nil, row.retries)
                        json.text(nil, ReportText.visible(row.url))
                        json.integer(nil, ReportText.isLink(row.url) ? 1 : 0)
                        json.text(nil, ReportText.visible(Self.notes(row)))
                    }
                }
            }
            json.array("kinds") { json in for name in names { json.text(nil, ReportText.visible(name)) } }
        }
        return ReportText.scriptData(json.bytes)
    }

    private static func notes(_ row: ReportRow) -> String {
        [row.id, row.title, row.effectiveURL.map { "→ \($0)" }, row.message].compactMap { $0 }.joined(separator: " · ")
    }

    private static func index(of kind: String, _ kinds: inout [String: Int], _ names: inout [String]) -> Int {
        if let index = kinds[kind] { return index }
        kinds[kind] = names.count
        names.append(kind)
        return names.count - 1
    }
}
