/// Numbers for the user: short, with a unit, always with a decimal point.
package enum HumanText {
    /// `1256 B`, `12.6 kB`, `340 MB`: bytes while the number is short, then powers of 1000.
    package static func size(_ bytes: Int) -> String {
        guard bytes >= 10_000 else { return "\(bytes) B" }
        var value = Double(bytes) / 1000
        var units = ["kB", "MB", "GB", "TB", "PB"][...]
        while value >= 999.5, units.count > 1 {
            value /= 1000
            units.removeFirst()
        }
        return "\(fixed(value, digits: value < 99.95 ? 1 : 0)) \(units.first ?? "")"
    }

    /// `0.4 ms`, `102 ms`, `1.24 s`, `12.4 s`, `124 s`.
    package static func time(_ duration: Duration) -> String { time(microseconds: duration.microseconds) }

    /// A duration in microseconds, in the format of ``time(_:)``.
    package static func time(microseconds: Int64) -> String {
        let milliseconds = Double(microseconds) / 1000
        switch milliseconds {
        case ..<9.95: return "\(fixed(milliseconds, digits: 1)) ms"
        case ..<999.5: return "\(fixed(milliseconds, digits: 0)) ms"
        case ..<9995: return "\(fixed(milliseconds / 1000, digits: 2)) s"
        case ..<99_950: return "\(fixed(milliseconds / 1000, digits: 1)) s"
        default: return "\(fixed(milliseconds / 1000, digits: 0)) s"
        }
    }

    /// `2s`, `1m 05s`, `3h 07m`: the remaining time, rounded up.
    package static func remaining(seconds: Double) -> String {
        let all = whole(seconds.rounded(.up))
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if all < 60 { return "\(all)s" }
        if all < 3600 { return "\(all / 60)m \(padded(all % 60))s" }
        return "\(all / 3600)h \(padded(all / 60 % 60))m"
    }

    /// `412/s`, `4.1/s`: a count per time; `0/s` while no time has passed.
    package static func rate(_ count: Int, in elapsed: Duration) -> String {
        let seconds = Double(elapsed.microseconds) / 1_000_000
        guard seconds > 0 else { return "0/s" }
        let rate = Double(count) / seconds
        return "\(fixed(rate, digits: rate > 0 && rate < 9.95 ? 1 : 0))/s"
    }

    /// A number rounded to a number of decimals.
    static func fixed(_ value: Double, digits: Int) -> String {
        guard digits > 0 else { return "\(whole(value.rounded()))" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = whole((value * Double(scale)).rounded())
        let fraction = String(scaled.magnitude % scale.magnitude)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / scale.magnitude).\(zeros)\(fraction)"
    }

    /// The text padded with spaces before it, so that columns are aligned at the right.
    package static func rightAligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - DisplayWidth.of(text))) + text
    }

    /// The text padded with spaces after it.
    package static func leftAligned(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    }

    /// An integer from any number, also from NaN and infinity.
    private static func whole(_ value: Double) -> Int {
        if value.isNaN { return 0 }
        return Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }
}
