/// Dates of HTTP (RFC 9110 §5.6.7): IMF-fixdate, RFC 850 and asctime, read as leniently as curl reads them.
///
/// The parts of a date may come in any order, as in `curl_getdate`; a text without day, month and year is none.
enum HTTPDate {
    /// Seconds since 1970, or nil for what is no date.
    static func parse(_ text: String) -> Int64? {
        var scanner = HTTPDateScanner(text)
        return scanner.scan()
    }
}

/// Collects the parts of a date, at most six, from left to right.
private struct HTTPDateScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var hasWeekday = false
    private var year: Int?
    /// 1 for January.
    private var month: Int?
    private var day: Int?
    /// Seconds since midnight.
    private var time: Int?
    /// What must be added to get UTC, in seconds.
    private var zone: Int?
    /// A first number that is no day of a month is a year; then the next is the day.
    private var expectsDay = true

    init(_ text: String) {
        // No date is longer; what follows the sixth part is not looked at anyway.
        bytes = Array(text.utf8.prefix(256))
    }

    mutating func scan() -> Int64? {
        var parts = 0
        while parts < 6 {
            while position < bytes.count, !isDigit(position), !isLetter(position) { position += 1 }
            guard position < bytes.count else { break }
            guard isLetter(position) ? takeWord() : takeDigits() else { return nil }
            parts += 1
        }
        guard let year, let month, let day, year >= 1583, (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        // As in curl, 30 February is 1 March.
        let days = Self.daysSince1970(year: year, month: month) + day - 1
        return Int64(days * 86_400 + (time ?? 0) + (zone ?? 0))
    }

    // MARK: - Words

    private mutating func takeWord() -> Bool {
        let start = position
        while isLetter(position) { position += 1 }
        guard position - start < 12 else { return false }
        let word = String(decoding: bytes[start..<position].map { $0 | 0x20 }, as: UTF8.self)
        if !hasWeekday, Self.weekdays.contains(where: { $0 == word || $0.prefix(3) == word }) {
            hasWeekday = true
            return true
        }
        if month == nil, let found = Self.months.firstIndex(of: word) {
            month = found + 1
            return true
        }
        guard zone == nil, let hours = Self.hoursToUTC(word) else { return false }
        zone = hours * 3600
        return true
    }

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// The zones of RFC 822, and the letters of ISO 8601's military zones (there is no `J`).
    private static func hoursToUTC(_ word: String) -> Int? {
        switch word {
        case "gmt", "utc", "ut", "z": return 0
        case "edt": return 4
        case "est", "cdt": return 5
        case "cst", "mdt": return 6
        case "mst", "pdt": return 7
        case "pst": return 8
        default: break
        }
        guard word.utf8.count == 1, let letter = word.utf8.first else { return nil }
        let place = Int(letter) - Int(UInt8(ascii: "a")) + 1
        switch letter {
        case UInt8(ascii: "a")...UInt8(ascii: "i"): return -place
        case UInt8(ascii: "k")...UInt8(ascii: "m"): return -(place - 1)
        case UInt8(ascii: "n")...UInt8(ascii: "y"): return place - 13
        default: return nil
        }
    }

    // MARK: - Numbers

    private mutating func takeDigits() -> Bool {
        if time == nil, takeTime() { return true }
        let start = position
        var value = 0
        while isDigit(position) {
            value = value * 10 + digit(position)
            guard value <= Int(Int32.max) else { return false }
            position += 1
        }
        let length = position - start
        let sign = start > 0 ? bytes[start - 1] : 0
        if zone == nil, length == 4, value <= 1400, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            let offset = (value / 100 * 60 + value % 100) * 60
            zone = sign == UInt8(ascii: "+") ? -offset : offset
            return true
        }
        if length == 8, year == nil, month == nil, day == nil {
            (year, month, day) = (value / 10_000, value / 100 % 100, value % 100)
            return true
        }
        if expectsDay, day == nil {
            expectsDay = false
            if (1...31).contains(value) {
                day = value
                return true
            }
        }
        guard !expectsDay, year == nil else { return false }
        year = value >= 100 ? value : value > 70 ? value + 1900 : value + 2000
        expectsDay = day == nil
        return true
    }

    /// `8:49`, `08:49:37`; a leap second is a second.
    private mutating func takeTime() -> Bool {
        var end = position
        guard let hour = twoDigits(&end), hour < 24, let minute = afterColon(&end), minute < 60 else { return false }
        var second = 0
        if at(end) == UInt8(ascii: ":"), isDigit(end + 1) {
            guard let value = afterColon(&end), value <= 60 else { return false }
            second = value
        }
        time = (hour * 60 + minute) * 60 + second
        position = end
        return true
    }

    private func afterColon(_ index: inout Int) -> Int? {
        guard at(index) == UInt8(ascii: ":") else { return nil }
        index += 1
        return twoDigits(&index)
    }

    /// One digit or two.
    private func twoDigits(_ index: inout Int) -> Int? {
        guard isDigit(index) else { return nil }
        var value = digit(index)
        index += 1
        if isDigit(index) {
            value = value * 10 + digit(index)
            index += 1
        }
        return value
    }

    // MARK: - Bytes

    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
    private func digit(_ index: Int) -> Int { Int(at(index)) - 0x30 }
    private func isDigit(_ index: Int) -> Bool { (0x30...0x39).contains(at(index)) }
    private func isLetter(_ index: Int) -> Bool { (0x61...0x7A).contains(at(index) | 0x20) }

    /// Days from 1970-01-01 to the first of a month of the Gregorian calendar.
    private static func daysSince1970(year: Int, month: Int) -> Int {
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
        // January and February come before the leap day of their own year.
        let leapYears = month <= 2 ? year - 1 : year
        return (year - 1970) * 365 + leapYears / 4 - leapYears / 100 + leapYears / 400 - 477 + before
    }
}
