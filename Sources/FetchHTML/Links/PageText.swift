/// The texts of a page as characters: attribute values and the title, with charset and character references decoded.
struct PageText {
    let bytes: [UInt8]
    /// nil if no charset is named: then it is UTF-8 if the bytes are valid UTF-8, otherwise windows-1252, as in
    /// browsers.
    let encoding: CharacterEncoding?
    /// The charset of the page, which queries are encoded in; nil as for ``encoding``.
    var queries: CharacterEncoding?

    /// The charset that the query of a URL in an attribute is encoded in.
    func queryEncoding(_ range: Range<Int>) -> CharacterEncoding {
        if let queries { return queries }
        let raw = bytes[range]
        guard raw.contains(where: { $0 >= 0x80 }) else { return .utf8 }
        return String(validating: raw, as: UTF8.self) != nil ? .utf8 : .windows1252
    }

    /// The value of an attribute as UTF-8.
    func attribute(_ range: Range<Int>) -> [UInt8] { decoded(range, isAttribute: true) }

    /// Text between tags as UTF-8.
    func content(_ range: Range<Int>) -> [UInt8] { decoded(range, isAttribute: false) }

    /// The text of a title, with white space collapsed, at most 1,000 characters; nil without one.
    func title(_ range: Range<Int>) -> String? {
        // A title that is never closed is as long as the page.
        let text = decoded(range.prefix(16_384), isAttribute: false)
        let words = text.split(whereSeparator: \.isHTMLSpace)
        let line = String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
        return line.isEmpty ? nil : String(line.prefix(1_000))
    }

    private func decoded(_ range: Range<Int>, isAttribute: Bool) -> [UInt8] {
        let raw = bytes[range]
        guard raw.contains(where: Self.needsWork) else { return Array(raw) }
        let text = characters(raw)
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "&"):
                HTMLEntities.append(text[...], at: &index, isAttribute: isAttribute, to: &output)
                continue
            case 0: output += [0xEF, 0xBF, 0xBD]
            case 0x0D:
                // CR and CRLF are LF (§13.2.3.5).
                output.append(0x0A)
                if index + 1 < text.count, text[index + 1] == 0x0A { index += 1 }
            default: output.append(text[index])
            }
            index += 1
        }
        return output
    }

    private static func needsWork(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "&") || byte == 0 || byte == 0x0D
    }

    private func characters(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        guard raw.contains(where: { $0 >= 0x80 }) else { return Array(raw) }
        if let encoding { return encoding.decode(raw) }
        let isUTF8 = String(validating: raw, as: UTF8.self) != nil
        return isUTF8 ? Array(raw) : Windows1252.decode(raw)
    }
}
