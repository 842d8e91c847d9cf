import FetchSystem

/// The lines of large bodies above the progress line: `name  [█████▌     ]   52 %   12.4 MB/s  ETA 1m 05s`.
package enum ProgressBars {
    /// The maximum number of bodies that have a line.
    static let most = 8
    /// The columns of the percentage, the rate, and the time left.
    private static let widths = (percent: 5, rate: 9, left: 10)
    /// The width below which the time left is left out.
    private static let leastWidthWithTime = 50
    private static let longestBar = 40
    private static let shortestBar = 4
    private static let shortestName = 8
    /// The columns that a name gets before the bar becomes longer than the shortest one.
    private static let leastName = 12

    /// The lines, without line breaks or colours.
    ///
    /// - Parameters:
    ///   - rows: The bodies. Those that began last share one line if there are too many.
    ///   - width: The columns that a line may take.
    ///   - height: The number of lines that there is room for.
    package static func lines(_ rows: [ByteReading.Row], width: Int, height: Int) -> [String] {
        guard height > 0, width > 0 else { return [] }
        let isWhole = rows.count <= min(most, height)
        let shown = rows.prefix(isWhole ? most : min(most, height - 1))
        let names = shown.map { DisplayWidth.of($0.name) }
        var lines = shown.map { line($0, nameWidth: names.max() ?? 0, width: width) }
        if !isWhole { lines.append(TerminalText.cut("and \(rows.count - shown.count) more", to: width)) }
        return lines
    }

    private static func line(_ row: ByteReading.Row, nameWidth: Int, width: Int) -> String {
        let percent = row.total.map { ByteReading.percent(row.received, of: $0) } ?? ""
        var end = "  " + HumanText.rightAligned(percent, widths.percent)
        end += "  " + HumanText.rightAligned(ByteReading.rate(row.perSecond), widths.rate)
        if width >= leastWidthWithTime {
            let left = row.secondsLeft.map { "ETA \(HumanText.remaining(seconds: $0))" } ?? ""
            end += "  " + HumanText.leftAligned(left, widths.left)
        }
        let room = max(0, width - DisplayWidth.of(end))
        // A long name takes half of what is left for it and the bar, and where that is little, all but a short bar.
        var columns = min(nameWidth, max(shortestName, room / 2, min(leastName, room - shortestBar - 4)))
        let bar = min(longestBar, room - columns - 4)
        if bar < shortestBar { columns = min(nameWidth, room) }
        var text = HumanText.leftAligned(shortened(row.name, to: columns), columns)
        if bar >= shortestBar { text += "  " + gauge(row, columns: bar) }
        return TerminalText.cut(text + end, to: width).trimmingEnd
    }

    /// `[████▌     ]`, or the bytes so far where the length is not known.
    private static func gauge(_ row: ByteReading.Row, columns: Int) -> String {
        guard let total = row.total else {
            return HumanText.leftAligned(TerminalText.cut(HumanText.size(row.received), to: columns + 2), columns + 2)
        }
        let bar = LatencyBars.bar(
            UInt64(max(0, min(row.received, total))), of: UInt64(max(1, total)), columns: columns)
        return "[" + HumanText.leftAligned(bar, columns) + "]"
    }

    /// The name with `…` in its middle if it is too wide: names of one list often differ at the end.
    static func shortened(_ name: String, to width: Int) -> String {
        guard DisplayWidth.of(name) > width else { return name }
        guard width > 1 else { return width == 1 ? "…" : "" }
        let start = TerminalText.prefix(name, width / 2)
        var used = 0
        var end = name.endIndex
        while end > name.startIndex {
            let before = name.index(before: end)
            used += DisplayWidth.of(name[before..<end])
            if used > width - width / 2 - 1 { break }
            end = before
        }
        return start + "…" + name[end...]
    }
}

extension String {
    /// The text without spaces at its end.
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
