import FetchSystem

/// IPv4 and IPv6 addresses as parsed and serialised by WHATWG URL §3.5.
enum IPAddressParser {
    /// Whether an address is four decimal numbers without leading zeros, as in its serialisation.
    @inline(__always)
    static func isCanonicalIPv4(_ text: some Sequence<UInt8>) -> Bool {
        var dots = 0
        var value: Int?
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard value != nil, dots < 3 else { return false }
                dots += 1
                value = nil
            } else {
                guard byte.isASCIIDigit, value != 0 else { return false }
                value = (value ?? 0) * 10 + Int(byte - 0x30)
                guard value ?? 0 <= 255 else { return false }
            }
        }
        return dots == 3 && value != nil
    }

    /// The IPv4 parser: one to four numbers, decimal, octal (`0…`) or hexadecimal (`0x…`); the last one fills the rest.
    static func parseIPv4(_ text: [UInt8]) -> UInt32? {
        var parts = text.split(separator: UInt8(ascii: "."), maxSplits: 5, omittingEmptySubsequences: false)
        if parts.count > 1, let last = parts.last, last.isEmpty { parts.removeLast() }
        guard parts.count <= 4, let lastPart = parts.popLast(), let last = number(lastPart) else { return nil }
        guard last < 1 << (8 * UInt64(4 - parts.count)) else { return nil }
        var address = last
        for (index, part) in parts.enumerated() {
            guard let value = number(part), value <= 255 else { return nil }
            address += value << (8 * UInt64(3 - index))
        }
        return UInt32(address)
    }

    /// The IPv4 number parser; numbers beyond 2^32 give at least 2^32.
    private static func number(_ part: ArraySlice<UInt8>) -> UInt64? {
        guard !part.isEmpty else { return nil }
        var digits = part
        var radix: UInt64 = 10
        if part.count >= 2, part.first == UInt8(ascii: "0") {
            let isHex = part[part.startIndex + 1] | 0x20 == UInt8(ascii: "x")
            radix = isHex ? 16 : 8
            digits = part.dropFirst(isHex ? 2 : 1)
        }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = byte.hexValue, UInt64(digit) < radix else { return nil }
            value = min(value * radix + UInt64(digit), 1 << 32)
        }
        return value
    }

    /// The IPv4 serializer.
    static func serializeIPv4(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    /// The IPv6 parser; `text` is between the brackets. It returns eight pieces, or nil.
    static func parseIPv6(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        var pieces: [UInt16] = []
        var compress: Int?
        var rest = text
        if rest.first == UInt8(ascii: ":") {
            guard rest.starts(with: "::".utf8) else { return nil }
            rest = rest.dropFirst(2)
            compress = 0
        }
        while let first = rest.first {
            guard pieces.count < 8 else { return nil }
            if first == UInt8(ascii: ":") {
                guard compress == nil else { return nil }
                rest = rest.dropFirst()
                compress = pieces.count
                continue
            }
            let digits = rest.prefix(4).prefix { $0.hexValue != nil }
            let after = rest.dropFirst(digits.count)
            if after.first == UInt8(ascii: ".") {
                guard pieces.count <= 6, let address = embeddedIPv4(rest) else { return nil }
                pieces += [UInt16(address >> 16), UInt16(address & 0xFFFF)]
                break
            }
            if !after.isEmpty {
                guard after.first == UInt8(ascii: ":"), after.count > 1 else { return nil }
            }
            pieces.append(digits.reduce(0) { $0 << 4 | UInt16($1.hexValue ?? 0) })
            rest = after.dropFirst()
        }
        guard let compress else { return pieces.count == 8 ? pieces : nil }
        guard pieces.count < 8 else { return nil }
        pieces.insert(contentsOf: Array(repeating: 0, count: 8 - pieces.count), at: compress)
        return pieces
    }

    /// The dotted end of an IPv6 address: exactly four decimals without leading zeros.
    private static func embeddedIPv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        guard isCanonicalIPv4(text) else { return nil }
        return parseIPv4(Array(text))
    }

    /// The IPv6 serializer, brackets included: the first longest run of two or more zero pieces becomes "::".
    static func serializeIPv6(_ pieces: [UInt16]) -> String {
        var compressed = 0..<0
        var index = 0
        while index < pieces.count {
            let run = index..<(pieces[index...].firstIndex { $0 != 0 } ?? pieces.count)
            if run.count > max(1, compressed.count) { compressed = run }
            index = run.upperBound + 1
        }
        func join(_ pieces: ArraySlice<UInt16>) -> String {
            pieces.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if compressed.isEmpty { return "[" + join(pieces[...]) + "]" }
        return "[" + join(pieces[..<compressed.lowerBound]) + "::" + join(pieces[compressed.upperBound...]) + "]"
    }
}
