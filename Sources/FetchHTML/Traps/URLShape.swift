import FetchHTTP
import FetchSystem

/// The parts of a URL that a ``TrapDetector`` inspects: its segments and parameters, and the URL without session ids,
/// dates or query.
struct URLShape {
    /// The length of the whole URL.
    let length: Int
    /// The host, with its port if it has one.
    let site: [UInt8]
    /// The non-empty segments of the path.
    let segments: [ArraySlice<UInt8>]
    private let path: ArraySlice<UInt8>
    /// The name and value of each parameter, as written.
    private let pairs: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)]

    init(_ url: FetchURL) {
        let bytes = Array(url.requestString.utf8)
        length = bytes.count
        let start = Int(url.authorityStart)
        let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
        let mark = bytes[slash...].firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
        site = Array(bytes[start..<slash])
        path = bytes[slash..<mark]
        segments = path.split(separator: UInt8(ascii: "/"))
        pairs = bytes[mark...].dropFirst().split { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }.map { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (pair[..<equals], pair[equals...].dropFirst())
        }
    }

    /// The number of parameters.
    var parameters: Int { pairs.count }

    /// The hashes of the parameters.
    var parameterHashes: [(name: UInt64, value: UInt64)] {
        pairs.map { (SipHash.hash($0.name), SipHash.hash($0.value)) }
    }

    /// Host and path, with a star for the query.
    var withoutQuery: [UInt8] { site + path + "?*".utf8 }

    /// The maximum number of consecutive repetitions of a sequence of segments; a segment that occurs six times
    /// anywhere counts as if consecutive. Numbers do not count: `/00/00/00/00/` is a place in a store of files.
    var repetitions: Int {
        let segments = segments.prefix(200)
        let areNumbers = segments.map { $0.allSatisfy(\.isASCIIDigit) }
        let count = segments.count
        var most = min(count, 1)
        for period in 1..<max(2, count / 2 + 1) where count >= 2 * period {
            // The number of consecutive segments that equal the one a period before.
            var run = 0
            for index in period..<count {
                run = !areNumbers[index] && segments[index] == segments[index - period] ? run + 1 : 0
                most = max(most, run / period + 1)
            }
        }
        var counts: [ArraySlice<UInt8>: Int] = [:]
        for (segment, isNumber) in zip(segments, areNumbers) where !isNumber { counts[segment, default: 0] += 1 }
        let anywhere = counts.values.max() ?? 0
        return anywhere >= 6 ? max(most, anywhere) : most
    }

    /// The URL with a star for its session id; nil without one.
    func withoutSession() -> [UInt8]? {
        var found = false
        var output = site
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            output.append(UInt8(ascii: "/"))
            let lower = segment.map(\.lowercasedASCII)
            let sid = Self.offset(of: ";sid=", in: lower).flatMap { mark in
                Self.isGenerated(lower.dropFirst(mark + 5)) ? mark : nil
            }
            if let mark = Self.offset(of: ";jsessionid=", in: lower) ?? sid {
                found = true
                output += segment.prefix(mark) + ";*".utf8
            } else if lower.starts(with: "(s(".utf8), lower.suffix(2).elementsEqual("))".utf8) {
                // The session id of ASP.NET without cookies.
                found = true
                output += "(S(*))".utf8
            } else {
                output += segment
            }
        }
        append(&output) { name, value in
            let isSession = Self.isSession(name, value)
            found = found || isSession
            return isSession ? Array("*".utf8) : Array(value)
        }
        return found ? output : nil
    }

    /// The URL with a star for each date, and the first date of which year, month and day are together; nil without a
    /// date.
    func withoutDates() -> (pattern: [UInt8], day: DateScan.Day?)? {
        var (output, day) = DateScan.replacingDates(in: path)
        output = site + output
        var found = day != nil
        let hasYear = pairs.contains { DateScan.isYear($0.name, $0.value) }
        append(&output) { name, value in
            let (bytes, date) = DateScan.replacingDates(in: value)
            if let date {
                day = day ?? date
                found = true
                return bytes
            }
            guard DateScan.isPart(name, value, hasYear: hasYear) else { return Array(value) }
            found = true
            return Array("*".utf8)
        }
        return found ? (output, day) : nil
    }

    /// A pattern for messages, printable and not too long.
    static func text(_ pattern: [UInt8]) -> String {
        pattern.count <= 200
            ? String(decoding: pattern, as: UTF8.self) : String(decoding: pattern.prefix(199), as: UTF8.self) + "…"
    }

    private func append(_ output: inout [UInt8], _ value: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> [UInt8]) {
        for (number, pair) in pairs.enumerated() {
            output.append(number == 0 ? UInt8(ascii: "?") : UInt8(ascii: "&"))
            output += pair.name
            output.append(UInt8(ascii: "="))
            output += value(pair.name, pair.value)
        }
    }

    private static func offset(of text: StaticString, in bytes: [UInt8]) -> Int? {
        let text = Array(text.description.utf8)
        guard bytes.count >= text.count else { return nil }
        return (0...(bytes.count - text.count)).first { bytes[$0...].starts(with: text) }
    }

    /// Names that programs give to the ids of their sessions, and to nothing else.
    private static let sessionNames: Set<String> = [
        "phpsessid", "jsessionid", "oscsid", "zenid", "cfid", "cftoken",
    ]
    /// Names that may mean anything: `?session=opening-keynote`.
    private static let ambiguousNames: Set<String> = [
        "sessionid", "session_id", "session", "sessid", "sid", "s",
    ]

    private static func isSession(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: name.prefix(40).map(\.lowercasedASCII), as: UTF8.self)
        if sessionNames.contains(name) || name.hasPrefix("aspsessionid") { return value.count >= 6 }
        return ambiguousNames.contains(name) && isGenerated(value)
    }

    /// Whether a value was made by a program: long, and letters and digits change often. A UUID is the id of a record.
    private static func isGenerated(_ value: some Collection<UInt8>) -> Bool {
        guard value.count >= 16, value.allSatisfy({ $0.isASCIIDigit || $0.isASCIILetter }) else { return false }
        return zip(value, value.dropFirst()).reduce(0) { $0 + ($1.0.isASCIIDigit != $1.1.isASCIIDigit ? 1 : 0) } >= 4
    }
}
