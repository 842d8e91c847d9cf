#if canImport(Glibc)
import Glibc
#endif

/// Converts charsets that are rare on the web with the C library's iconv; the only file that uses it.
enum CharacterConverter {
    /// The C library's names of the charsets that have narrower names on the web (WHATWG Encoding §4.2).
    private static let names = [
        "shift_jis": "CP932", "euc-kr": "CP949", "windows-874": "CP874", "x-mac-cyrillic": "MAC-CYRILLIC",
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
}
