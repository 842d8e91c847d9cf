import FetchRecords
import FetchSystem

/// The live page of a run: the style of the report, and a script that shows each event. It has nothing of the run in it, so
/// that it is the same for all.
///
/// Its content security policy allows the one style and the one script by their SHA-256 (CSP Level 3 §6.7.2), and
/// connections to its own server.
package enum WatchPage {
    /// The document.
    package static let document = Array(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>fetchall</title>
        <style>\(style)</style>
        </head>
        <body>
        <header>
        <h1 id="title">fetchall</h1>
        <p id="state" role="status">Connecting</p>
        <noscript><p class="note">The page needs its script; <a href="metrics">metrics</a> shows the numbers.</p></noscript>
        </header>
        <main>
        <section aria-label="Totals"><dl class="totals">\(totals)</dl></section>
        <section aria-labelledby="pace-title"><h2 id="pace-title">Pace</h2>
        <figure><svg id="pace" class="columns" role="img" aria-label="Records per second" viewBox="0 0 1200 1000" \
        preserveAspectRatio="none"></svg>
        <figcaption class="axis"><span>2 min ago</span><span id="pace-top"></span><span>now</span></figcaption></figure>
        </section>
        <section aria-labelledby="times-title"><h2 id="times-title">Response times</h2>
        <dl class="totals small" id="times"></dl></section>
        \(table("hosts", "Hosts", ["Host", "Requests", "Failed", "Mean time"]))
        \(table("waiting", "Waiting hosts", ["Host", "Time left"]))
        \(table("failures", "Failures by kind", ["Kind", "Count"]))
        \(table("statuses", "Responses by status", ["Status", "Responses"]))
        </main>
        <footer><p>The page is served by the run itself and ends with it. <a href="metrics">Metrics</a> for Prometheus.</p>\
        </footer>
        <script>\(script)</script>
        </body>
        </html>

        """.utf8)

    /// The policy of all answers.
    package static let policy =
        "default-src 'none'; style-src \(source(style)); script-src \(source(script)); connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static let style = ReportStyle.text

    /// The hash of a block as a source of a policy; nothing is allowed where the system has no SHA-256.
    private static func source(_ block: String) -> String {
        guard let hash = StreamDigest.of(Array(block.utf8), .sha256) else { return "'none'" }
        return "'sha256-\(Base64.encode(hash))'"
    }

    private static let totals = [
        ("done", "Records", ""), ("ok", "Ok", "good"), ("failed", "Failed", ""), ("skipped", "Skipped", ""),
        ("queued", "Queue", ""), ("in_flight", "In flight", ""), ("rate", "Pace", ""), ("bytes", "Received", ""),
        ("waiting_hosts", "Waiting hosts", ""), ("retries", "Retries", ""), ("elapsed", "Time", ""),
    ].map { "<div class=\"\($0.2)\"><dt>\($0.1)</dt><dd id=\"\($0.0)\">–</dd></div>" }.joined()

    /// A section with a table whose rows the script writes; it is hidden while there are none.
    private static func table(_ id: String, _ title: String, _ columns: [String]) -> String {
        let cells = columns.enumerated().map { index, name in
            "<th scope=\"col\"\(index > 0 ? " class=\"number\"" : "")>\(name)</th>"
        }
        return """
            <section aria-labelledby="\(id)-title" hidden><h2 id="\(id)-title">\(title)</h2>
            <div class="scroll" role="region" tabindex="0" aria-labelledby="\(id)-title"><table>
            <thead><tr>\(cells.joined())</tr></thead><tbody id="\(id)-rows"></tbody></table></div>
            <p class="note" id="\(id)-more" hidden></p></section>
            """
    }
}
