import FetchHTTP
import FetchSystem

/// A run as one HTML file that needs no network: it contains its style, its script and its data.
///
/// Its content security policy allows nothing but the one style and the one script, by their SHA-256 (CSP Level 3 §6.7.2),
/// so that it has neither attributes for style nor handlers. Texts of pages and servers are text nodes, or strings of
/// the data block, which is not a script.
struct HTMLReport {
    let report: RunReport
    let head: ReportHead

    /// The document.
    var bytes: [UInt8] {
        var bytes = Array(beginning.utf8)
        bytes += data
        bytes += "</script>\n<script>".utf8
        bytes += Self.script.utf8
        bytes += "</script>\n</body>\n</html>\n".utf8
        return bytes
    }

    /// All up to the data.
    private var beginning: String {
        let title = ReportText.markup(head.title(report))
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <a class="skip" href="#records">Skip to the records</a>
            <header>
            <h1>\(title)</h1>
            \(subtitle)
            </header>
            <main>
            \(totals)
            \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
            \(table)
            </main>
            <footer><p>Written by fetchall \(ReportText.markup(head.version)). Secrets that the run knew are ***.</p></footer>
            <script type="application/json" id="data">
            """
    }

    /// The policy: nothing is loaded, sent or embedded, and nothing runs but the script of this file.
    static var policy: String {
        let style = source(style), script = source(script)
        return "default-src 'none'; style-src \(style); script-src \(script); base-uri 'none'; form-action 'none'"
    }

    /// The hash of a block as a source of a policy; nothing is allowed where the system has no SHA-256.
    private static func source(_ block: String) -> String {
        guard let hash = StreamDigest.of(Array(block.utf8), .sha256) else { return "'none'" }
        return "'sha256-\(Base64.encode(hash))'"
    }

    private var subtitle: String {
        var parts: [String] = []
        if let start = report.startedAt {
            let time = ReportText.time(start)
            parts.append("Started <time datetime=\"\(time)\">\(time)</time>")
        }
        parts.append("took \(HumanText.time(head.elapsed))")
        var text = "<p>\(parts.joined(separator: ", ")).</p>"
        if let ending = head.ending {
            text += "\n<p class=\"note\">The run ended early: \(ReportText.markup(ending)).</p>"
        }
        return text
    }

    private var totals: String {
        let totals = report.totals
        var values = [
            ("Records", "\(totals.records)", ""), ("Ok", "\(totals.ok)", "good"),
            ("Failed", "\(totals.failed)", totals.failed > 0 ? "bad" : ""),
        ]
        if totals.skipped > 0 { values.append(("Skipped", "\(totals.skipped)", "")) }
        values.append(("Received", HumanText.size(report.requests.bytes), ""))
        values.append(("Pace", HumanText.rate(report.requests.ok + report.requests.failed, in: head.elapsed), ""))
        if let errors = report.severities[.error] { values.append(("Broken links", "\(errors)", "bad")) }
        if let warnings = report.severities[.warning] { values.append(("Warnings", "\(warnings)", "")) }
        let items = values.map { "<div class=\"\($0.2)\"><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<section aria-label=\"Totals\"><dl class=\"totals\">\(items.joined())</dl></section>"
    }

    private var sections: [String] {
        [latencies, overTime, failures, findings, slowest, waterfall]
    }

    /// A section with its heading, and a table that scrolls where it is too wide.
    static func section(_ id: String, _ title: String, _ content: String) -> String {
        "<section aria-labelledby=\"\(id)\">\n<h2 id=\"\(id)\">\(title)</h2>\n\(content)\n</section>"
    }

    /// A table whose cells are markup already.
    ///
    /// - Parameter numbers: The columns whose cells are numbers.
    static func table(_ caption: String, _ names: [String], numbers: Set<Int> = [], _ rows: [[String]]) -> String {
        func cells(_ cells: [String], _ tag: String, _ scope: String) -> String {
            cells.enumerated().map { index, cell in
                "<\(tag)\(scope)\(numbers.contains(index) ? " class=\"number\"" : "")>\(cell)</\(tag)>"
            }.joined()
        }
        return "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(caption)\">"
            + "<table><caption>\(caption)</caption><thead><tr>\(cells(names, "th", " scope=\"col\""))</tr></thead>\n<tbody>\n"
            + rows.map { "<tr>\(cells($0, "td", ""))</tr>" }.joined(separator: "\n") + "\n</tbody></table></div>"
    }

    /// A URL as a link, where it is one and nothing is hidden in it; else as text.
    static func link(_ url: String) -> String {
        let text = ReportText.markup(url)
        guard ReportText.isLink(url) else { return "<span class=\"url\">\(text)</span>" }
        return "<a class=\"url\" href=\"\(text)\" rel=\"noopener noreferrer\">\(text)</a>"
    }
}
