import FetchSystem
import Histogram

/// A histogram of times as a few bars: `1.0 ms – 2.0 ms  ████▌  123`.
struct LatencyBars {
    /// A bar: the times from `low` up to, but not including, `high`, in microseconds.
    struct Row: Equatable {
        let low: UInt64
        let high: UInt64
        var count: UInt64
    }

    /// The bars, shortest times first, without empty bars at either end.
    let rows: [Row]

    /// Counts recorded times by bar.
    init(_ histogram: Histogram<UInt64>, min: UInt64, max: UInt64) {
        let edges = Self.edges(min: min, max: max)
        var rows = zip(edges, edges.dropFirst()).map { Row(low: $0, high: $1, count: 0) }
        // The histogram's own buckets may cross a bound. Each counts at its lower end, and so does the bound: a time of
        // exactly 50 ms is in the bar that begins there.
        let bounds = rows.map { histogram.lowestEquivalentForValue($0.high) }
        for value in histogram.recordedValues() {
            let time = histogram.lowestEquivalentForValue(value.value)
            let index = bounds.firstIndex { time < $0 } ?? rows.count - 1
            if rows.indices.contains(index) { rows[index].count += value.count }
        }
        self.rows = rows
    }

    /// The bars as text; the longest one takes the available width.
    func lines(width: Int, indent: Int) -> [String] {
        let labels = rows.map { row in
            HumanText.rightAligned(Self.text(row.low), 7) + " – " + HumanText.rightAligned(Self.text(row.high), 7)
        }
        let largest = rows.map(\.count).max() ?? 0
        let countWidth = "\(largest)".count
        let room = Swift.min(60, width - indent - (labels.first?.count ?? 0) - countWidth - 4)
        return zip(rows, labels).map { row, label in
            let bar = Self.bar(row.count, of: largest, columns: Swift.max(1, room))
            let text =
                String(repeating: " ", count: indent) + label + "  "
                + HumanText.rightAligned("\(row.count)", countWidth)
            return bar.isEmpty ? text : text + "  " + bar
        }
    }

    /// A bar in eighths of a column. A count above zero is always visible.
    static func bar(_ count: UInt64, of largest: UInt64, columns: Int) -> String {
        guard count > 0, largest > 0 else { return "" }
        let eighths = Swift.max(1, Int((Double(count) / Double(largest) * Double(columns * 8)).rounded()))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + partial
    }

    /// The bounds of about ten bars with round numbers: linear where the times are similar, else 1-2-5, else decades.
    /// Bars whose bounds would be printed as the same text are one bar.
    static func edges(min: UInt64, max: UInt64) -> [UInt64] {
        let exact = exactEdges(min: min, max: max)
        guard let first = exact.first, let last = exact.last else { return exact }
        var edges = [first]
        for edge in exact.dropFirst() where text(edge) != text(edges[edges.count - 1]) { edges.append(edge) }
        // The last bar still encloses the maximum; it grows, because its lower bound is printed as another text.
        if edges.count > 1, edges[edges.count - 1] < last { edges[edges.count - 1] = last }
        if edges.count == 1 {
            // All times are printed as one text: the only bar ends at the next one.
            var end = last
            while text(end) == text(first), end < UInt64(Int64.max) { end += Swift.max(1, end / 1000) }
            edges.append(end)
        }
        return edges
    }

    private static func text(_ microseconds: UInt64) -> String {
        HumanText.time(microseconds: Int64(clamping: microseconds))
    }

    private static func exactEdges(min: UInt64, max: UInt64) -> [UInt64] {
        if max / 10 <= min {
            var step: UInt64 = 1
            for candidate in series([1, 2, 5]) {
                step = candidate
                if max / step - min / step < 10 { break }
            }
            let first = min / step * step
            return Array(stride(from: first, through: (max / step + 1) * step, by: UInt64.Stride(step)))
        }
        let fine = bounds(series([1, 2, 5]), min: min, max: max)
        return fine.count <= 13 ? fine : bounds(series([1]), min: min, max: max)
    }

    /// The part of an increasing series that encloses all times.
    private static func bounds(_ series: [UInt64], min: UInt64, max: UInt64) -> [UInt64] {
        let all = [0] + series
        guard let start = all.lastIndex(where: { $0 <= min }), let end = all.firstIndex(where: { $0 > max }) else {
            return [min, max + 1]
        }
        return Array(all[start...end])
    }

    /// The digits times every power of ten up to a day or more, in microseconds.
    private static func series(_ digits: [UInt64]) -> [UInt64] {
        var power: UInt64 = 1
        var result: [UInt64] = []
        for _ in 0..<15 {
            result += digits.map { $0 * power }
            power *= 10
        }
        return result
    }
}
