/// Durations, sizes and rates in the notation of the user.
///
/// Numbers are plain decimals (no sign, no exponent) and are computed as integers: no value is rounded twice, and none
/// overflows.
package enum Quantity {
    /// The longest duration: ten years of 365 days.
    static let longestDuration: Duration = .seconds(3650 * 86_400)
    /// The largest size: 2^53 bytes, which every JSON reader can represent.
    static let largestSize = 1 << 53
    /// The largest count of a rate.
    static let largestCount = 1_000_000_000
    /// The unit of fractions; a duration has no finer unit than 10^-18 s.
    private static let fractionUnit: Int128 = 1_000_000_000_000_000_000

    /// `500ms`, `2s`, `1.5m`, `1h`, `1d`; a bare number is seconds.
    package static func duration(_ text: String) throws(ParseFailure) -> Duration {
        let advice = "500ms, 2s, 1m; units ms, s, m, h, d; from 0 to 3650d"
        let number = try Number(text, what: "duration", advice: advice)
        let milliseconds: Int128
        switch number.unit {
        case "ms": milliseconds = 1
        case "", "s": milliseconds = 1000
        case "m": milliseconds = 60_000
        case "h": milliseconds = 3_600_000
        case "d": milliseconds = 86_400_000
        default: throw ParseFailure("\(ParseFailure.quoted(text)) is not a valid duration (\(advice))")
        }
        let (product, overflow) = number.scaled.multipliedReportingOverflow(by: milliseconds)
        let attoseconds = product / 1000
        guard !overflow, attoseconds <= 3650 * 86_400 * fractionUnit else {
            throw ParseFailure("the duration \(ParseFailure.quoted(text)) is too long (\(advice))")
        }
        return Duration(
            secondsComponent: Int64(attoseconds / fractionUnit),
            attosecondsComponent: Int64(attoseconds % fractionUnit))
    }

    /// `10k`, `5M`, `1G`, `1.5k`: powers of 1024, as in curl; `1MB`: powers of 1000, as ``HumanText/size(_:)`` writes
    /// them; `1MiB` is `1M`. A bare number, or one with `B`, is bytes. Case is ignored.
    package static func byteSize(_ text: String) throws(ParseFailure) -> Int {
        let advice = "1000, 10k, 5M, 1MB; k, M, G, T, P are powers of 1024, kB, MB, … of 1000; from 0 to 8P"
        let number = try Number(text, what: "size", advice: advice)
        guard let unit = bytes(inUnit: number.unit) else {
            throw ParseFailure("\(ParseFailure.quoted(text)) is not a valid size (\(advice))")
        }
        guard unit > 1 || number.scaled % fractionUnit == 0 else {
            throw ParseFailure("the size \(ParseFailure.quoted(text)) is not a whole number of bytes (\(advice))")
        }
        let (product, overflow) = number.scaled.multipliedReportingOverflow(by: unit)
        let bytes = product / fractionUnit
        guard !overflow, bytes <= Int128(largestSize) else {
            throw ParseFailure("the size \(ParseFailure.quoted(text)) is too large (\(advice))")
        }
        return Int(bytes)
    }

    /// The bytes of a unit: none or `B`; a letter of `kMGTP` alone or with `iB`; a letter with `B`.
    private static func bytes(inUnit unit: String) -> Int128? {
        // Not by Unicode's rules, in which the sign of Kelvin is a K.
        guard unit.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let letters = unit.lowercased()
        if letters.isEmpty || letters == "b" { return 1 }
        guard let power = ["k", "m", "g", "t", "p"].firstIndex(of: String(letters.prefix(1))) else { return nil }
        let base: Int128
        switch letters.dropFirst() {
        case "", "ib": base = 1024
        case "b": base = 1000
        default: return nil
        }
        return (0...power).reduce(1) { product, _ in product * base }
    }

    /// `5/s`, `100/m`, `5/15s`, `1/h`: a maximum count in every period.
    package static func rate(_ text: String) throws(ParseFailure) -> (count: Int, period: Duration) {
        let advice = "write 5/s, 100/m or 5/15s, with a count from 1 to \(largestCount) and a period from 1ms to 3650d"
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count == 2, let periodStart = parts[1].first else {
            // A bare number usually means per second, but not always, so nothing is guessed.
            if parts.count == 1, (try? Number(text, what: "rate", advice: ""))?.unit == "" {
                throw ParseFailure("the rate \(ParseFailure.quoted(text)) has no period: write \(text.prefix(20))/s")
            }
            throw ParseFailure("\(ParseFailure.quoted(text)) is not a valid rate: \(advice)")
        }
        let number = try Number(String(Substring(first)), what: "rate", advice: advice)
        let count = number.scaled / fractionUnit
        guard number.unit.isEmpty, number.scaled % fractionUnit == 0, (1...Int128(largestCount)).contains(count) else {
            throw ParseFailure("the rate \(ParseFailure.quoted(text)) has a count that is not valid: \(advice)")
        }
        let isDigit = (0x30...0x39).contains(periodStart) || periodStart == UInt8(ascii: ".")
        let period: Duration
        do {
            period = try duration((isDigit ? "" : "1") + String(Substring(parts[1])))
        } catch {
            throw ParseFailure("the rate \(ParseFailure.quoted(text)) has a period that is not valid: \(advice)")
        }
        guard period >= .milliseconds(1) else {
            throw ParseFailure("the rate \(ParseFailure.quoted(text)) has a period that is too short: \(advice)")
        }
        return (Int(count), period)
    }

    /// A decimal number and the text after it.
    private struct Number {
        /// The number times ``Quantity/fractionUnit``.
        let scaled: Int128
        let unit: String

        init(_ text: String, what: String, advice: String) throws(ParseFailure) {
            let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
            var rest = text.utf8[...]
            let whole = rest.prefix(while: isDigit)
            rest = rest.dropFirst(whole.count)
            var fraction = rest.prefix(0)
            if rest.first == UInt8(ascii: ".") {
                fraction = rest.dropFirst().prefix(while: isDigit)
                rest = rest.dropFirst(1 + fraction.count)
            }
            guard !whole.isEmpty || !fraction.isEmpty else {
                let reason =
                    switch text.utf8.first {
                    case nil: "the \(what) is empty"
                    case UInt8(ascii: "-")?: "the \(what) \(ParseFailure.quoted(text)) is negative"
                    default: "\(ParseFailure.quoted(text)) is not a valid \(what)"
                    }
                throw ParseFailure("\(reason) (\(advice))")
            }
            var value: Int128 = 0
            for byte in whole {
                value = value * 10 + Int128(byte - 0x30)
                guard value <= 1 << 54 else {
                    throw ParseFailure("the \(what) \(ParseFailure.quoted(text)) is too large (\(advice))")
                }
            }
            var scaled = value
            var digits = fraction.prefix(18).makeIterator()
            for _ in 0..<18 { scaled = scaled * 10 + Int128((digits.next() ?? 0x30) - 0x30) }
            self.scaled = scaled
            unit = String(Substring(rest))
        }
    }
}
