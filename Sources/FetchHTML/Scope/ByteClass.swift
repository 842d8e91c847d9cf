/// A set of bytes, which a character class of a ``URLPattern`` matches.
struct ByteClass: Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static let all = ByteClass().inverted
    static let digit = ByteClass(ranges: [0x30...0x39])
    static let word = ByteClass(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ByteClass(ranges: [0x09...0x0D, 0x20...0x20])

    init() {}

    init(ranges: [ClosedRange<UInt8>]) {
        for range in ranges { insert(range) }
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 &<< UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 0x80 ? (byte < 0x40 ? words.0 : words.1) : (byte < 0xC0 ? words.2 : words.3)
        return (word &>> UInt64(byte & 63)) & 1 != 0
    }

    mutating func formUnion(_ other: ByteClass) {
        words.0 |= other.words.0
        words.1 |= other.words.1
        words.2 |= other.words.2
        words.3 |= other.words.3
    }

    var inverted: ByteClass {
        var copy = self
        copy.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return copy
    }

    /// The set with the other case of each letter added.
    var ignoringCase: ByteClass {
        var copy = self
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") where contains(byte) || contains(byte | 0x20) {
            copy.insert(byte)
            copy.insert(byte | 0x20)
        }
        return copy
    }

    static func == (left: ByteClass, right: ByteClass) -> Bool { left.words == right.words }
}
