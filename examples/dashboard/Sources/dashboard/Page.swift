/// The dashboard as a page: plain HTML, no script.
struct Page {
    let id: String
    let dashboard: Result<Dashboard, any Error>

    /// The document.
    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Dashboard of \(Self.escaped(id))</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
        table { border-collapse: collapse; width: 100% }
        th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd; vertical-align: middle }
        td:nth-child(3) { white-space: nowrap }
        .bar { background: #4a7bd0; height: .8rem; border-radius: .2rem }
        .failed .bar { background: #c0504d }
        .failed td { color: #a33 }
        .note { color: #666; font-size: 90% }
        </style></head><body>
        <form><label>User <input name="id" value="\(Self.escaped(id))" size="8"></label> <button>Show</button></form>
        \(content)
        </body></html>

        """
    }

    private var content: String {
        switch dashboard {
        case .failure(let error):
            return "<h1>No dashboard</h1>\n<p class=\"failed\">\(Self.escaped("\(error)"))</p>"
        case .success(let dashboard):
            let found = [
                dashboard.profile.name,
                dashboard.orders.map {
                    "\($0.orders.count) orders: \($0.orders.map(String.init).joined(separator: ", "))"
                },
                dashboard.notifications.map { "\($0.unread) unread" },
            ]
            let slowest = max(dashboard.reports.map(\.seconds).max() ?? 0, 0.001)
            let rows = zip(dashboard.reports, found).map { report, text in
                Self.row(report, text ?? report.error ?? "", share: report.seconds / slowest)
            }
            let sum = dashboard.reports.map(\.seconds).reduce(0, +)
            return """
                <h1>\(Self.escaped(dashboard.profile.name))</h1>
                <table>
                <tr><th>Part</th><th>Answer</th><th>Time</th><th style="width: 35%"></th></tr>
                \(rows.joined(separator: "\n"))
                </table>
                <p class="note">Concurrently: \(Self.milliseconds(dashboard.seconds)).
                Sequentially it would have been \(Self.milliseconds(sum)).</p>
                """
        }
    }

    private static func row(_ report: Dashboard.Report, _ text: String, share: Double) -> String {
        """
        <tr\(report.error == nil ? "" : " class=\"failed\"")><td>\(report.name)</td><td>\(escaped(text))</td>\
        <td>\(milliseconds(report.seconds))</td>\
        <td><div class="bar" style="width: \(Int((share * 100).rounded()))%"></div></td></tr>
        """
    }

    private static func milliseconds(_ seconds: Double) -> String { "\(Int((seconds * 1000).rounded())) ms" }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }
}
