/// Reads the dates of HTTP (RFC 9110 §5.6.7): IMF-fixdate, RFC 850 and asctime, and what else servers send.
///
/// It takes a date apart as curl's `curl_getdate` does, word by word in any order, because servers write dates in many
/// ways and a `Retry-After` that is not understood is one that is not obeyed.
public enum HTTPDate {
    /// Seconds since 1970-01-01 UTC, or nil if that is no date after the year 1582.
    public static func parse(_ text: some StringProtocol) -> Int64? {
        var scanner = Scanner(bytes: Array(text.utf8.prefix(200)))
        return scanner.scan()
    }

    /// Words and numbers found so far.
    private struct Scanner {
        /// What a number without other marks is taken for next.
        private enum Expectation { case day, year }

        let bytes: [UInt8]
        private var position = 0
        private var weekday: Int?
        private var month: Int?
        private var day: Int?
        private var year: Int?
        private var secondOfDay: Int?
        /// Seconds to add to come to UTC.
        private var zone: Int?
        private var expectation = Expectation.day

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func scan() -> Int64? {
            // Six things make a date; what follows them (a comment, a second zone) is not looked at.
            for _ in 0..<6 {
                while let byte = peek, !byte.isASCIILetter, !byte.isASCIIDigit { position += 1 }
                guard let byte = peek else { break }
                guard byte.isASCIILetter ? word() : (time() || number()) else { return nil }
            }
            guard let day, let month, let year, year >= 1583 else { return nil }
            let days = HTTPDate.daysSince1970(year: year, month: month, day: day)
            return Int64(days * 86_400 + (secondOfDay ?? 0) + (zone ?? 0))
        }

        private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        /// A weekday, a month or a zone, each once.
        private mutating func word() -> Bool {
            let start = position
            while let byte = peek, byte.isASCIILetter { position += 1 }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            let lowered = word.lowercased()
            if weekday == nil,
                let index = HTTPDate.weekdays.firstIndex(where: { $0 == lowered || $0.prefix(3) == lowered })
            {
                weekday = index
            } else if month == nil, let index = HTTPDate.months.firstIndex(of: lowered) {
                month = index + 1
            } else if zone == nil, let minutes = HTTPDate.minutesWestOfUTC(word) {
                zone = minutes * 60
            } else {
                return false
            }
            return true
        }

        /// `8:49`, `08:49:37`; at most two digits each.
        private mutating func time() -> Bool {
            guard secondOfDay == nil else { return false }
            var index = position
            var parts: [Int] = []
            while parts.count < 3 {
                let start = index
                while index < bytes.count, index < start + 2, bytes[index].isASCIIDigit { index += 1 }
                guard index > start, let value = Int(String(decoding: bytes[start..<index], as: UTF8.self)) else {
                    return false
                }
                parts.append(value)
                guard parts.count < 3, index < bytes.count, bytes[index] == UInt8(ascii: ":") else { break }
                // A colon with no digit behind it does not belong to the time any more.
                guard parts.count == 1 || index + 1 < bytes.count && bytes[index + 1].isASCIIDigit else { break }
                index += 1
            }
            let second = parts.count == 3 ? parts[2] : 0
            guard parts.count >= 2, parts[0] < 24, parts[1] < 60, second <= 60 else { return false }
            secondOfDay = parts[0] * 3_600 + parts[1] * 60 + second
            position = index
            return true
        }

        /// A zone as `-0700`, a whole date as `19941106`, a day or a year.
        private mutating func number() -> Bool {
            let start = position
            while let byte = peek, byte.isASCIIDigit { position += 1 }
            guard position - start <= 9, let value = Int(String(decoding: bytes[start..<position], as: UTF8.self))
            else {
                return false
            }
            let length = position - start
            let sign = start > 0 ? bytes[start - 1] : 0
            if zone == nil, length == 4, value <= 1_400, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                let offset = (value / 100 * 60 + value % 100) * 60
                zone = sign == UInt8(ascii: "+") ? -offset : offset
                return true
            }
            if length == 8, year == nil, month == nil, day == nil {
                guard (1...12).contains(value % 10_000 / 100), (1...31).contains(value % 100) else { return false }
                (year, month, day) = (value / 10_000, value % 10_000 / 100, value % 100)
                return true
            }
            return dayOrYear(value)
        }

        private mutating func dayOrYear(_ value: Int) -> Bool {
            if expectation == .day, day == nil {
                expectation = .year
                if (1...31).contains(value) {
                    day = value
                    return true
                }
            }
            guard expectation == .year, year == nil else { return false }
            // Two digits: a server that still sends RFC 850 means a year around now.
            year = value >= 100 ? value : value > 70 ? 1_900 + value : 2_000 + value
            if day == nil { expectation = .day }
            return true
        }
    }

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// The zones people write, in capitals as they write them; `UTC+1` has no name here.
    private static func minutesWestOfUTC(_ word: String) -> Int? {
        let hours: Int
        switch word {
        case "GMT", "UT", "UTC", "WET", "Z": hours = 0
        case "BST", "CET", "MET", "MEWT", "A": hours = -1
        case "EET", "CEST", "MEST", "MESZ", "B": hours = -2
        case "C": hours = -3
        case "D": hours = -4
        case "E": hours = -5
        case "F": hours = -6
        case "G": hours = -7
        case "H", "CCT": hours = -8
        case "I", "JST": hours = -9
        case "K", "EAST", "GST": hours = -10
        case "L", "EADT": hours = -11
        case "M", "NZT", "NZST", "IDLE": hours = -12
        case "NZDT": hours = -13
        case "N", "WAT": hours = 1
        case "O": hours = 2
        case "P", "ADT": hours = 3
        case "Q", "AST", "EDT": hours = 4
        case "R", "EST", "CDT": hours = 5
        case "S", "CST", "MDT": hours = 6
        case "T", "MST", "PDT": hours = 7
        case "U", "PST", "YDT": hours = 8
        case "V", "YST", "HDT": hours = 9
        case "W", "HST", "AHST", "CAT": hours = 10
        case "X", "NT": hours = 11
        case "Y", "IDLW": hours = 12
        default: return nil
        }
        return hours * 60
    }

    /// Days of the Gregorian calendar; a day the month does not have (30 February) counts on into the next.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        // Years that start in March have the leap day at their end.
        let year = month > 2 ? year : year - 1
        let century = year / 400
        let yearOfCentury = year - century * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfCentury = yearOfCentury * 365 + yearOfCentury / 4 - yearOfCentury / 100 + dayOfYear
        return century * 146_097 + dayOfCentury - 719_468
    }
}
