import FetchSystem

/// Dates in URLs: `/2024/05/12/`, `2024-5-12`, `20240512`, and parameters with the name of a date.
///
/// A date has a year, a month and a day, and does not begin or end inside a word or a longer row of numbers:
/// `/forum/2500/3`, `/n/1000-1.html`, version numbers and UUIDs contain none.
enum DateScan {
    /// A date.
    struct Day: Hashable {
        let year: Int
        let month: Int
        let day: Int
    }

    /// The text with a star for each date, and the first date; nil without one.
    static func replacingDates(in text: ArraySlice<UInt8>) -> (bytes: [UInt8], day: Day?) {
        var first: Day?
        var output: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index].isASCIIDigit else {
                output.append(text[index])
                index += 1
                continue
            }
            let run = number(in: text, at: index)
            if let (day, end) = date(in: text, at: index, run), isApart(in: text, index..<end) {
                first = first ?? day
                output.append(UInt8(ascii: "*"))
                index = end
            } else {
                output += text[index..<run.end]
                index = run.end
            }
        }
        return (output, first)
    }

    /// Whether a parameter is a part of a date: one with the name of it, or a time in seconds since 1970.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    ///   - hasYear: Whether another parameter is a year: `y=2024&m=5&d=3`.
    static func isPart(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, hasYear: Bool) -> Bool {
        guard value.count <= 10, value.contains(where: \.isASCIIDigit) else { return false }
        let name = lowercased(name)
        if names.contains(name) || hasYear && letters.contains(name) { return true }
        // "start=20" is the twentieth thread of a forum, "start=1715472000" a day of a calendar.
        return moments.contains(name) && value.count == 10 && value.allSatisfy(\.isASCIIDigit)
    }

    /// Whether a parameter is a year.
    static func isYear(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
        value.count == 4 && value.allSatisfy(\.isASCIIDigit) && ["year", "yr", "y"].contains(lowercased(name))
    }

    private static let names: Set<String> = [
        "date", "day", "month", "mon", "year", "yr", "week", "start_date", "end_date", "startdate", "enddate",
    ]
    private static let letters: Set<String> = ["y", "m", "d", "w"]
    private static let moments: Set<String> = ["time", "timestamp", "from", "to", "start", "end"]

    private static func lowercased(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.prefix(16).map(\.lowercasedASCII), as: UTF8.self)
    }

    private static func number(in text: ArraySlice<UInt8>, at start: Int) -> (value: Int, end: Int) {
        var value = 0
        var end = start
        while end < text.endIndex, text[end].isASCIIDigit {
            value = min(value * 10 + Int(text[end] - 0x30), 1_000_000_000)
            end += 1
        }
        return (value, end)
    }

    /// A date that starts with the number at the position: year, month and day with one separator between them, or
    /// eight digits.
    private static func date(
        in text: ArraySlice<UInt8>, at start: Int, _ run: (value: Int, end: Int)
    ) -> (day: Day, end: Int)? {
        if run.end - start == 8 {
            return valid(run.value / 10_000, run.value / 100 % 100, run.value % 100).map { ($0, run.end) }
        }
        guard run.end - start == 4, run.end < text.endIndex, "-/._".utf8.contains(text[run.end]) else { return nil }
        let separator = text[run.end]
        guard let month = part(in: text, at: run.end, after: separator),
            let day = part(in: text, at: month.end, after: separator)
        else { return nil }
        return valid(run.value, month.value, day.value).map { ($0, day.end) }
    }

    private static func valid(_ year: Int, _ month: Int, _ day: Int) -> Day? {
        guard (1_800...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        return Day(year: year, month: month, day: day)
    }

    /// A separator and a number of one or two digits.
    private static func part(
        in text: ArraySlice<UInt8>, at index: Int, after separator: UInt8
    ) -> (value: Int, end: Int)? {
        guard index + 1 < text.endIndex, text[index] == separator else { return nil }
        let run = number(in: text, at: index + 1)
        return (1...2).contains(run.end - index - 1) ? run : nil
    }

    /// Whether a date is not a part of a word, nor of a longer row of numbers with dots, such as a version.
    private static func isApart(in text: ArraySlice<UInt8>, _ range: Range<Int>) -> Bool {
        let before = text[text.startIndex..<range.lowerBound].suffix(2)
        let after = text[range.upperBound...].prefix(2)
        func isWord(_ byte: UInt8?) -> Bool { byte.map { $0.isASCIILetter || $0.isASCIIDigit || $0 >= 0x80 } ?? false }
        if isWord(before.last) || isWord(after.first) { return false }
        let dot = UInt8(ascii: ".")
        let isNumbered = before.last == dot && (before.first?.isASCIIDigit ?? false)
        return !isNumbered && !(after.first == dot && (after.last?.isASCIIDigit ?? false))
    }
}
