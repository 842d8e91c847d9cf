/// The windows-1252 charset (WHATWG Encoding §9.1), which the labels Latin-1 and ASCII mean on the web.
enum Windows1252 {
    private static let c1: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    /// The code point of a byte.
    static func scalar(_ byte: UInt8) -> UInt32 {
        (0x80...0x9F).contains(byte) ? UInt32(c1[Int(byte) - 0x80]) : UInt32(byte)
    }

    /// The byte of a character; nil for one that the charset lacks.
    static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        let value = scalar.value
        if value < 0x80 || (0xA0...0xFF).contains(value) { return UInt8(value) }
        return c1.firstIndex { UInt32($0) == value }.map { UInt8(0x80 + $0) }
    }

    /// The text as UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            let value = scalar(byte)
            switch value {
            case ..<0x80: output.append(byte)
            case ..<0x800:
                output.append(0xC0 | UInt8(value >> 6))
                output.append(0x80 | UInt8(value & 0x3F))
            default:
                output.append(0xE0 | UInt8(value >> 12))
                output.append(0x80 | UInt8(value >> 6 & 0x3F))
                output.append(0x80 | UInt8(value & 0x3F))
            }
        }
        return output
    }
}
