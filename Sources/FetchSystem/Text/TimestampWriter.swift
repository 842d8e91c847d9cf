/// Writes points in time as ISO 8601 in UTC with milliseconds: `2026-01-01T00:00:00.000Z`.
///
/// Thousands of records fall in the same second, so everything but the milliseconds is computed once per second.
public struct TimestampWriter: Sendable {
    @usableFromInline var second: Int64?
    /// `2026-01-01T00:00:00.`
    @usableFromInline var beginning: [UInt8] = []

    /// Nothing yet.
    public init() {}

    /// Appends the time without quotes.
    ///
    /// - Parameter milliseconds: Milliseconds since 1970-01-01 UTC, without leap seconds.
    @inlinable
    public mutating func append<Out: ByteSink & ~Copyable>(_ milliseconds: Int64, into out: inout Out) {
        var (second, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        if rest < 0 {
            second -= 1
            rest += 1000
        }
        if second != self.second { begin(second) }
        beginning.withUnsafeBufferPointer { out.append(copying: $0) }
        out.append(decimal: UInt64(clamping: rest), width: 3)
        out.append(UInt8(ascii: "Z"))
    }

    @usableFromInline
    mutating func begin(_ second: Int64) {
        let perDay: Int64 = 86_400
        var (day, rest) = second.quotientAndRemainder(dividingBy: perDay)
        if rest < 0 {
            day -= 1
            rest += perDay
        }
        self.second = second
        beginning.removeAll(keepingCapacity: true)
        Self.appendDate(day, into: &beginning)
        beginning.append(decimal: UInt64(clamping: rest / 3600), width: 2)
        beginning.append(UInt8(ascii: ":"))
        beginning.append(decimal: UInt64(clamping: rest / 60 % 60), width: 2)
        beginning.append(UInt8(ascii: ":"))
        beginning.append(decimal: UInt64(clamping: rest % 60), width: 2)
        beginning.append(UInt8(ascii: "."))
    }

    /// The proleptic Gregorian date of a day since 1970-01-01. Years start in March, so that the leap day is the last
    /// day of its year and one formula gives the lengths of months (Howard Hinnant's `civil_from_days`).
    private static func appendDate(_ day: Int64, into out: inout [UInt8]) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        if year < 0 { out.append(UInt8(ascii: "-")) }
        let years = UInt64(clamping: year.magnitude)
        if years < 10_000 { out.append(decimal: years, width: 4) } else { out.append(decimal: years) }
        out.append(UInt8(ascii: "-"))
        out.append(decimal: UInt64(clamping: month), width: 2)
        out.append(UInt8(ascii: "-"))
        out.append(decimal: UInt64(clamping: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1), width: 2)
        out.append(UInt8(ascii: "T"))
    }
}
