package import FetchSystem

/// One field of a form, as curl's `-F` and `--form-string` describe it: `name=value`, `name=@file`, `name=<file`, each with
/// `;type=…`, and an uploaded file with `;filename=…`.
package struct FormField: Sendable, Hashable {
    /// Where the value comes from.
    package enum Kind: Sendable, Hashable {
        /// The value is given.
        case text
        /// The value is a file that is uploaded as such, with its name.
        case upload
        /// The value is the content of a file.
        case textFile
    }

    package let name: String
    package let kind: Kind
    /// The text, or the path of the file.
    package let value: String
    /// The Content-Type; nil for none, or for the one that the file's name suggests.
    package let contentType: String?
    /// The name that the server gets; nil for the file's own.
    package let fileName: String?

    /// Takes each value as it is.
    package init(
        name: String, kind: Kind = .text, value: String, contentType: String? = nil, fileName: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.value = value
        self.contentType = contentType
        self.fileName = fileName
    }

    /// Reads the argument of `--form-string`, whose value means nothing but itself.
    package init(literal text: String) throws(ParseFailure) {
        let (name, value) = try Self.split(text)
        self.init(name: name, value: value)
    }

    /// Reads the argument of `-F` as curl does. What curl drops with a warning is refused.
    package init(_ text: String) throws(ParseFailure) {
        let (name, rest) = try Self.split(text)
        let kind: Kind
        switch rest.utf8.first {
        case UInt8(ascii: "@"): kind = .upload
        case UInt8(ascii: "<"): kind = .textFile
        case UInt8(ascii: "("):
            throw ParseFailure("a form within a form, '(', is not supported")
        default: kind = .text
        }
        var reader = FormReader(kind == .text ? rest : String(rest.dropFirst()), endsAtComma: kind == .upload)
        let value = try reader.word()
        var contentType: String?
        var fileName: String?
        while let (key, parameter) = try reader.parameter() {
            switch key {
            case "type" where parameter.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }):
                throw ParseFailure("the type of a field contains a control character")
            case "type": contentType = parameter
            case "filename" where kind != .text: fileName = parameter
            default: throw ParseFailure("'\(key)=' is not supported here; write type= or, for a file, filename=")
            }
        }
        if kind != .text, value.isEmpty { throw ParseFailure("the name of the file is missing") }
        self.init(
            name: name, kind: fileName == nil || kind == .text ? kind : .upload, value: value,
            contentType: contentType, fileName: fileName)
    }

    private static func split(_ text: String) throws(ParseFailure) -> (name: String, value: String) {
        guard let end = text.firstIndex(of: "="), end > text.startIndex else {
            throw ParseFailure("write a field as name=value, name=@file or name=<file")
        }
        return (String(text[..<end]), String(text[text.index(after: end)...]))
    }
}

/// Reads words and parameters of a field: quoted ones, and others that end at `;`.
private struct FormReader {
    private let bytes: [UInt8]
    private var index = 0
    private let endsAtComma: Bool

    init(_ text: String, endsAtComma: Bool) {
        bytes = Array(text.utf8)
        self.endsAtComma = endsAtComma
    }

    /// The text up to the next `;`, without blanks around it; in quotes it may contain anything.
    mutating func word() throws(ParseFailure) -> String {
        skipBlanks()
        if let text = quoted() {
            skipBlanks()
            guard index == bytes.count || bytes[index] == UInt8(ascii: ";") else {
                throw ParseFailure("only ;type= or ;filename= may follow a quoted text")
            }
            return text
        }
        return try plain()
    }

    /// The next `;key=value`; nil at the end. A parameter of a type belongs to it: `;type=text/plain; charset=utf-8`.
    mutating func parameter() throws(ParseFailure) -> (key: String, value: String)? {
        guard index < bytes.count else { return nil }
        index += 1
        skipBlanks()
        let rest = bytes[index...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "=")),
            case let key = rest[..<end], key.allSatisfy({ $0.isASCIILetter })
        else {
            throw ParseFailure("a ';' in a value needs double quotes around the value")
        }
        index = end + 1
        let name = ByteText.text(of: Array(key))
        var value = try word()
        guard name == "type" else { return (name, value) }
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            throw ParseFailure("the type of a field must be like text/plain")
        }
        while index < bytes.count, !startsOwnParameter {
            index += 1
            value += "; " + (try word())
        }
        return (name, value)
    }

    private var startsOwnParameter: Bool {
        let rest = bytes[index...].dropFirst().drop { $0 == 0x20 }
        return ["filename=", "headers=", "encoder=", "type="].contains { rest.starts(with: $0.utf8) }
    }

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    private mutating func quoted() -> String? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        var text: [UInt8] = []
        var next = index + 1
        while next < bytes.count {
            var byte = bytes[next]
            if byte == UInt8(ascii: "\"") {
                index = next + 1
                return ByteText.text(of: Array(text))
            }
            let following = next + 1 < bytes.count ? bytes[next + 1] : 0
            if byte == UInt8(ascii: "\\"), following == UInt8(ascii: "\\") || following == UInt8(ascii: "\"") {
                next += 1
                byte = following
            }
            text.append(byte)
            next += 1
        }
        return nil
    }

    private mutating func plain() throws(ParseFailure) -> String {
        let end = bytes[index...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
        if endsAtComma, bytes[index..<end].contains(UInt8(ascii: ",")) {
            throw ParseFailure("several files in one field are not supported; repeat the field, or quote the name")
        }
        var text = bytes[index..<end]
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        index = end
        return ByteText.text(of: Array(text))
    }
}
