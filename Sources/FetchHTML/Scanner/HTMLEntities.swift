import FetchSystem

/// Character references (WHATWG HTML §13.2.5.72 to 80).
enum HTMLEntities {
    /// The length of the longest name.
    private static let longestName = 31
    /// The length of the longest name that needs no semicolon.
    private static let longestBareName = 6

    /// The table and the offsets of its entries; made when the first named reference occurs.
    private static let index: (table: [UInt8], starts: [UInt16]) = {
        let table = Array(HTMLEntityTable.text.utf8)
        return (table, [0] + table.indices.filter { table[$0] == 0x20 }.map { UInt16($0 + 1) })
    }()

    /// Appends the characters of a reference.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - index: The index of the `&`; advanced past the reference, or past the `&` if it is not one.
    ///   - isAttribute: Whether the text is an attribute's value: there a reference without semicolon is text if a
    ///     letter, a digit or `=` follows, so that `?a=1&copy=2` stays a query.
    static func append(_ bytes: ArraySlice<UInt8>, at index: inout Int, isAttribute: Bool, to output: inout [UInt8]) {
        let start = index + 1
        if start < bytes.endIndex, bytes[start] == UInt8(ascii: "#") {
            if let (scalar, end) = numeric(bytes, at: start + 1) {
                output.append(contentsOf: String(scalar).utf8)
                index = end
                return
            }
        } else if let (scalars, end) = named(bytes, at: start, isAttribute: isAttribute) {
            for scalar in scalars { output.append(contentsOf: String(scalar).utf8) }
            index = end
            return
        }
        output.append(UInt8(ascii: "&"))
        index = start
    }

    private static func numeric(_ bytes: ArraySlice<UInt8>, at start: Int) -> (Unicode.Scalar, Int)? {
        var index = start
        let isHex = index < bytes.endIndex && bytes[index] | 0x20 == UInt8(ascii: "x")
        if isHex { index += 1 }
        let first = index
        var value: UInt32 = 0
        while index < bytes.endIndex, let digit = bytes[index].hexValue, isHex || digit < 10 {
            value = min(value * (isHex ? 16 : 10) + UInt32(digit), 0x11_0000)
            index += 1
        }
        guard index > first else { return nil }
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: ";") { index += 1 }
        if (0x80...0x9F).contains(value) { value = Windows1252.scalar(UInt8(value)) }
        let scalar = value == 0 ? nil : Unicode.Scalar(value)
        return (scalar ?? "\u{FFFD}", index)
    }

    private static func named(
        _ bytes: ArraySlice<UInt8>, at start: Int, isAttribute: Bool
    ) -> ([Unicode.Scalar], Int)? {
        var end = start
        while end < bytes.endIndex, end - start <= longestName, bytes[end].isASCIILetter || bytes[end].isASCIIDigit {
            end += 1
        }
        guard end > start else { return nil }
        let next = end < bytes.endIndex ? bytes[end] : nil
        if next == UInt8(ascii: ";"), let entry = entry(named: bytes[start..<end]) { return (entry.scalars, end + 1) }
        if isAttribute {
            guard end - start <= longestBareName, next != UInt8(ascii: "="),
                let entry = entry(named: bytes[start..<end]), entry.isBare
            else { return nil }
            return (entry.scalars, end)
        }
        for length in stride(from: min(end - start, longestBareName), to: 1, by: -1) {
            if let entry = entry(named: bytes[start..<(start + length)]), entry.isBare {
                return (entry.scalars, start + length)
            }
        }
        return nil
    }

    private static func entry(named name: ArraySlice<UInt8>) -> (scalars: [Unicode.Scalar], isBare: Bool)? {
        let (table, starts) = index
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            let entry = table[Int(starts[middle])...]
            let found = entry.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "!") }
            if found == name {
                return (scalars(entry[(found.endIndex + 1)...]), entry[found.endIndex] == UInt8(ascii: "!"))
            }
            if found.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private static func scalars(_ hex: ArraySlice<UInt8>) -> [Unicode.Scalar] {
        var values: [UInt32] = [0]
        for byte in hex {
            if byte == 0x20 { break }
            if let digit = byte.hexValue {
                values[values.count - 1] = values[values.count - 1] << 4 | UInt32(digit)
            } else {
                values.append(0)
            }
        }
        return values.compactMap(Unicode.Scalar.init)
    }
}
