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

    /// Host and path, with a star for the query.
    var withoutQuery: [UInt8] { site + path + "?*".utf8 }

    /// The maximum number of consecutive repetitions of a sequence of segments; a segment that occurs six times
    /// anywhere counts as if consecutive.
    var repetitions: Int {
        let segments = segments.prefix(200)
        let count = segments.count
        var most = min(count, 1)
        for period in 1..<max(2, count / 2 + 1) where count >= 2 * period {
            // The number of consecutive segments that equal the one a period before.
            var run = 0
            for index in period..<count {
                run = segments[index] == segments[index - period] ? run + 1 : 0
                most = max(most, run / period + 1)
            }
        }
        var counts: [ArraySlice<UInt8>: Int] = [:]
        for segment in segments { counts[segment, default: 0] += 1 }
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
            if let mark = Self.offset(of: ";jsessionid=", in: lower) ?? Self.offset(of: ";sid=", in: lower) {
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

    /// The URL with a star for each date, and the latest year; nil without a date.
    func withoutDates() -> (pattern: [UInt8], year: Int?)? {
        var latest: Int?
        var found = false
        var output = site
        let (bytes, year) = DateScan.replacingDates(in: path)
        if let year { (latest, found) = (year, true) }
        output += bytes
        append(&output) { name, value in
            let (bytes, year) = DateScan.replacingDates(in: value)
            if let year {
                (latest, found) = (max(latest ?? 0, year), true)
                return bytes
            }
            guard DateScan.isDateName(name), value.contains(where: \.isASCIIDigit), value.count <= 10 else {
                return Array(value)
            }
            found = true
            if let year = DateScan.yearValue(name, value) { latest = max(latest ?? 0, year) }
            return Array("*".utf8)
        }
        return found ? (output, latest) : nil
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

    private static let sessionNames: Set<String> = [
        "phpsessid", "jsessionid", "sessionid", "session_id", "session", "sessid", "oscsid", "zenid", "cfid", "cftoken",
        "sid", "s",
    ]

    /// A known name, and a generated value: long, of letters and digits only.
    private static func isSession(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: name.prefix(40).map(\.lowercasedASCII), as: UTF8.self)
        guard sessionNames.contains(name) || name.hasPrefix("aspsessionid") else { return false }
        let isRandom = value.count >= 16 && value.contains(where: \.isASCIIDigit)
        return isRandom || (name.count > 4 && value.count >= 6)
    }
}
