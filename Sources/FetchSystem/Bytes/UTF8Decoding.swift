/// Decodes UTF-8 strictly (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Decoding {
    /// One step through a text.
    package struct Step {
        /// The scalar's value, or nil for bytes that are not UTF-8.
        package let scalar: UInt32?
        /// The number of bytes it takes; never 0. For a broken sequence this is its longest valid beginning (or one
        /// byte), so that replacing it with U+FFFD gives the same text as in other programs.
        package let length: Int
    }

    /// The scalar that starts at an index, which must lie inside the bytes.
    @inline(__always)
    package static func step<Bytes>(_ bytes: Bytes, at index: Int) -> Step
    where Bytes: RandomAccessCollection, Bytes.Element == UInt8, Bytes.Index == Int {
        let first = bytes[index]
        if first < 0x80 { return Step(scalar: UInt32(first), length: 1) }
        return longStep(bytes, at: index, first: first)
    }

    private static func longStep<Bytes>(_ bytes: Bytes, at index: Int, first: UInt8) -> Step
    where Bytes: RandomAccessCollection, Bytes.Element == UInt8, Bytes.Index == Int {
        let count: Int
        // The range of the second byte excludes overlong forms, surrogates and values above U+10FFFF.
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0...0xEF:
            count = 3
            if first == 0xE0 { lowest = 0xA0 }
            if first == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            count = 4
            if first == 0xF0 { lowest = 0x90 }
            if first == 0xF4 { highest = 0x8F }
        default: return Step(scalar: nil, length: 1)
        }
        var value = UInt32(first) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
        for offset in 1..<count {
            let position = index + offset
            guard position < bytes.endIndex else { return Step(scalar: nil, length: offset) }
            let byte = bytes[position]
            guard byte >= lowest, byte <= highest else { return Step(scalar: nil, length: offset) }
            value = value << 6 | UInt32(byte & 0x3F)
            lowest = 0x80
            highest = 0xBF
        }
        return Step(scalar: value, length: count)
    }

    /// Whether all bytes are UTF-8 without NUL, so that they can be text in a record.
    package static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            index = PlainRun.end(in: bytes, from: index)
            guard index < bytes.endIndex else { return true }
            let step = step(bytes, at: index)
            guard let scalar = step.scalar, scalar != 0 else { return false }
            index += step.length
        }
        return true
    }
}
