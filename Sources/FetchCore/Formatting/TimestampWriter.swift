/// Writes points in time as ISO 8601 in UTC with milliseconds: `2026-01-01T00:00:00.000Z`.
///
/// The records of a run nearly all fall on one day, so the date part is computed once a day.
struct TimestampWriter: Sendable {
    private var day: Int64?
    private var datePart: [UInt8] = []

    /// Appends the time without quotes.
    ///
    /// - Parameter milliseconds: Since 1970-01-01 UTC, leap seconds not counted.
    mutating func append<Out: ByteSink & ~Copyable>(_ milliseconds: Int64, into out: inout Out) {
        let perDay: Int64 = 86_400_000
        var (day, rest) = milliseconds.quotientAndRemainder(dividingBy: perDay)
        if rest < 0 {
            day -= 1
            rest += perDay
        }
        if day != self.day {
            self.day = day
            datePart.removeAll(keepingCapacity: true)
            Self.appendDate(day, into: &datePart)
        }
        datePart.withUnsafeBufferPointer { out.append(copying: $0) }
        Self.append(rest / 3_600_000, digits: 2, into: &out)
        out.append(UInt8(ascii: ":"))
        Self.append(rest / 60_000 % 60, digits: 2, into: &out)
        out.append(UInt8(ascii: ":"))
        Self.append(rest / 1000 % 60, digits: 2, into: &out)
        out.append(UInt8(ascii: "."))
        Self.append(rest % 1000, digits: 3, into: &out)
        out.append(UInt8(ascii: "Z"))
    }

    /// The proleptic Gregorian date of a day since 1970-01-01. Years are counted from March, so that the leap day is
    /// the last of its year and months have lengths of one formula (Howard Hinnant's `civil_from_days`).
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
        append(Int64(clamping: year.magnitude), digits: 4, into: &out)
        out.append(UInt8(ascii: "-"))
        append(month, digits: 2, into: &out)
        out.append(UInt8(ascii: "-"))
        append(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, digits: 2, into: &out)
        out.append(UInt8(ascii: "T"))
    }

    private static func append<Out: ByteSink & ~Copyable>(_ value: Int64, digits: Int, into out: inout Out) {
        var threshold: Int64 = 10
        for _ in 1..<digits {
            if value < threshold { out.append(UInt8(ascii: "0")) }
            threshold *= 10
        }
        JSONWriter.integer(value, into: &out)
    }
}
