import FetchSystem

/// The file name in a Content-Disposition field (RFC 6266), read as tolerantly as browsers and curl do.
///
/// `filename*` (RFC 8187) goes before `filename`. The disposition type does not matter, and may be missing.
package enum ContentDisposition {
    /// The name for a response, safe as one component of a path; nil if no field has one.
    package static func fileName(of headers: HeaderFields) -> String? {
        for value in headers.allBytes(of: "content-disposition") {
            if let name = rawName(in: value) { return SafeName.component(name) }
        }
        return nil
    }

    /// The name in a field's value: the last component of what stands there, as it is; nil if there is none. It may be
    /// hidden, an option, or contain control characters.
    static func rawName(in value: [UInt8]) -> String? {
        var reader = Reader(bytes: value)
        var extended: String?
        var plain: String?
        while let (name, text) = reader.next() {
            // Of two parameters of a name the first counts, as in browsers and curl.
            if name.elementsEqual("filename*".utf8) {
                extended = extended ?? decodedExtended(text).flatMap(lastComponent)
            } else if name.elementsEqual("filename".utf8) {
                plain = plain ?? lastComponent(decodedPlain(text))
            }
        }
        return extended ?? plain
    }

    /// The text of an ext-value, `UTF-8'en'%e2%82%ac` (RFC 8187 §3.2); nil if it is not valid, or in a charset that
    /// senders must not use.
    private static func decodedExtended(_ value: [UInt8]) -> String? {
        let quote = UInt8(ascii: "'")
        guard let first = value.firstIndex(of: quote),
            let second = value[(first + 1)...].firstIndex(of: quote), isPercentEncoded(value[(second + 1)...])
        else { return nil }
        let bytes = PercentEncoding.decode(value[(second + 1)...])
        switch String(validating: value[..<first], as: UTF8.self)?.lowercased() {
        case "utf-8": return String(validating: bytes, as: UTF8.self)
        case "iso-8859-1": return latin1(bytes)
        default: return nil
        }
    }

    /// The text of a plain value. Servers send UTF-8, ISO-8859-1 and percent-encoded UTF-8, of which the standard has
    /// only the second; browsers tell them apart in this way.
    private static func decodedPlain(_ value: [UInt8]) -> String {
        if value.contains(UInt8(ascii: "%")), isPercentEncoded(value[...]),
            let text = String(validating: PercentEncoding.decode(value[...]), as: UTF8.self)
        {
            return text
        }
        return String(validating: value, as: UTF8.self) ?? latin1(value)
    }

    private static func latin1(_ bytes: [UInt8]) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Whether every `%` has two digits behind it.
    private static func isPercentEncoded(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            guard rest.popFirst()?.hexValue != nil, rest.popFirst()?.hexValue != nil else { return false }
        }
        return true
    }

    /// The part after the last slash or backslash without blanks at its ends; nil if nothing, or only dots, are left.
    private static func lastComponent(_ text: String) -> String? {
        let scalars = text.unicodeScalars
        var name = scalars[...]
        if let end = scalars.lastIndex(where: { $0 == "/" || $0 == "\\" }) {
            name = scalars[scalars.index(after: end)...]
        }
        while let first = name.first, first == " " || first == "\t" { name.removeFirst() }
        while let last = name.last, last == " " || last == "\t" { name.removeLast() }
        return name.allSatisfy { $0 == "." } ? nil : String(Substring(name))
    }

    /// Reads one parameter after the other and skips what is not one.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        /// A parameter's name in lower case and its value, unquoted; nil at the end.
        mutating func next() -> (name: [UInt8], value: [UInt8])? {
            while position < bytes.count {
                skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ";") }
                let start = position
                skip { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
                let name = trimmed(bytes[start..<position]).map(\.lowercasedASCII)
                guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
                    // The disposition type, or a quote where none belongs.
                    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { _ = quoted() }
                    continue
                }
                position += 1
                skip { $0 == 0x20 || $0 == 0x09 }
                if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                    let value = quoted()
                    skip { $0 != UInt8(ascii: ";") }
                    return (name, value)
                }
                let first = position
                skip { $0 != UInt8(ascii: ";") }
                return (name, Array(trimmed(bytes[first..<position])))
            }
            return nil
        }

        /// The text of a quoted string (RFC 9110 §5.6.4), which the end of the field may end too. The backslashes of a
        /// Windows path, which some servers send, are not quoting.
        private mutating func quoted() -> [UInt8] {
            position += 1
            let path = bytes[position...]
            let isDrive =
                path.count > 2 && path[path.startIndex].isASCIILetter
                && path[path.startIndex + 1] == UInt8(ascii: ":")
                && path[path.startIndex + 2] == UInt8(ascii: "\\")
            var value: [UInt8] = []
            while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                if bytes[position] == UInt8(ascii: "\\"), !isDrive, position + 1 < bytes.count { position += 1 }
                value.append(bytes[position])
                position += 1
            }
            position = min(position + 1, bytes.count)
            return value
        }

        private mutating func skip(while isSkipped: (UInt8) -> Bool) {
            while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
        }

        private func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            var slice = slice
            while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
            return slice
        }
    }
}
