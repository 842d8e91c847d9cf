/// Text that carries any bytes without loss, for values that pass through code for text: arguments, the environment.
///
/// Valid UTF-8 is itself. Every other byte is one scalar of U+10FF00 to U+10FFFF, the last private characters, and so
/// is every byte of such a character in the input: each sequence of bytes has exactly one text, and the reverse.
package enum ByteText {
    /// The text of the bytes.
    package static func text(of bytes: [UInt8]) -> String {
        if !bytes.contains(0xF4), let text = String(validating: bytes, as: UTF8.self) { return text }
        return rewritten(bytes, keepsReserved: false) { byte, out in
            out += [0xF4, 0x8F, 0xBC | byte >> 6, 0x80 | byte & 0x3F] as [UInt8]
        }
    }

    /// The bytes of a text that ``text(of:)`` made, or of any other text.
    package static func bytes(of text: String) -> [UInt8] {
        guard holdsBytes(text) else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if isReserved(scalar.value) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes += Array(String(scalar).utf8)
            }
        }
        return bytes
    }

    /// Whether the text stands for bytes that are not its own UTF-8.
    package static func holdsBytes(_ text: String) -> Bool {
        let mayHold = text.utf8.withContiguousStorageIfAvailable { $0.contains(0xF4) } ?? text.utf8.contains(0xF4)
        return mayHold && text.unicodeScalars.contains { isReserved($0.value) }
    }

    /// The text for a message: `\xFC` for a byte that is not UTF-8.
    package static func shown(_ text: String) -> String {
        guard holdsBytes(text) else { return text }
        return rewritten(bytes(of: text)) { byte, out in
            out += "\\x".utf8
            out += (byte < 16 ? "0" : "").utf8
            out += String(byte, radix: 16, uppercase: true).utf8
        }
    }

    /// Calls the closure with the bytes as a C string, for a path.
    package static func withCString<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        var bytes = bytes(of: text).map { CChar(bitPattern: $0) }
        bytes.append(0)
        return bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return "".withCString(body) }
            return body(start)
        }
    }

    /// The bytes as a reference that a URL parser reads as it would read the bytes: `%FC` for a byte that is not UTF-8
    /// (WHATWG URL §1.3, where the percent-encode sets contain every byte above ASCII).
    package static func reference(_ bytes: [UInt8]) -> String {
        rewritten(bytes) { PercentEncoding.append($0, to: &$1) }
    }

    private static func isReserved(_ scalar: UInt32) -> Bool { scalar >= 0x10FF00 }

    /// The text in which each byte that is not UTF-8, or belongs to a reserved character, is replaced.
    private static func rewritten(
        _ bytes: [UInt8], keepsReserved: Bool = true, _ replace: (UInt8, inout [UInt8]) -> Void
    ) -> String {
        if keepsReserved, let text = String(validating: bytes, as: UTF8.self) { return text }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16)
        var index = 0
        while index < bytes.count {
            let step = UTF8Decoding.step(bytes, at: index)
            let range = index..<(index + step.length)
            if let scalar = step.scalar, keepsReserved || !isReserved(scalar) {
                out += bytes[range]
            } else {
                for byte in bytes[range] { replace(byte, &out) }
            }
            index = range.upperBound
        }
        return String(decoding: out, as: UTF8.self)
    }
}
