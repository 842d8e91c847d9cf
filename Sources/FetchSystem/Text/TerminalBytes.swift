/// Makes bytes that are about to be written to a terminal safe, whatever wrote them.
package enum TerminalBytes {
    /// The bytes with DEL, C1 controls, line separators and bidirectional controls as `\u009b`.
    ///
    /// In a JSON string that is the same character (RFC 8259 §7), so a document stays what it is. C0 controls are left:
    /// JSON has none, the other formats escape those from outside, and colours begin with one.
    package static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: isLead) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 64)
        var index = 0
        while index < bytes.count {
            guard isLead(bytes[index]), let (scalar, length) = control(in: bytes, at: index) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let digits = String(scalar, radix: 16)
            result += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
            index += length
        }
        return result
    }

    private static func isLead(_ byte: UInt8) -> Bool {
        byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2
    }

    /// The control character that begins at an index, and its length in UTF-8; nil if there is another character.
    private static func control(in bytes: [UInt8], at index: Int) -> (scalar: UInt32, length: Int)? {
        let length = bytes[index] == 0x7F ? 1 : bytes[index] == 0xE2 ? 3 : 2
        guard index + length <= bytes.count else { return nil }
        var scalar: UInt32
        switch length {
        case 1: scalar = 0x7F
        case 2: scalar = UInt32(bytes[index] & 0x1F)
        default: scalar = UInt32(bytes[index] & 0x0F)
        }
        for byte in bytes[(index + 1)..<(index + length)] {
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        return TerminalText.isObeyed(scalar) ? (scalar, length) : nil
    }
}
