/// Bytes for reading: sixteen on a line, as hexadecimal digits and as text.
package enum HexDump {
    private static let digits = Array("0123456789abcdef".utf8)

    /// The lines of bytes, without their line breaks.
    ///
    /// - Parameters:
    ///   - offset: The offset of the first byte.
    ///   - showsDigits: Whether there are digits; without them there are 64 bytes on a line.
    package static func lines(_ bytes: [UInt8], from offset: Int, showsDigits: Bool = true) -> [[UInt8]] {
        let width = showsDigits ? 16 : 64
        return stride(from: 0, to: bytes.count, by: width).map { start in
            line(bytes[start..<min(start + width, bytes.count)], at: offset + start, showsDigits)
        }
    }

    /// `0010: 68 65 6c 6c 6f …  hello`
    private static func line(_ bytes: ArraySlice<UInt8>, at offset: Int, _ showsDigits: Bool) -> [UInt8] {
        let number = String(offset, radix: 16)
        var line = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, 4 - number.utf8.count)) + number.utf8
        line.append(UInt8(ascii: ":"))
        if showsDigits {
            for byte in bytes { line += [0x20, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            line += [UInt8](repeating: 0x20, count: 3 * (16 - bytes.count) + 1)
        }
        line.append(0x20)
        line += bytes.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }
        return line
    }
}
