import FetchSystem

/// The states of a tag (WHATWG HTML §13.2.5.8 and 32 to 40).
extension HTMLScanner {
    /// Reads the name of a tag; the key is its last eight letters in lower case.
    mutating func scanTagName() -> (HTMLTag, Range<Int>, key: UInt64) {
        let start = position
        var key: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            if byte.isHTMLSpace || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">") { break }
            key = key &<< 8 | UInt64(byte.lowercasedASCII)
            position += 1
        }
        let tag = HTMLTag(rawValue: key) ?? .other
        let length = position - start
        // The key contains the last eight letters of a longer name.
        let isExact = length <= 8 ? tag != .plaintext : tag == .plaintext && length == 9 && bytes[start] | 0x20 == 0x70
        return (isExact ? tag : .other, start..<position, key)
    }

    /// Reads the attributes of a tag, up to and including its `>`.
    ///
    /// - Returns: Whether it ends in `/>`; nil if the page ends first.
    mutating func scanAttributes(keep: Bool) -> Bool? {
        if keep { attributes.removeAll(keepingCapacity: true) }
        while true {
            var isSelfClosing = false
            while position < end, bytes[position].isHTMLSpace || bytes[position] == UInt8(ascii: "/") {
                isSelfClosing = bytes[position] == UInt8(ascii: "/")
                position += 1
            }
            guard position < end else { return nil }
            if bytes[position] == UInt8(ascii: ">") {
                position += 1
                return isSelfClosing
            }
            let name = scanAttributeName()
            guard let value = scanAttributeValue() else { return nil }
            if keep { self.keep(name, value) }
        }
    }

    private mutating func scanAttributeName() -> (key: UInt64, range: Range<Int>) {
        let start = position
        // A "=" at the start belongs to the name.
        var key = UInt64(bytes[position].lowercasedASCII)
        position += 1
        while position < end {
            let byte = bytes[position]
            if byte.isHTMLSpace || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=") {
                break
            }
            key = key &<< 8 | UInt64(byte.lowercasedASCII)
            position += 1
        }
        return (key, start..<position)
    }

    /// Reads a value and the "=" before it; empty if there is no "=".
    private mutating func scanAttributeValue() -> Range<Int>? {
        while position < end, bytes[position].isHTMLSpace { position += 1 }
        guard position < end, bytes[position] == UInt8(ascii: "=") else { return position..<position }
        position += 1
        while position < end, bytes[position].isHTMLSpace { position += 1 }
        guard position < end else { return nil }
        let first = bytes[position]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            let start = position + 1
            guard let quote = bytes.offset(of: first, from: start, to: end) else { return nil }
            position = quote + 1
            return start..<quote
        }
        let start = position
        while position < end, !bytes[position].isHTMLSpace, bytes[position] != UInt8(ascii: ">") { position += 1 }
        return start..<position
    }

    private mutating func keep(_ name: (key: UInt64, range: Range<Int>), _ value: Range<Int>) {
        let known = knownName(name.key, name.range)
        if keepsAll {
            attributes.append(Attribute(name: known, nameRange: name.range, value: value))
        } else if let known, !attributes.contains(where: { $0.name == known }) {
            attributes.append(Attribute(name: known, nameRange: name.range, value: value))
        }
    }

    private func knownName(_ key: UInt64, _ range: Range<Int>) -> HTMLAttributeName? {
        guard let name = HTMLAttributeName(rawValue: key) else { return nil }
        guard let full = name.fullName else {
            // A leading NUL would leave no trace in the key.
            return bytes[range.lowerBound] != 0 ? name : nil
        }
        guard range.count == full.length, bytes[range.lowerBound] | 0x20 == full.start.0,
            bytes[range.lowerBound + 1] | 0x20 == full.start.1
        else { return nil }
        return name
    }

    /// The value of an attribute of the last start tag.
    func value(of name: HTMLAttributeName) -> Range<Int>? {
        attributes.first { $0.name == name }?.value
    }
}

extension UInt8 {
    /// Tab, LF, FF, CR and space (WHATWG Infra §4.6, ASCII whitespace).
    @inline(__always) var isHTMLSpace: Bool {
        self <= 0x20 && (0x1_0000_3600 as UInt64 &>> UInt64(self)) & 1 != 0
    }
}
