import FetchSystem

/// Writes the text of a document so that libxml2 reads it whatever is in it.
///
/// A `&` that starts no reference is a character, references are those of HTML (`&nbsp;`), and a control character or a
/// byte that is not in the charset is percent-encoded, as a URL parser would do (WHATWG URL §1.3).
struct XMLText {
    /// The charset that the document declares; nil for UTF-8.
    private var encoding: CharacterEncoding?

    /// Takes the charset from an XML declaration; an unknown one is UTF-8.
    mutating func declare(_ declaration: ArraySlice<UInt8>) {
        let text = String(decoding: declaration.prefix(1_000), as: UTF8.self)
        guard let name = text.range(ofText: "encoding") else { return }
        let parts = text[name.upperBound...].split(omittingEmptySubsequences: false) { $0 == "\"" || $0 == "'" }
        guard parts.count > 2, let encoding = CharacterEncoding(label: parts[1]) else { return }
        // A document of which this much could be read is not UTF-16.
        self.encoding = encoding.holdsASCII && encoding != .utf8 ? encoding : nil
    }

    /// The bytes as UTF-8.
    func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return Array(bytes) }
        if let encoding { return encoding.decode(bytes) }
        return Array(ByteText.reference(Array(bytes)).utf8)
    }

    /// Appends a text.
    ///
    /// - Parameters:
    ///   - bytes: The bytes in the document's charset.
    ///   - isLiteral: Whether references are text too, as in a CDATA section.
    ///   - output: Receives UTF-8 with references.
    func append(_ bytes: ArraySlice<UInt8>, isLiteral: Bool = false, to output: inout [UInt8]) {
        guard bytes.contains(where: Self.needsWork) else {
            output += bytes
            return
        }
        appendDecoded(decoded(Self.withoutControlsAround(bytes)[...])[...], isLiteral: isLiteral, to: &output)
    }

    /// Appends a text that is UTF-8.
    func appendDecoded(_ text: ArraySlice<UInt8>, isLiteral: Bool = false, to output: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "&") where !isLiteral:
                appendReference(text, at: &index, to: &output)
                continue
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""):
                Self.appendEscaped(byte, to: &output)
            case 0x09, 0x0A, 0x0D: output.append(byte)
            case ..<0x20: PercentEncoding.append(byte, to: &output)
            case 0xEF
            where text[index...].starts(with: [0xEF, 0xBF, 0xBE])
                || text[index...].starts(with: [0xEF, 0xBF, 0xBF]):
                // U+FFFE and U+FFFF are not characters of XML.
                for byte in text[index..<(index + 3)] { PercentEncoding.append(byte, to: &output) }
                index += 2
            default: output.append(byte)
            }
            index += 1
        }
    }

    private func appendReference(_ text: ArraySlice<UInt8>, at index: inout Int, to output: inout [UInt8]) {
        // The longest name of HTML has 31 letters.
        let rest = text[(index + 1)...].prefix(34)
        if let end = rest.firstIndex(of: UInt8(ascii: ";")), end > index + 1 {
            let reference = text[index...end]
            if Self.known.contains(where: { $0.utf8.elementsEqual(reference) }) {
                output += reference
                index = end + 1
                return
            }
            var characters: [UInt8] = []
            var next = reference.startIndex
            if let control = Self.control(reference) {
                characters = [control]
                next = reference.endIndex
            } else {
                HTMLEntities.append(reference, at: &next, isAttribute: true, to: &characters)
            }
            if next == reference.endIndex {
                appendDecoded(characters[...], isLiteral: true, to: &output)
                index = next
                return
            }
        }
        Self.appendEscaped(UInt8(ascii: "&"), to: &output)
        index += 1
    }

    /// The control character of a reference by number, which XML does not allow and HTML reads as another one.
    private static func control(_ reference: ArraySlice<UInt8>) -> UInt8? {
        var digits = reference.dropFirst().dropLast()
        guard digits.popFirst() == UInt8(ascii: "#"), let first = digits.first else { return nil }
        let isHex = first | 0x20 == UInt8(ascii: "x")
        let text = String(decoding: isHex ? digits.dropFirst() : digits, as: UTF8.self)
        guard let value = UInt8(text, radix: isHex ? 16 : 10), value < 0x20 else { return nil }
        return value
    }

    private static let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"]

    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "&"): output += "&amp;".utf8
        case UInt8(ascii: "<"): output += "&lt;".utf8
        case UInt8(ascii: ">"): output += "&gt;".utf8
        default: output += "&quot;".utf8
        }
    }

    private static func needsWork(_ byte: UInt8) -> Bool {
        byte < 0x20
            ? byte != 0x0A && byte != 0x0D && byte != 0x09
            : byte >= 0x80 || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
                || byte == UInt8(ascii: "\"")
    }

    /// The text without the control characters at its ends, such as the NUL bytes after a document: a URL has none.
    private static func withoutControlsAround(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 }
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? bytes.endIndex
        return bytes[..<start].filter { !isControl($0) } + bytes[start..<end] + bytes[end...].filter { !isControl($0) }
    }
}

/// Decodes UTF-16 in pieces; other bytes pass unchanged.
struct WideText {
    private var encoding: CharacterEncoding?
    private var rest: [UInt8] = []

    /// Whether the document is UTF-16.
    var isWide: Bool { encoding != nil }

    /// Determines the charset by the first bytes: a byte order mark, or `<` in two bytes (XML 1.0, appendix F.1).
    mutating func start(_ bytes: ArraySlice<UInt8>) {
        if let mark = CharacterEncoding.mark(of: bytes), mark.encoding != .utf8 {
            encoding = mark.encoding
        } else if bytes.starts(with: [0x3C, 0x00]) {
            encoding = .utf16LE
        } else if bytes.starts(with: [0x00, 0x3C]) {
            encoding = .utf16BE
        }
    }

    /// The text as UTF-8, as far as its characters are complete.
    mutating func decode(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        guard let encoding else { return Array(piece) }
        rest += piece
        var count = rest.count / 2 * 2
        if count > 0 {
            let high = rest[encoding == .utf16LE ? count - 1 : count - 2]
            if (0xD8...0xDB).contains(high) { count -= 2 }
        }
        defer { rest.removeFirst(count) }
        return encoding.decode(rest[..<count])
    }
}
