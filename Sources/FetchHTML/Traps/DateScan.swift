import FetchSystem

/// Dates in URLs: `/2024/05/12/`, `2024-05`, `20240512`, and parameters with the name of a date.
enum DateScan {
    /// The text with a star for each date, and the latest year; nil without a date.
    static func replacingDates(in text: ArraySlice<UInt8>) -> (bytes: [UInt8], year: Int?) {
        var latest: Int?
        var output: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index].isASCIIDigit else {
                output.append(text[index])
                index += 1
                continue
            }
            let run = number(in: text, at: index)
            if let (year, end) = date(in: text, at: index, run) {
                latest = max(latest ?? 0, year)
                output.append(UInt8(ascii: "*"))
                index = end
            } else {
                output += text[index..<run.end]
                index = run.end
            }
        }
        return (output, latest)
    }

    /// Whether a parameter of this name is a date or a part of one.
    static func isDateName(_ name: ArraySlice<UInt8>) -> Bool {
        names.contains(String(decoding: name.prefix(16).map(\.lowercasedASCII), as: UTF8.self))
    }

    /// The year in a parameter that contains nothing else.
    static func yearValue(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Int? {
        guard name.first.map(\.lowercasedASCII) == UInt8(ascii: "y"), value.count == 4, let first = value.indices.first
        else { return nil }
        let run = number(in: value, at: first)
        return run.end == value.endIndex ? run.value : nil
    }

    private static let names: Set<String> = [
        "date", "day", "month", "mon", "year", "yr", "y", "week", "d", "m", "start", "end", "from", "to", "time",
        "start_date", "end_date", "startdate", "enddate",
    ]

    private static func number(in text: ArraySlice<UInt8>, at start: Int) -> (value: Int, end: Int) {
        var value = 0
        var end = start
        while end < text.endIndex, text[end].isASCIIDigit {
            value = min(value * 10 + Int(text[end] - 0x30), 1_000_000_000)
            end += 1
        }
        return (value, end)
    }

    /// A date that starts with the number at the position: a year, a separator, a month, and possibly a day.
    private static func date(
        in text: ArraySlice<UInt8>, at start: Int, _ run: (value: Int, end: Int)
    ) -> (year: Int, end: Int)? {
        if run.end - start == 8 {
            let (year, month, day) = (run.value / 10_000, run.value / 100 % 100, run.value % 100)
            return isYear(year) && (1...12).contains(month) && (1...31).contains(day) ? (year, run.end) : nil
        }
        guard run.end - start == 4, isYear(run.value),
            let month = part(in: text, at: run.end, upTo: 12)
        else { return nil }
        let end = part(in: text, at: month, upTo: 31) ?? month
        return (run.value, end)
    }

    private static func isYear(_ value: Int) -> Bool { (1_800...9_999).contains(value) }

    /// The end of a separator and a number of one or two digits from 1 to a limit.
    private static func part(in text: ArraySlice<UInt8>, at index: Int, upTo limit: Int) -> Int? {
        guard index + 1 < text.endIndex, "-/._".utf8.contains(text[index]) else { return nil }
        let run = number(in: text, at: index + 1)
        guard (1...2).contains(run.end - index - 1), (1...limit).contains(run.value) else { return nil }
        return run.end
    }
}
