import FetchSystem

/// Reads a value of the Link header one link at a time (RFC 8288, appendix B.2), and skips what is not valid.
package struct LinkField: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0

    /// Starts to read a field's value.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The targets by relation type in lower case, such as `next` and `last`. The first link of a type counts.
    package static func targets(in value: String) -> [String: String] {
        var result: [String: String] = [:]
        for link in LinkField(Array(value.utf8)) {
            for relation in link["rel"]?.split(separator: UInt8(ascii: " ")) ?? [] {
                let name = String(decoding: relation, as: UTF8.self).lowercased()
                if result[name] == nil { result[name] = String(decoding: link.target, as: UTF8.self) }
            }
        }
        return result
    }

    /// The next link; nil at the end.
    package mutating func next() -> LinkValue? {
        // The text before a "<" is a comma, or the rest of something that is not valid.
        guard let start = bytes.offset(of: UInt8(ascii: "<"), from: position, to: bytes.count),
            let end = bytes.offset(of: UInt8(ascii: ">"), from: start, to: bytes.count)
        else {
            position = bytes.count
            return nil
        }
        position = end + 1
        var link = LinkValue(target: Array(bytes[(start + 1)..<end]))
        while true {
            skipSpace()
            guard peek == UInt8(ascii: ";") else { return link }
            position += 1
            link.parameters.append(parameter())
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// A parameter's name in lower case, and its value; both are empty at the end.
    private mutating func parameter() -> (name: [UInt8], value: [UInt8]) {
        skipSpace()
        var name: [UInt8] = []
        while let byte = peek, !byte.isLinkSpace, !"=;,".utf8.contains(byte) {
            name.append(byte.lowercasedASCII)
            position += 1
        }
        skipSpace()
        guard peek == UInt8(ascii: "=") else { return (name, []) }
        position += 1
        skipSpace()
        return (name, peek == UInt8(ascii: "\"") ? quotedString() : token())
    }

    /// The text of a quoted string (RFC 9110 §5.6.4), which the end of the field may end too.
    private mutating func quotedString() -> [UInt8] {
        var value: [UInt8] = []
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\"") {
            position += 1
            guard byte == UInt8(ascii: "\\"), let escaped = peek else {
                value.append(byte)
                continue
            }
            value.append(escaped)
            position += 1
        }
        position += 1
        return value
    }

    private mutating func token() -> [UInt8] {
        let start = position
        while let byte = peek, !byte.isLinkSpace, byte != UInt8(ascii: ";"), byte != UInt8(ascii: ",") { position += 1 }
        return Array(bytes[start..<position])
    }

    private mutating func skipSpace() {
        while let byte = peek, byte.isLinkSpace { position += 1 }
    }
}

/// One link of a Link header (RFC 8288 §3).
package struct LinkValue: Sendable {
    /// The text between `<` and `>`, a reference.
    package let target: [UInt8]
    /// The parameters, with names in lower case.
    fileprivate(set) var parameters: [(name: [UInt8], value: [UInt8])] = []

    fileprivate init(target: [UInt8]) { self.target = target }

    /// The value of the first parameter of a name, which counts for `rel` (RFC 8288 §3.3); empty if it has none, nil if
    /// there is no such parameter.
    package subscript(name: String) -> [UInt8]? {
        parameters.first { $0.name.elementsEqual(name.utf8) }?.value
    }
}

extension UInt8 {
    /// Space and tab (OWS, RFC 9110 §5.6.3), and what else HTML has as white space: LF, FF and CR.
    fileprivate var isLinkSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D && self != 0x0B) }
}
