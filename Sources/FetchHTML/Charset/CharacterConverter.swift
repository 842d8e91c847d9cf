#if canImport(Glibc)
import Glibc
#endif

/// Converts charsets that are rare on the web with the C library's iconv; the only file that uses it.
enum CharacterConverter {
    /// The C library's names of the charsets that have narrower names on the web (WHATWG Encoding §4.2).
    private static let names = [
        "shift_jis": "CP932", "euc-jp": "EUC-JP-MS", "euc-kr": "CP949", "windows-874": "CP874", "gbk": "gb18030",
        "x-mac-cyrillic": "MAC-CYRILLIC",
    ]

    /// The bytes as UTF-8, with U+FFFD for what cannot be converted; nil if the system does not know the charset.
    static func utf8(_ bytes: ArraySlice<UInt8>, from name: String) -> [UInt8]? {
        #if canImport(Glibc)
        let converter = iconv_open("UTF-8", Self.names[name] ?? name)
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var output: [UInt8] = []
        // No charset needs more than three bytes of UTF-8 for one of its bytes, except for its shift states.
        var buffer = [CChar](repeating: 0, count: max(64, 4 * input.count))
        input.withUnsafeMutableBufferPointer { input in
            buffer.withUnsafeMutableBufferPointer { buffer in
                var source = input.baseAddress
                var left = input.count
                while left > 0 {
                    var target = buffer.baseAddress
                    var room = buffer.count
                    let result = iconv(converter, &source, &left, &target, &room)
                    output += buffer[..<(buffer.count - room)].lazy.map { UInt8(bitPattern: $0) }
                    // The output is full: continue. Every other error is a byte that is not valid.
                    guard result == -1, errno != E2BIG else { continue }
                    guard left > 0 else { break }
                    output += [0xEF, 0xBF, 0xBD]
                    source = source.map { $0 + 1 }
                    left -= 1
                }
            }
        }
        return output
        #else
        return nil
        #endif
    }

    /// The text in a charset, with the exceptions of its encoder (WHATWG Encoding §9 to §13); nil if the system does not
    /// know it.
    static func encode(_ scalars: String.UnicodeScalarView, to name: String) -> [CharacterEncoding.Piece]? {
        #if canImport(Glibc)
        let converter = iconv_open(Self.names[name] ?? name, "UTF-8")
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var pieces: [CharacterEncoding.Piece] = []
        for scalar in scalars {
            if let byte = exception(scalar, name) {
                pieces.append(.bytes([byte]))
            } else if let bytes = step(converter, substitute(scalar, name)), isEncodable(bytes, name) {
                pieces.append(.bytes(bytes))
            } else {
                // Of a charset with states the reference is in the first one.
                if let bytes = step(converter, nil), !bytes.isEmpty { pieces.append(.bytes(bytes)) }
                pieces.append(.missing(scalar))
            }
        }
        if let bytes = step(converter, nil), !bytes.isEmpty { pieces.append(.bytes(bytes)) }
        return pieces
        #else
        return nil
        #endif
    }

    #if canImport(Glibc)
    /// The bytes of a character, or those that return to the first state; nil for a character that the charset lacks.
    private static func step(_ converter: iconv_t?, _ scalar: Unicode.Scalar?) -> [UInt8]? {
        var input = scalar.map { String($0).utf8.map { CChar(bitPattern: $0) } } ?? []
        var output = [CChar](repeating: 0, count: 32)
        let result = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output -> Int? in
                var (source, left) = (scalar == nil ? nil : input.baseAddress, input.count)
                var (target, room) = (output.baseAddress, output.count)
                let result = iconv(converter, &source, &left, &target, &room)
                return result == 0 ? output.count - room : nil
            }
        }
        return result.map { count in output[..<count].map { UInt8(bitPattern: $0) } }
    }
    #endif

    /// The character in whose place another is encoded (§12.1.2 and §12.3.2: U+2212 is U+FF0D).
    private static func substitute(_ scalar: Unicode.Scalar, _ name: String) -> Unicode.Scalar {
        scalar == "\u{2212}" && isJapanese(name) ? "\u{FF0D}" : scalar
    }

    /// The byte of a character that the standard's encoder gives and the C library's may not.
    private static func exception(_ scalar: Unicode.Scalar, _ name: String) -> UInt8? {
        switch scalar {
        case "\u{A5}" where isJapanese(name): 0x5C
        case "\u{203E}" where isJapanese(name): 0x7E
        case "\u{20AC}" where name == "gbk": 0x80
        default: nil
        }
    }

    private static func isJapanese(_ name: String) -> Bool { name == "shift_jis" || name == "euc-jp" }

    /// Whether the standard's encoder gives these bytes: GBK has no four bytes, Big5 none of HKSCS, EUC-JP no JIS X 0212.
    private static func isEncodable(_ bytes: [UInt8], _ name: String) -> Bool {
        switch name {
        case "gbk": bytes.count <= 2
        case "big5-hkscs": bytes.count == 2 && bytes[0] >= 0xA1
        case "euc-jp": bytes.count <= 2
        default: true
        }
    }
}
