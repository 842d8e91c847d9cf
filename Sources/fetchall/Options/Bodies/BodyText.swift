import FetchHTTP
import FetchRecords
import FetchSystem
import SystemPackage
import FetchArgumentParser

/// The value of one option for a body, with its place on the command line: parts of a body are sent in their order there.
struct BodyText: Sendable {
    /// The options, as messages name them.
    enum Kind: String, Sendable {
        case data = "-d"
        case raw = "--data-raw"
        case binary = "--data-binary"
        case urlEncoded = "--data-urlencode"
        case json = "--json-data"
        case form = "-F"
        case formString = "--form-string"
        case urlQuery = "--url-query"
    }

    let kind: Kind
    let text: String
    /// Its place among all values of such options, by the order in which the parser meets them.
    let order: Int

    private static let position = AtomicPosition()

    /// Reads the values of an option.
    static func reader(_ kind: Kind) -> @Sendable (String) -> BodyText {
        { BodyText(kind: kind, text: $0, order: position.advance(by: 1)) }
    }

    /// The file that is read; `-` is standard input, nil for none.
    var fileName: String? {
        switch kind {
        case .data, .binary, .json: text.hasPrefix("@") ? String(text.dropFirst()) : nil
        case .urlEncoded: Self.split(text).file
        case .urlQuery: text.hasPrefix("+") ? nil : Self.split(text).file
        case .form: (try? FormField(text)).flatMap { $0.kind == .text ? nil : $0.value }
        case .raw, .formString: nil
        }
    }

    /// Whether it is read from standard input.
    var isStandardInput: Bool { fileName == "-" }

    /// The bytes of a part of a body that is not a form with files.
    ///
    /// - Throws: `ValidationError` when its file cannot be read.
    func bytes() throws -> [UInt8] {
        switch kind {
        case .raw, .form, .formString: return ByteText.bytes(of: text)
        case .binary, .json: return try text.hasPrefix("@") ? file(text.dropFirst()) : ByteText.bytes(of: text)
        case .data:
            guard text.hasPrefix("@") else { return ByteText.bytes(of: text) }
            // As in curl, line breaks are dropped, so that a file written with an editor is form data.
            return try file(text.dropFirst()).filter { $0 != 0x0A && $0 != 0x0D }
        case .urlEncoded: return try encoded()
        // As in curl, what follows a + is added as it is.
        case .urlQuery: return text.hasPrefix("+") ? ByteText.bytes(of: String(text.dropFirst())) : try encoded()
        }
    }

    /// curl's five forms: `content`, `=content`, `name=content`, `@file`, `name@file`. The name is sent as it is.
    private func encoded() throws -> [UInt8] {
        let (name, content, path) = Self.split(text)
        let bytes = try path.map { try file($0[...]) } ?? ByteText.bytes(of: content)
        var output: [UInt8] = name.isEmpty ? [] : ByteText.bytes(of: name) + [UInt8(ascii: "=")]
        for byte in bytes {
            // As in a form of a page (WHATWG URL §5.2), a space is a plus.
            output += byte == 0x20 ? [UInt8(ascii: "+")] : PercentEncoding.encodeComponent([byte])
        }
        return output
    }

    private static func split(_ text: String) -> (name: String, content: String, file: String?) {
        guard let end = text.firstIndex(of: "=") ?? text.firstIndex(of: "@") else { return ("", text, nil) }
        let rest = String(text[text.index(after: end)...])
        return (String(text[..<end]), rest, text[end] == "@" ? rest : nil)
    }

    private func file(_ name: Substring) throws -> [UInt8] { try Self.read(String(name), kind.rawValue) }

    /// The content of a file; `-` is standard input.
    static func read(_ name: String, _ option: String) throws -> [UInt8] {
        if ByteText.holdsBytes(name) { throw ValidationError("\(option): the name of the file is not UTF-8") }
        do {
            return try WholeFile.read(name)
        } catch {
            throw ValidationError("\(option): \(error.message)")
        }
    }
}
