/// A set of bytes: two masks for the ASCII half, and one value for all bytes above it.
package struct ByteSet: Sendable, Hashable {
    /// The bytes from 0x00 to 0x3F in it.
    private var low: UInt64
    /// The bytes from 0x40 to 0x7F in it.
    private var high: UInt64
    /// Whether the bytes from 0x80 to 0xFF are in it.
    private var nonASCII: Bool

    /// Makes a set of exactly the given ASCII characters.
    package init(_ characters: StaticString) {
        self.init(low: 0, high: 0, nonASCII: false)
        insert(characters)
    }

    private init(low: UInt64, high: UInt64, nonASCII: Bool) {
        self.low = low
        self.high = high
        self.nonASCII = nonASCII
    }

    private mutating func insert(_ characters: StaticString) {
        for byte in characters.description.utf8 {
            if byte < 0x40 { low |= 1 &<< UInt64(byte) } else { high |= 1 &<< UInt64(byte) }
        }
    }

    /// This set and the given ASCII characters.
    package func adding(_ characters: StaticString) -> ByteSet {
        var copy = self
        copy.insert(characters)
        return copy
    }

    /// Whether a byte is in it.
    @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        // The shift is taken modulo 64.
        byte < 0x80 ? ((byte < 0x40 ? low : high) &>> UInt64(byte)) & 1 != 0 : nonASCII
    }
}

/// The percent-encode sets (WHATWG URL §1.3) that http and https need.
extension ByteSet {
    /// C0 controls, DEL and everything above ASCII.
    package static let c0Control = ByteSet(low: 0xFFFF_FFFF, high: 1 &<< 63, nonASCII: true)
    /// What is encoded in a fragment.
    package static let fragment = c0Control.adding(" \"<>`")
    /// What is encoded in the query of a special scheme.
    package static let specialQuery = c0Control.adding(" \"#<>'")
    /// What is encoded in a path.
    package static let path = c0Control.adding(" \"#<>?^`{}")
    /// What is encoded in a user name or password.
    package static let userinfo = path.adding("/:;=@[\\]|")
}

/// The code points of WHATWG URL §3.1 and §4.4 at which something ends or is not valid.
extension ByteSet {
    /// Code points that a domain must not contain.
    package static let forbiddenDomain = ByteSet(low: 0xFFFF_FFFF, high: 1 &<< 63, nonASCII: true).adding(
        " #/:<>?@[\\]^|%")
    /// Code points that end an authority or a path segment.
    package static let segmentEnd = ByteSet("/\\?#")
    /// Bytes of a path that cannot be copied unchanged: encoded bytes and the ends of segments.
    package static let pathStop = path.adding("/\\")
}

/// Percent-encoding, and the predicates of single bytes that it needs.
package enum PercentEncoding {
    /// Appends `%XX`.
    package static func append(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "%"))
        output.append(digit(byte >> 4))
        output.append(digit(byte & 15))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// Replaces each `%XX` by its byte (WHATWG URL §1.3, percent-decode).
    package static func decode(_ input: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var index = input.startIndex
        while index < input.endIndex {
            if input[index] == UInt8(ascii: "%"), index + 2 < input.endIndex,
                let first = input[index + 1].hexValue, let second = input[index + 2].hexValue
            {
                output.append(first << 4 | second)
                index += 3
            } else {
                output.append(input[index])
                index += 1
            }
        }
        return output
    }
}

extension UInt8 {
    /// A to Z and a to z.
    @inline(__always) package var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    /// 0 to 9.
    @inline(__always) package var isASCIIDigit: Bool { self &- 0x30 < 10 }
    /// Characters of a scheme after its first letter (WHATWG URL §4.4, scheme state).
    package var isSchemeByte: Bool {
        isASCIILetter || isASCIIDigit || self == UInt8(ascii: "+") || self == UInt8(ascii: "-")
            || self == UInt8(ascii: ".")
    }
    /// The letter in lower case; other bytes unchanged.
    @inline(__always) package var lowercasedASCII: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
    /// The value of a hexadecimal digit.
    @inline(__always) package var hexValue: UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }
}
