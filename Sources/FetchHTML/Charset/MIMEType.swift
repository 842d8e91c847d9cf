import FetchSystem

/// The type of a response, as browsers extract it from its Content-Type fields (Fetch Standard, "extract a MIME type").
package struct MIMEType: Sendable, Hashable {
    /// Type and subtype in lower case: `text/html`.
    package let essence: String
    /// The charset parameter as written; nil without one.
    package let charset: String?

    /// Extracts the type.
    ///
    /// The last valid value of the list counts, `*/*` does not, and a charset of an equal type before it stays.
    ///
    /// - Parameter fields: The values of all Content-Type fields, joined by commas.
    /// - Returns: nil if no value is a valid type.
    package init?(extractingFrom fields: String) {
        var last: (essence: String, charset: String?)?
        for value in Self.split(Array(fields.utf8)) {
            guard var type = Self.parse(value), type.essence != "*/*" else { continue }
            if type.charset == nil, type.essence == last?.essence { type.charset = last?.charset }
            last = type
        }
        guard let last else { return nil }
        (essence, charset) = last
    }

    /// The values between the commas that are not in quotes (Fetch Standard, "get, decode, and split").
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var values: [ArraySlice<UInt8>] = []
        var (start, isQuoted, index) = (0, false, 0)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: ",") where !isQuoted:
                values.append(bytes[start..<index])
                start = index + 1
            default: break
            }
            index += 1
        }
        values.append(bytes[start...])
        return values
    }

    /// Parses one value (MIME Sniffing Standard §4.4).
    private static func parse(_ value: ArraySlice<UInt8>) -> (essence: String, charset: String?)? {
        let value = trimmed(value)
        let type = value.prefix { $0 != UInt8(ascii: "/") }
        let rest = value[type.endIndex...].dropFirst()
        let subtype = trimmed(rest.prefix { $0 != UInt8(ascii: ";") })
        guard isToken(type), isToken(subtype) else { return nil }
        let essence = String(decoding: (type + [UInt8(ascii: "/")] + subtype).map(\.lowercasedASCII), as: UTF8.self)
        return (essence, charset(rest.drop { $0 != UInt8(ascii: ";") }))
    }

    /// The first valid charset of the parameters.
    private static func charset(_ parameters: ArraySlice<UInt8>) -> String? {
        var rest = parameters
        while !rest.isEmpty {
            rest = rest.dropFirst().drop(while: isSpace)
            let name = rest.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "=") }
            rest = rest[name.endIndex...]
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            let value: [UInt8]
            if rest.first == UInt8(ascii: "\"") {
                (value, rest) = quoted(rest)
            } else {
                let plain = rest.prefix { $0 != UInt8(ascii: ";") }
                value = Array(trimmed(plain))
                rest = rest[plain.endIndex...]
                if value.isEmpty { continue }
            }
            if name.lazy.map(\.lowercasedASCII).elementsEqual("charset".utf8) {
                return String(decoding: value, as: UTF8.self)
            }
        }
        return nil
    }

    /// The text of a quoted string, and what follows from the next ";" on.
    private static func quoted(_ bytes: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>) {
        var value: [UInt8] = []
        var index = bytes.startIndex + 1
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex { index += 1 }
            value.append(bytes[index])
            index += 1
        }
        return (value, bytes[index...].drop { $0 != UInt8(ascii: ";") })
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// Whether the bytes are a token of HTTP (RFC 9110 §5.6.2).
    private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }
}
