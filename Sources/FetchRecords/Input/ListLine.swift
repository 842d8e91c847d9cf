import FetchHTTP
import FetchSystem

/// Reads one line of a list: a URL, `id<TAB>URL`, a JSON request, or nothing (a blank line or a `#` comment).
///
/// A line that cannot be sent is an input too and contains the reason: every entry of a list gives one record.
struct ListLine {
    /// The method, fields and body of plain URLs.
    let defaults: RequestDefaults
    /// The files that JSON requests may send.
    var files = ListFiles.none
    /// The previous URL, for those that begin in the same way.
    private var last: FetchURL?

    init(defaults: RequestDefaults) { self.defaults = defaults }

    /// The input of a line; nil for a blank line or a comment.
    ///
    /// - Parameters:
    ///   - line: The line without its LF.
    ///   - index: The index of the input.
    ///   - location: The position of the line, for messages (`urls.txt:12`).
    mutating func input(_ line: LineSplitter.Line, index: Int, location: @autoclosure () -> String) -> Input? {
        let bytes = Self.trimmed(line.bytes.last == 0x0D ? line.bytes.dropLast() : line.bytes)
        guard let first = bytes.first, first != UInt8(ascii: "#") else { return nil }
        let isJSON = first == UInt8(ascii: "{")

        func invalid(_ message: String) -> Input {
            let text = Self.kept(isJSON ? JSONRequestLine.withoutSecrets(bytes) : LineSecrets.hidden(bytes))
            let error = FetchError(.invalidURL, "\(location()): \(message)", curlCode: .urlMalformat)
            return Input(index: index, text: text, request: .failure(error), isJSONLine: isJSON)
        }
        if line.isCut { return invalid("the line is longer than \(LineSplitter.maximumLength) bytes") }
        guard let text = Self.text(bytes) else { return invalid("the line is not UTF-8") }
        if isJSON {
            return JSONRequestLine.input(bytes, index: index, defaults: defaults, files: files, location: location())
        }
        guard let tab = bytes.firstIndex(of: 0x09) else {
            return input(url: text, id: nil, index: index, location: location())
        }
        let id = Self.trimmed(bytes[..<tab])
        guard !id.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return invalid("the id contains a control character")
        }
        return input(
            url: String(decoding: Self.trimmed(bytes[tab...]), as: UTF8.self), id: String(decoding: id, as: UTF8.self),
            index: index, location: location())
    }

    /// The bytes as text; nil if they are not UTF-8. Nearly every line is ASCII, which is checked eight bytes at a
    /// time; the full check costs 40 instructions per byte.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        if PlainRun.end(in: bytes, from: bytes.startIndex) == bytes.endIndex {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The input for a URL as the user wrote it.
    mutating func input(url text: String, id: String?, index: Int, location: @autoclosure () -> String) -> Input {
        do throws(FetchError) {
            // A canonical URL contains nothing that would have to be refused.
            let url = if let url = FetchURL.canonical(text, after: &last) { url } else { try Self.parse(text) }
            return Input(index: index, id: id, text: text, request: .success(try defaults.request(for: url)))
        } catch {
            let located = FetchError(error.kind, "\(location()): \(error.message)", curlCode: error.curlCode)
            let shown = Self.kept(LineSecrets.hidden(Array(text.utf8)[...]))
            return Input(index: index, id: id, text: shown, request: .failure(located))
        }
    }

    /// Parses a URL of a list. A browser removes tabs and line breaks and encodes spaces; in a list they are a sign
    /// that the list was made incorrectly.
    static func parse(_ text: String) throws(FetchError) -> FetchURL {
        let blank = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.first { $0 <= 0x20 || $0 == 0x7F }
        }
        if let byte = blank ?? text.utf8.first(where: { $0 <= 0x20 || $0 == 0x7F }) {
            let name = byte == 0x20 ? "a space" : "a control character"
            throw FetchError(
                .invalidURL, "the URL contains \(name); write it percent-encoded", curlCode: .urlMalformat)
        }
        do throws(FetchError) {
            return try FetchURL.parse(text)
        } catch {
            guard error.kind == .blockedScheme, startsWithPort(text) else { throw error }
            throw FetchError(
                .invalidURL, "no scheme: write http:// or https:// before the host", curlCode: .urlMalformat)
        }
    }

    /// The bytes as text of at most 2,048 bytes; bytes that are not UTF-8 become U+FFFD.
    static func kept(_ bytes: ArraySlice<UInt8>) -> String {
        let limit = LineSplitter.keptLength
        let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        guard text.utf8.count > limit || bytes.count > limit else { return text }
        var scalars = text.unicodeScalars[...]
        // The last character may have been cut in two, and a U+FFFD is longer than the bytes that it replaces.
        if bytes.count > limit, scalars.last == "\u{FFFD}" { scalars.removeLast() }
        while Substring(scalars).utf8.count > limit { scalars.removeLast() }
        return String(Substring(scalars))
    }

    /// The text without blanks at both ends.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return bytes[start..<end]
    }

    /// Whether a port follows the first colon, as in `localhost:8080/x`, where the text before it would not be a
    /// scheme.
    private static func startsWithPort(_ text: String) -> Bool {
        let rest = text.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        let port = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...5).contains(port.count) else { return false }
        return rest.dropFirst(port.count).first.map { "/?#".utf8.contains($0) } ?? true
    }
}
