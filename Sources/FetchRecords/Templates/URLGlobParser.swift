import FetchHTTP
import FetchSystem

/// Reads the pattern of a ``URLGlob`` from left to right.
struct URLGlobParser {
    /// The maximum number of globs in one pattern.
    private static let maximumGlobs = 100
    private let bytes: [UInt8]
    private var position = 0

    /// Starts at the first byte.
    init(_ pattern: String) { bytes = Array(pattern.utf8) }

    /// The parts of the pattern, in order.
    mutating func parse() throws(ParseFailure) -> [URLGlob.Part] {
        var parts: [URLGlob.Part] = []
        var text: [UInt8] = []
        var globs = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\\") where isBracket(peek(1)):
                if let bracket = peek(1) { text.append(bracket) }
                position += 2
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                // `[]` is text, as in `?ids[]=7`; curl 7.88.1 treats it in the same way.
                if byte == UInt8(ascii: "["),
                    let length = peek(1) == UInt8(ascii: "]") ? 2 : lengthOfIPv6Literal()
                {
                    text += bytes[position..<(position + length)]
                    position += length
                    continue
                }
                globs += 1
                guard globs <= Self.maximumGlobs else {
                    throw failure("more than \(Self.maximumGlobs) globs", at: position)
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = []
                parts.append(byte == UInt8(ascii: "[") ? try range() : try list())
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                throw failure("unmatched '\(Character(Unicode.Scalar(byte)))'", at: position)
            default:
                text.append(byte)
                position += 1
            }
        }
        if !text.isEmpty || parts.isEmpty { parts.append(.text(text)) }
        return parts
    }

    // MARK: - Lists

    /// `{a,b,c}`; the position is at the brace.
    private mutating func list() throws(ParseFailure) -> URLGlob.Part {
        let start = position
        position += 1
        var choices: [[UInt8]] = []
        var text: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\\") where isBracket(peek(1)) || peek(1) == UInt8(ascii: ","):
                if let escaped = peek(1) { text.append(escaped) }
                position += 1
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"):
                throw failure("a bracket inside '{…}' (write '\\' before it)", at: position)
            case UInt8(ascii: ","):
                choices.append(text)
                text = []
            case UInt8(ascii: "}"):
                position += 1
                guard !choices.isEmpty || !text.isEmpty else { throw failure("empty '{}'", at: start) }
                return .choices(choices + [text])
            default: text.append(byte)
            }
            position += 1
        }
        throw failure("unmatched '{'", at: start)
    }

    // MARK: - Ranges

    /// `[1-100:10]` or `[a-z:2]`; the position is at the bracket.
    private mutating func range() throws(ParseFailure) -> URLGlob.Part {
        let start = position
        position += 1
        let startsWithDigit = peek().map { (0x30...0x39).contains($0) } ?? false
        guard let part = startsWithDigit ? numbers() : letters() else { throw failure("bad range", at: start) }
        return part
    }

    private mutating func letters() -> URLGlob.Part? {
        guard let first = peek(), let last = peek(2), peek(1) == UInt8(ascii: "-"),
            Self.lowerCase.contains(first) && Self.lowerCase.contains(last)
                || Self.capitals.contains(first) && Self.capitals.contains(last)
        else { return nil }
        position += 3
        guard let (step, count) = stepAndCount(from: Int(first), to: Int(last)) else { return nil }
        return .letters(first: first, step: UInt8(step), count: count)
    }

    private mutating func numbers() -> URLGlob.Part? {
        let isPadded = peek() == 0x30
        let start = position
        guard let first = number() else { return nil }
        let width = isPadded ? position - start : 0
        guard take("-") else { return nil }
        // curl allows blanks here and nowhere else.
        while peek() == 0x20 || peek() == 0x09 { position += 1 }
        guard let last = number(), let (step, count) = stepAndCount(from: first, to: last) else {
            return nil
        }
        return .numbers(first: first, step: step, count: count, width: width)
    }

    /// `:10]` or `]`. As in curl, a step that leaves only the first value is an error.
    private mutating func stepAndCount(from first: Int, to last: Int) -> (step: Int, count: Int)? {
        var step = 1
        if take(":") {
            guard let value = number() else { return nil }
            step = value
        }
        guard take("]"), first <= last, step > 0, step <= max(1, last - first) else { return nil }
        return (step, (last - first) / step + 1)
    }

    /// At most 18 digits, so that nothing can overflow.
    private mutating func number() -> Int? {
        var value = 0
        var digits = 0
        while let byte = peek(), (0x30...0x39).contains(byte) {
            guard digits < 18 else { return nil }
            value = value * 10 + Int(byte - 0x30)
            digits += 1
            position += 1
        }
        return digits == 0 ? nil : value
    }

    // MARK: - Bytes

    private static let lowerCase = UInt8(ascii: "a")...UInt8(ascii: "z")
    private static let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private func isBracket(_ byte: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }

    /// The length of `[::1]` or `[fe80::1%25eth0]` at the position. A range never has two colons and only hexadecimal
    /// digits.
    private func lengthOfIPv6Literal() -> Int? {
        guard let end = bytes[position...].prefix(100).firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let address = bytes[(position + 1)..<end].prefix { $0 != UInt8(ascii: "%") }
        let isAddress = address.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard isAddress, address.count(where: { $0 == UInt8(ascii: ":") }) >= 2 else { return nil }
        return end + 1 - position
    }

    private func failure(_ reason: String, at index: Int) -> ParseFailure {
        let text = PrintableURL.hidingCredentials(in: String(decoding: bytes, as: UTF8.self))
        return ParseFailure("\(reason) in column \(index + 1) of \(ParseFailure.quoted(text))")
    }
}
