import FetchHTTP
import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The value of `-z`: a date of HTTP, a date of ISO 8601 in UTC, or a file whose time is meant.
enum HabitDate {
    /// Seconds since 1970; nil for a text that is neither a date nor an existing file.
    static func seconds(of text: String) -> Int64? {
        if let date = HTTPDate.parse(text) ?? parse(text) { return date }
        guard !text.isEmpty, !ByteText.holdsBytes(text), let status = try? Stat(text) else { return nil }
        return Int64(status.st_mtim.tv_sec)
    }

    /// `2024-12-31`, `2024-12-31 23:59:59`, `2024-12-31T23:59:59Z`, all in UTC.
    private static func parse(_ text: String) -> Int64? {
        var text = text[...]
        if text.hasSuffix("Z") { text.removeLast() }
        let parts = text.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
        guard let date = parts.first.flatMap({ numbers($0, "-", [4, 2, 2]) }), parts.count <= 2 else { return nil }
        let time = parts.count == 2 ? numbers(parts[1], ":", [2, 2, 2]) : [0, 0, 0]
        guard let time, time[0] < 24, time[1] < 60, time[2] < 60 else { return nil }
        let (year, month, day) = (date[0], date[1], date[2])
        guard year >= 1583, (1...12).contains(month), (1...length(of: month, year)).contains(day) else { return nil }
        return Int64(days(year, month, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2])
    }

    /// The numbers between separators; nil unless each has its count of digits.
    private static func numbers(_ text: Substring, _ separator: Character, _ digits: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == digits.count else { return nil }
        var numbers: [Int] = []
        for (part, count) in zip(parts, digits) {
            guard part.utf8.count == count, part.utf8.allSatisfy(\.isASCIIDigit), let number = Int(part) else {
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01 in the Gregorian calendar: years begin with March, so that the leap day is the last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
