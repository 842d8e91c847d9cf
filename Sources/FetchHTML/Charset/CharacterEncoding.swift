import FetchSystem

/// The charset of a page, as far as links and title need it (WHATWG Encoding §4).
struct CharacterEncoding: Sendable, Hashable {
    /// Its name in the standard, in lower case: `utf-8`, `windows-1252`, `shift_jis`.
    let name: String

    static let utf8 = CharacterEncoding(name: "utf-8")
    static let windows1252 = CharacterEncoding(name: "windows-1252")
    static let utf16LE = CharacterEncoding(name: "utf-16le")
    static let utf16BE = CharacterEncoding(name: "utf-16be")

    private init(name: String) { self.name = name }

    /// The charset that a label names; nil for an unknown label.
    init?(label: some StringProtocol) {
        let label = label.lowercased().filter { !$0.isWhitespace }
        guard let name = CharacterLabels.name(for: label) else { return nil }
        self.name = name
    }

    /// Whether the bytes below 0x80 are ASCII, at least those that markup consists of.
    var holdsASCII: Bool { self != .utf16LE && self != .utf16BE && name != "iso-2022-jp" }

    /// The charset that a byte order mark names (WHATWG Encoding §6, BOM sniff), and the mark's length.
    static func mark(of bytes: ArraySlice<UInt8>) -> (encoding: CharacterEncoding, length: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BE, 2) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LE, 2) }
        return nil
    }

    /// The charset parameter of a Content-Type field (RFC 9110 §8.3.1).
    static func parameter(of contentType: String) -> CharacterEncoding? {
        MIMEType(extractingFrom: contentType)?.charset.flatMap { CharacterEncoding(label: $0.filter { $0 != "'" }) }
    }

    /// The charset in the content of `<meta http-equiv=content-type>` (WHATWG HTML §2.7.3, algorithm for extracting a
    /// character encoding from a meta element).
    static func metaContent(_ content: ArraySlice<UInt8>) -> CharacterEncoding? {
        let lower = content.map(\.lowercasedASCII)
        let key = Array("charset".utf8)
        var index = 0
        while index + key.count <= lower.count {
            guard lower[index...].starts(with: key) else {
                index += 1
                continue
            }
            index += key.count
            while index < lower.count, lower[index].isHTMLSpace { index += 1 }
            guard index < lower.count, lower[index] == UInt8(ascii: "=") else { continue }
            let value = lower[(index + 1)...].drop(while: \.isHTMLSpace)
            guard let first = value.first else { return nil }
            if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
                guard let end = value.dropFirst().firstIndex(of: first) else { return nil }
                return meta(label: value[(value.startIndex + 1)..<end])
            }
            return meta(label: value.prefix { !$0.isHTMLSpace && $0 != UInt8(ascii: ";") })
        }
        return nil
    }

    /// The charset that a meta element may name: it cannot be UTF-16, because the page was read up to here (§13.2.3.2).
    static func meta(label: ArraySlice<UInt8>) -> CharacterEncoding? {
        guard label.count <= 40, let encoding = CharacterEncoding(label: String(decoding: label, as: UTF8.self)) else {
            return nil
        }
        if encoding == .utf16LE || encoding == .utf16BE { return .utf8 }
        return encoding.name == "x-user-defined" ? .windows1252 : encoding
    }

    /// The bytes as UTF-8; bytes that cannot be decoded become U+FFFD.
    func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        switch self {
        case .utf8: return Array(String(decoding: bytes, as: UTF8.self).utf8)
        case .windows1252: return Windows1252.decode(bytes)
        case .utf16LE, .utf16BE:
            let first = self == .utf16LE ? 0 : 1
            let units = (0..<(bytes.count / 2)).lazy.map { number in
                let offset = bytes.startIndex + 2 * number
                return UInt16(bytes[offset + first]) | UInt16(bytes[offset + 1 - first]) << 8
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: return CharacterConverter.utf8(bytes, from: name) ?? Windows1252.decode(bytes)
        }
    }
}
