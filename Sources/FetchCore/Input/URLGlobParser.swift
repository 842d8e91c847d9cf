/// Reads the pattern of a ``URLGlob`` by curl's rules.
struct URLGlobParser {
    /// As many globs as curl allows in one URL.
    private static let limit = 255

    private let bytes: [UInt8]
    private var position = 0
    private var text: [UInt8] = []
    private var parts: [URLGlob.Part] = []

    /// Starts at the beginning of a pattern.
    init(_ pattern: String) { bytes = Array(pattern.utf8) }

    /// Reads it to its end.
    mutating func parse() throws(ParseFailure) -> [URLGlob.Part] {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "{"): try set()
            case UInt8(ascii: "["):
                // `[::1]` is a host and `[]` is nothing but itself.
                if let end = literalBracketEnd() {
                    text.append(contentsOf: bytes[position..<end])
                    position = end
                } else {
                    try range()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                throw failure(
                    "\(scalar(byte)) without its beginning", at: position, "write \\\(scalar(byte)) for itself")
            case UInt8(ascii: "\\"):
                if position + 1 < bytes.count, ByteSet("{}[]").contains(bytes[position + 1]) { position += 1 }
                text.append(bytes[position])
                position += 1
            default:
                text.append(byte)
                position += 1
            }
        }
        endText()
        return parts
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func endText() {
        if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
        text = []
    }

    private mutating func add(_ part: URLGlob.Part, from start: Int) throws(ParseFailure) {
        endText()
        parts.append(part)
        if parts.count > Self.limit * 2 { throw failure("too many globs", at: start, "\(Self.limit) are the most") }
    }

    /// `{one,two}`; a backslash takes the next character for itself.
    private mutating func set() throws(ParseFailure) {
        let start = position
        position += 1
        var choices: [String] = []
        var choice: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "}"):
                guard position > start + 2 else { throw failure("nothing between { and }", at: start, "{a,b}") }
                choices.append(String(decoding: choice, as: UTF8.self))
                return try add(.choices(choices), from: start)
            case UInt8(ascii: ","):
                choices.append(String(decoding: choice, as: UTF8.self))
                choice = []
            case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]"):
                throw failure(
                    "\(scalar(byte)) inside { }", at: position - 1,
                    "sets cannot nest, write \\\(scalar(byte)) for itself")
            case UInt8(ascii: "\\") where peek != nil:
                choice.append(bytes[position])
                position += 1
            default: choice.append(byte)
            }
        }
        throw failure("{ without its end", at: start, "{a,b}, or \\{ for itself")
    }

    /// `[1-100]`, `[001-100:10]`, `[a-z:2]`.
    private mutating func range() throws(ParseFailure) {
        let start = position
        position += 1
        let part: URLGlob.Part?
        if peek?.isASCIILetter == true { part = letters() } else { part = numbers() }
        guard let part else {
            throw failure("bad range", at: start, "[1-100], [001-100:10] or [a-z:2], or \\[ for itself")
        }
        try add(part, from: start)
    }

    private mutating func letters() -> URLGlob.Part? {
        guard let first = peek, position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "-") else { return nil }
        let last = bytes[position + 2]
        position += 3
        guard last.isASCIILetter, let step = step(), let count = count(Int(first), Int(last), step) else { return nil }
        return .letters(first: first, step: step, count: count)
    }

    private mutating func numbers() -> URLGlob.Part? {
        let digits = position
        guard let first = number(), peek == UInt8(ascii: "-") else { return nil }
        let width = bytes[digits] == UInt8(ascii: "0") ? position - digits : 0
        position += 1
        while peek == 0x20 || peek == 0x09 { position += 1 }
        guard let last = number(), let step = step(), let count = count(first, last, step) else { return nil }
        return .numbers(first: first, step: step, count: count, width: width)
    }

    /// `:step` if there is one, and the closing bracket.
    private mutating func step() -> Int? {
        var step = 1
        if peek == UInt8(ascii: ":") {
            position += 1
            guard let number = number(), number > 0 else { return nil }
            step = number
        }
        guard peek == UInt8(ascii: "]") else { return nil }
        position += 1
        return step
    }

    private mutating func number() -> Int? {
        let start = position
        while let byte = peek, byte.isASCIIDigit { position += 1 }
        return Int(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    /// How many steps; nil for a range that runs backwards or a step that leaves it at once, as in curl.
    private func count(_ first: Int, _ last: Int, _ step: Int) -> Int? {
        if first == last { return step == 1 ? 1 : nil }
        guard first < last, step <= last - first else { return nil }
        let (count, overflow) = ((last - first) / step).addingReportingOverflow(1)
        return overflow ? nil : count
    }

    /// The end of `[]` or of an IPv6 address with its zone, which are no globs.
    private func literalBracketEnd() -> Int? {
        guard let close = bytes[position...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let inside = bytes[(position + 1)..<close]
        if inside.isEmpty { return close + 1 }
        let address = inside.prefix { $0 != UInt8(ascii: "%") }
        guard address.contains(UInt8(ascii: ":")) else { return nil }
        return FetchURL("http://[\(String(decoding: address, as: UTF8.self))]/") == nil ? nil : close + 1
    }

    private func scalar(_ byte: UInt8) -> Unicode.Scalar { Unicode.Scalar(byte) }

    private func failure(_ what: String, at index: Int, _ expected: String) -> ParseFailure {
        let column = String(decoding: bytes[..<index], as: UTF8.self).count + 1
        return ParseFailure("\(what) in column \(column): \(expected)")
    }
}
