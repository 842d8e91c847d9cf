import FetchHTTP
import FetchSystem

/// The charts. Each is a table whose bars are drawings beside their numbers, or has such a table as its alternative.
extension HTMLReport {
    /// The histogram of latencies, and percentiles.
    var latencies: String {
        guard let extremes = report.requests.extremes else { return "" }
        let values =
            [("min", extremes.min)] + head.percentiles(of: report).map { ($0.name, $0.microseconds) }
            + [("max", extremes.max)]
        let items = values.map { "<div><dt>\($0.0)</dt><dd>\(HumanText.time(microseconds: $0.1))</dd></div>" }
        let bars = LatencyBars(report.requests.latencies, min: UInt64(extremes.min), max: UInt64(extremes.max)).rows
        let largest = bars.map(\.count).max() ?? 0
        let rows = bars.map { bar in
            let low = HumanText.time(microseconds: Int64(clamping: bar.low))
            let high = HumanText.time(microseconds: Int64(clamping: bar.high))
            let width = largest == 0 ? 0 : Int(bar.count * 1000 / largest)
            let part = (class: "time", start: 0, width: bar.count > 0 ? max(width, 2) : 0)
            return ["\(low) to \(high)", "\(bar.count)", Self.bar([part])]
        }
        return Self.section(
            "latency", "Response times",
            "<dl class=\"totals small\">\(items.joined())</dl>\n"
                + Self.table("Responses by their time", ["Time", "Responses", "Share"], numbers: [0, 1], rows))
    }

    /// Responses by the class of their status over the time of the run.
    var overTime: String {
        let series = report.series
        let classes = StatusSeries.Class.allCases.filter { kind in series.counts.contains { $0[kind.rawValue] > 0 } }
        guard !classes.isEmpty else { return "" }
        let largest = series.counts.map { $0.reduce(0, +) }.max() ?? 1
        var bars = ""
        for (index, counts) in series.counts.enumerated() {
            var top = 1000
            for kind in classes where counts[kind.rawValue] > 0 {
                let height = max(4, counts[kind.rawValue] * 1000 / max(1, largest))
                top -= height
                bars +=
                    "<rect class=\"c\(kind.rawValue)\" x=\"\(index * 10 + 1)\" y=\"\(top)\" width=\"8\" "
                    + "height=\"\(height)\"/>"
            }
        }
        let end = HumanText.time(microseconds: Int64(series.counts.count) * series.length * 1000)
        let interval = HumanText.time(microseconds: series.length * 1000)
        let sums = classes.map { kind in (kind, series.counts.reduce(0) { $0 + $1[kind.rawValue] }) }
        let label = "Responses over \(end): " + sums.map { "\($0.1) \($0.0.name)" }.joined(separator: ", ")
        let legend = sums.map { kind, sum in
            "<li>\(Self.key("c\(kind.rawValue)")) \(kind.name): \(sum)</li>"
        }
        let rows = series.counts.enumerated().filter { $0.element.contains { $0 > 0 } }.map { index, counts in
            [HumanText.time(microseconds: Int64(index) * series.length * 1000)]
                + classes.map { "\(counts[$0.rawValue])" }
        }
        let table = Self.table(
            "Responses in intervals of \(interval)", ["From"] + classes.map(\.name), numbers: Set(0...classes.count),
            rows)
        return Self.section(
            "over-time", "Statuses over time",
            """
            <figure><svg class="columns" role="img" aria-label="\(label)" viewBox="0 0 \(series.counts.count * 10) 1000" \
            preserveAspectRatio="none">\(bars)</svg>
            <p class="axis"><span>0 s</span><span>up to \(largest) in \(interval)</span><span>\(end)</span></p>
            <figcaption><ul class="legend">\(legend.joined())</ul></figcaption></figure>
            <details><summary>The same as a table</summary>\(table)</details>
            """)
    }

    /// The first requests with their phases.
    var waterfall: String {
        let rows = report.waterfall.sorted { ($0.startedAt ?? 0, $0.index) < ($1.startedAt ?? 0, $1.index) }
        guard let first = rows.first?.startedAt, rows.count > 1 else { return "" }
        let end = rows.map { ($0.startedAt ?? 0) * 1000 + ($0.timing?.total ?? 0) }.max() ?? 0
        let length = max(1, end - first * 1000)
        func scaled(_ microseconds: Int64) -> Int { Int(max(0, min(1000, microseconds * 1000 / length))) }
        let cells = rows.map { row -> [String] in
            var start = (row.startedAt ?? 0) * 1000 - first * 1000
            let times = HARReport.Times(row)
            let offset = HumanText.time(microseconds: start)
            var parts: [(class: String, start: Int, width: Int)] = []
            let connect = times.connect.map { $0 - (times.ssl ?? 0) }
            for (name, time) in [
                ("dns", times.dns ?? 0), ("connect", connect ?? 0), ("tls", times.ssl ?? 0), ("wait", times.wait),
                ("receive", times.receive),
            ] where time > 0 {
                parts.append((name, scaled(start), max(1, scaled(start + time) - scaled(start))))
                start += time
            }
            let total = HumanText.time(microseconds: row.timing?.total ?? 0)
            return [Self.link(row.url), ReportText.markup(row.verdict), offset, total, Self.bar(parts)]
        }
        let legend = [
            ("dns", "name lookup"), ("connect", "connect"), ("tls", "TLS"), ("wait", "wait for the first byte"),
            ("receive", "receive"),
        ].map { name, text in
            "<li>\(Self.key(name)) \(text)</li>"
        }
        let count = report.requests.ok + report.requests.failed
        let caption =
            count > rows.count
            ? "The first \(rows.count) of \(count) requests" : "The \(rows.count) requests of the run"
        return Self.section(
            "waterfall", "Waterfall",
            "<ul class=\"legend\">\(legend.joined())</ul>\n"
                + Self.table(caption, ["URL", "Status", "Start", "Time", "Phases"], numbers: [2, 3], cells))
    }

    /// A square of a legend.
    private static func key(_ name: String) -> String {
        "<svg class=\"key\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"\(name)\" width=\"10\" "
            + "height=\"10\"/></svg>"
    }

    /// Parts of a bar, in thousandths of its width. Their numbers stand beside it.
    private static func bar(_ parts: [(class: String, start: Int, width: Int)]) -> String {
        let rects = parts.filter { $0.width > 0 }.map { part in
            "<rect class=\"\(part.class)\" x=\"\(part.start)\" width=\"\(part.width)\" height=\"10\"/>"
        }
        return "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "\(rects.joined())</svg>"
    }
}
