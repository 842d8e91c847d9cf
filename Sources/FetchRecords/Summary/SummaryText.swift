import FetchHTTP
import FetchSystem
import Histogram

/// Formats a ``Summary`` as lines: totals, latencies with their histogram, statuses, errors, hosts.
struct SummaryText {
    /// The summary to format.
    let summary: Summary
    /// The duration of the run.
    let elapsed: Duration
    /// The columns of the terminal; bars are scaled to them.
    let width: Int

    /// All lines, not cut yet.
    var lines: [TerminalLine] {
        [totals] + latencyLines + statusLine + errorLine + hostLines
    }

    private var totals: TerminalLine {
        let count = summary.ok + summary.failed
        var line = TerminalLine()
        line.append("\(count) \(count == 1 ? "request" : "requests") in \(HumanText.time(elapsed)): ", .bold)
        line.append("\(summary.ok) ok", summary.ok > 0 ? .green : .plain)
        line.append(", ")
        line.append("\(summary.failed) failed", summary.failed > 0 ? .red : .plain)
        if summary.skipped > 0 { line.append(", \(summary.skipped) not sent because the file exists") }
        line.append(", \(HumanText.size(summary.bytes)), \(HumanText.rate(count, in: elapsed))")
        return line
    }

    private var latencyLines: [TerminalLine] {
        guard let extremes = summary.extremes else { return [] }
        var text = Self.heading("latency") + "min \(HumanText.time(microseconds: extremes.min))"
        for percentile in [50, 90, 99] {
            // The histogram rounds up to the end of a bucket, but nothing took longer than the maximum.
            let value = min(summary.latencies.valueAtPercentile(Double(percentile)), UInt64(extremes.max))
            text += "  p\(percentile) \(HumanText.time(microseconds: Int64(clamping: value)))"
        }
        text += "  max \(HumanText.time(microseconds: extremes.max))"
        let rows = LatencyBars(summary.latencies, min: UInt64(extremes.min), max: UInt64(extremes.max))
        return [TerminalLine(text)] + rows.lines(width: width, indent: Self.heading("").count).map { TerminalLine($0) }
    }

    private var statusLine: [TerminalLine] {
        guard !summary.statuses.isEmpty else { return [] }
        let counts = summary.statuses.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }
        return [TerminalLine(Self.heading("status") + counts.joined(separator: "  "))]
    }

    private var errorLine: [TerminalLine] {
        guard !summary.errors.isEmpty else { return [] }
        let sorted = summary.errors.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        let counts = sorted.map { "\($0.key.rawValue) × \($0.value)" }
        return [TerminalLine(Self.heading("errors") + counts.joined(separator: "  "))]
    }

    private var hostLines: [TerminalLine] {
        let sorted = summary.hosts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        var rows = sorted.prefix(10).map { (TerminalText.escaped($0.key), $0.value) }
        var others = summary.otherHosts
        for (_, tally) in sorted.dropFirst(10) {
            others.count += tally.count
            others.failed += tally.failed
            others.answered += tally.answered
            others.microseconds += tally.microseconds
        }
        if others.count > 0 { rows.append(("others", others)) }
        let nameWidth = min(40, rows.map { DisplayWidth.of($0.0) }.max() ?? 0)
        let countWidth = rows.map { "\($0.1.count)".count }.max() ?? 0
        return rows.enumerated().map { index, row in
            var line = TerminalLine(Self.heading(index == 0 ? "hosts" : ""))
            line.append(HumanText.leftAligned(TerminalText.cut(row.0, to: nameWidth), nameWidth) + "  ")
            line.append(HumanText.rightAligned("\(row.1.count)", countWidth))
            if row.1.answered > 0 {
                line.append("  mean \(HumanText.time(microseconds: row.1.microseconds / Int64(row.1.answered)))")
            }
            if row.1.failed > 0 {
                line.append("  ")
                line.append("\(row.1.failed) failed", .red)
            }
            return line
        }
    }

    private static func heading(_ text: String) -> String { HumanText.leftAligned(text, 10) }
}
