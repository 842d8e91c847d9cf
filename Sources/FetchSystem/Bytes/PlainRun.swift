/// Scans bytes eight at a time for long runs that need no attention (printable ASCII without `"` and `\`), ends of
/// lines, and equal beginnings.
///
/// Bodies of megabytes and URLs of a hundred bytes consist of little else, and every string of every record is scanned
/// here.
package enum PlainRun {
    /// The index of the first byte from an index on that is not plain, or the end.
    @inline(__always)
    static func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let marks = marks(word)
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        if index < bytes.count, bytes.count - start >= 8 {
            // The last eight bytes; the first of them are known to be plain.
            index = bytes.count - 8
            let marks = marks(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            return marks == 0 ? bytes.count : index + marks.trailingZeroBitCount / 8
        }
        while index < bytes.count, isPlain(bytes[index]) { index += 1 }
        return index
    }

    /// ``end(in:from:)`` for a slice of an array, in the slice's own indices.
    @inline(__always)
    package static func end(in bytes: ArraySlice<UInt8>, from start: Int) -> Int {
        let offset = bytes.startIndex
        return bytes.withUnsafeBufferPointer { end(in: $0, from: start - offset) } + offset
    }

    /// Whether the first bytes of two buffers, which both have at least that many, are equal.
    @inline(__always)
    package static func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, count: Int)
        -> Bool
    {
        let (left, right) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
        var index = 0
        while index + 8 <= count {
            let mine = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if mine != right.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
            index += 8
        }
        if index < count, count >= 8 {
            let mine = left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            return mine == right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        }
        while index < count, left[index] == right[index] { index += 1 }
        return index == count
    }

    /// The index of the first LF from an index on, or the end.
    @inline(__always)
    package static func endOfLine(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let marks = zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A) & 0x8080_8080_8080_8080
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        return index
    }

    /// ``endOfLine(in:from:)`` for a slice of an array, in the slice's own indices.
    @inline(__always)
    static func endOfLine(in bytes: ArraySlice<UInt8>, from start: Int) -> Int {
        let offset = bytes.startIndex
        return bytes.withUnsafeBufferPointer { endOfLine(in: $0, from: start - offset) } + offset
    }

    /// Whether the whole text is plain.
    package static func isPlain(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { end(in: $0, from: 0) == $0.count }
            ?? text.utf8.allSatisfy(isPlain)
    }

    /// Whether a byte is printable ASCII but not `"` or `\`.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The high bit of each byte that is not plain. Above the lowest such byte the result may be wrong, because borrows
    /// and carries move upwards; up to it, it is exact.
    @inline(__always)
    private static func marks(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        let controls = (word &- ones &* 0x20) & ~word
        // Adding one sets the high bit from 0x7F on.
        return (word | (word &+ ones) | controls | zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x5C))) & high
    }

    /// The high bit of each byte that is zero, exact up to the lowest.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word }
}
