/// Reads a `Retry-After` field (RFC 9110 §10.2.3): how long a server asks to be left alone.
public enum RetryAfter {
    /// What an absurdly long value comes to: a hundred years, which no budget has and no clock overflows at.
    public static let longest: Duration = .seconds(100 * 365 * 86_400)

    /// The wait, or nil for a value that says nothing: empty, negative, a fraction, a list, a date that is past.
    ///
    /// - Parameters:
    ///   - value: The field's value: seconds, or one of the three forms of a date.
    ///   - now: Seconds since 1970-01-01 UTC.
    public static func parse(_ value: String, now: Int64) -> Duration? {
        let bytes = value.utf8
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return nil }
        let text = value[first...last]
        if text.utf8.allSatisfy(\.isASCIIDigit) {
            // Twelve digits are 30,000 years already, leading zeros aside.
            let digits = text.drop { $0 == "0" }
            guard digits.utf8.count <= 12, let seconds = Int64(digits.isEmpty ? "0" : digits) else { return longest }
            return min(.seconds(seconds), longest)
        }
        // A date has the name of a month; without it `1, 2`, `1.5` or `-3` is not worth a try.
        guard text.utf8.contains(where: \.isASCIILetter), let date = HTTPDate.parse(text) else { return nil }
        let (wait, overflow) = date.subtractingReportingOverflow(now)
        if overflow { return date > now ? longest : nil }
        return wait < 0 ? nil : min(.seconds(wait), longest)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
