import FetchSystem

/// Dates of HTTP in the three forms of RFC 9110 §5.6.7, and in no other.
package enum HTTPDate {
    /// Seconds since 1970, or nil for a text that is not a valid date.
    package static func parse(_ text: String) -> Int64? { parse(text, now: MonotonicClock.wallMilliseconds() / 1000) }

    /// Seconds since 1970, or nil for a text that is not a valid date.
    ///
    /// - Parameters:
    ///   - text: The date without space around it.
    ///   - now: Seconds since 1970, which determine the century of a year of two digits.
    static func parse(_ text: String, now: Int64) -> Int64? {
        // The longest date has 33 characters.
        let bytes = Array(text.utf8.prefix(34))
        for form in forms {
            var scanner = HTTPDateScanner(bytes)
            if scanner.matches(form) { return scanner.seconds(now: now) }
        }
        return nil
    }

    /// A date as IMF-fixdate, the only form that may be sent (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter seconds: Seconds since 1970, from 1583 to 9999.
    package static func text(_ seconds: Int64) -> String {
        var stamp: [UInt8] = []
        var writer = TimestampWriter()
        writer.append(seconds * 1000, into: &stamp)
        let text = String(decoding: stamp, as: UTF8.self)
        let date = text.prefix(10).split(separator: "-")
        let time = text.dropFirst(11).prefix(8)
        guard date.count == 3, let month = Int(date[1]), (1...12).contains(month) else { return text }
        // 1970-01-01 was a Thursday; the week begins with Monday here.
        let day = Int(((seconds.quotientAndRemainder(dividingBy: 86_400).quotient + 3) % 7 + 7) % 7)
        let names = HTTPDateScanner.self
        return "\(names.weekdays[day].prefix(3)), \(date[2]) \(names.months[month - 1]) \(date[0]) \(time) GMT"
    }

    /// IMF-fixdate, RFC 850 and asctime in the notation of strptime(3). That function itself depends on the locale, and
    /// accepts other texts too.
    private static let forms = ["%a, %d %b %Y %T GMT", "%A, %d-%b-%y %T GMT", "%a %b %e %T %Y"]
}

/// Parses a date from left to right. Its names are case-sensitive, and its numbers have a fixed length.
private struct HTTPDateScanner {
    private var rest: ArraySlice<UInt8>
    private var year = 0
    private var hasCentury = true
    private var month = 0
    private var day = 0
    /// Seconds since midnight.
    private var second = 0

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Whether the text has this form; its parts are known then.
    mutating func matches(_ form: String) -> Bool {
        var isPart = false
        for character in form.utf8 {
            if isPart {
                guard takePart(character) else { return false }
                isPart = false
            } else if character == UInt8(ascii: "%") {
                isPart = true
            } else {
                guard rest.popFirst() == character else { return false }
            }
        }
        return rest.isEmpty
    }

    private mutating func takePart(_ part: UInt8) -> Bool {
        switch part {
        case UInt8(ascii: "a"): return takeName(Self.weekdays.map { String($0.prefix(3)) }) != nil
        case UInt8(ascii: "A"): return takeName(Self.weekdays) != nil
        case UInt8(ascii: "b"):
            guard let index = takeName(Self.months) else { return false }
            month = index + 1
        case UInt8(ascii: "e") where rest.first == UInt8(ascii: " "):
            rest.removeFirst()
            return takeNumber(1, into: \.day)
        case UInt8(ascii: "d"), UInt8(ascii: "e"): return takeNumber(2, into: \.day)
        case UInt8(ascii: "Y"): return takeNumber(4, into: \.year)
        case UInt8(ascii: "y"):
            hasCentury = false
            return takeNumber(2, into: \.year)
        default: return takeTime()
        }
        return true
    }

    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private mutating func takeName(_ names: [String]) -> Int? {
        guard let index = names.firstIndex(where: { rest.starts(with: $0.utf8) }) else { return nil }
        rest.removeFirst(names[index].utf8.count)
        return index
    }

    private mutating func takeNumber(_ length: Int, into part: WritableKeyPath<Self, Int>) -> Bool {
        guard let value = number(length) else { return false }
        self[keyPath: part] = value
        return true
    }

    private mutating func takeTime() -> Bool {
        guard let hour = number(2), hour < 24, rest.popFirst() == UInt8(ascii: ":"), let minute = number(2),
            minute < 60,
            // 60 is a leap second.
            rest.popFirst() == UInt8(ascii: ":"), let second = number(2), second <= 60
        else { return false }
        self.second = (hour * 60 + minute) * 60 + second
        return true
    }

    private mutating func number(_ length: Int) -> Int? {
        let digits = rest.prefix(length)
        guard digits.count == length, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest.removeFirst(length)
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// Seconds since 1970; nil for a day that the calendar does not have.
    func seconds(now: Int64) -> Int64? {
        let year = hasCentury ? year : Self.completed(year, now: now)
        guard year >= 1583, (1...Self.days(in: month, of: year)).contains(day) else { return nil }
        return Int64(Self.daysSince1970(year, month, day) * 86_400 + second)
    }

    /// The latest year with these last two digits that is not more than 50 years ahead (RFC 9110 §5.6.7).
    private static func completed(_ year: Int, now: Int64) -> Int {
        // A year of the Gregorian calendar has 31,556,952 seconds on average.
        let latest = 1970 + Int(now / 31_556_952) + 50
        return latest - (latest - year) % 100
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counts years from March, so that a leap day is the last day of its year.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        // 719,468 days from 1 March of the year 0 to 1970.
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
