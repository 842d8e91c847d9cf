/// Reads the numbers of the command line: durations, sizes and counts, each within its range.
///
/// Every failure says what may be written or between which bounds; nothing that a user can type traps.
public enum Quantity {
    /// What `--max-time` and its relatives accept unless they say otherwise.
    public static let anyDuration: ClosedRange<Duration> = .zero ... .seconds(365 * 86_400)

    /// Reads `500ms`, `2s`, `1m`, `1h`, `1d`, bare seconds, and decimals of them.
    public static func duration(
        _ text: some StringProtocol, in range: ClosedRange<Duration> = anyDuration
    ) throws(ParseFailure) -> Duration {
        guard let number = DecimalQuantity(text), let unit = microseconds(of: number.unit) else {
            throw ParseFailure("not a duration: \(ParseFailure.quoted(text)); write 500ms, 2s, 1.5m, 1h or 1d")
        }
        // An attosecond is the 10⁻¹⁸ of a second, which is the step of the number.
        let attoseconds = unit == 1 ? number.value / 1_000_000 : number.times(unit / 1_000) / 1_000
        guard attoseconds >= range.lowerBound.attoseconds, attoseconds <= range.upperBound.attoseconds else {
            throw outOfRange(self.text(range.lowerBound), self.text(range.upperBound), text)
        }
        return Duration(attoseconds: attoseconds)
    }

    /// Reads a whole number without sign, point or unit.
    public static func integer(
        _ text: some StringProtocol, in range: ClosedRange<Int>
    ) throws(ParseFailure) -> Int {
        guard let number = DecimalQuantity(text), number.unit.isEmpty, !text.contains(".") else {
            throw ParseFailure("not a whole number: \(ParseFailure.quoted(text))")
        }
        let value = number.value / DecimalQuantity.scale
        guard value >= Int128(range.lowerBound), value <= Int128(range.upperBound), let result = Int(exactly: value)
        else { throw outOfRange("\(range.lowerBound)", "\(range.upperBound)", text) }
        return result
    }

    /// A duration as this grammar writes it, in the largest unit that needs no point: `90s`, `2h`, `1500us`.
    public static func text(_ duration: Duration) -> String {
        let microseconds = duration.microseconds
        for unit in ["d", "h", "m", "s", "ms"] {
            guard let size = self.microseconds(of: unit[...]) else { continue }
            if microseconds != 0, Int128(microseconds).isMultiple(of: size) {
                return "\(Int128(microseconds) / size)\(unit)"
            }
        }
        return microseconds == 0 ? "0s" : "\(microseconds)us"
    }

    /// The failure of a number that was understood but is too small or too large.
    static func outOfRange(_ low: String, _ high: String, _ text: some StringProtocol) -> ParseFailure {
        ParseFailure("must be between \(low) and \(high), not \(ParseFailure.quoted(text))")
    }

    private static func microseconds(of unit: Substring) -> Int128? {
        switch unit {
        case "us": 1
        case "ms": 1_000
        case "", "s": 1_000_000
        case "m": 60_000_000
        case "h": 3_600_000_000
        case "d": 86_400_000_000
        default: nil
        }
    }
}
