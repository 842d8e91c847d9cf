/// "." and ".." in a path, with dots that may be percent-encoded (WHATWG URL §4.1).
package enum DotSegment {
    /// 1 for a single-dot and 2 for a double-dot segment, otherwise 0.
    package static func dots(_ segment: ArraySlice<UInt8>) -> Int {
        guard let first = segment.first, first == UInt8(ascii: ".") || first == UInt8(ascii: "%"), segment.count <= 6
        else { return 0 }
        var index = segment.startIndex
        var dots = 0
        while index < segment.endIndex {
            if segment[index] == UInt8(ascii: ".") {
                index += 1
            } else if segment[index...].starts(with: "%2e".utf8) || segment[index...].starts(with: "%2E".utf8) {
                index += 3
            } else {
                return 0
            }
            dots += 1
        }
        return dots <= 2 ? dots : 0
    }

    /// Whether a segment starts like "." or ".."; ".well-known" does not.
    static func mayStart(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        if bytes[index] == UInt8(ascii: "%") { return index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "2") }
        guard bytes[index] == UInt8(ascii: ".") else { return false }
        guard index + 1 < bytes.count else { return true }
        switch bytes[index + 1] {
        case UInt8(ascii: "."), UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): return true
        default: return false
        }
    }
}
