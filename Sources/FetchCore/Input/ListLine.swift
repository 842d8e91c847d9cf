/// Reads one line of a list: a URL, `id<TAB>URL`, a JSON request, a comment, or nothing.
///
/// What cannot be sent is an input as well, with the reason in it: every entry of a list gives one record.
public enum ListLine {
    /// The longest line that is read, in bytes. Longer ones are one `invalid-url` each.
    public static let maximumLength = 65_536
    /// How much of a line that is no URL is kept, in bytes.
    static let maximumText = 2_048

    /// Reads a line without its line break.
    ///
    /// - Parameters:
    ///   - line: The bytes; a carriage return at the end is dropped.
    ///   - defaults: What the command line gives to every request.
    ///   - isCut: Whether the line is longer than ``maximumLength`` and these are only its first bytes.
    /// - Returns: The input, its index 0, or nil for a blank line or a comment.
    public static func parse(
        _ line: ArraySlice<UInt8>, defaults: RequestDefaults = RequestDefaults(), isCut: Bool = false
    ) -> Input? {
        let whole = line.last == 0x0D ? line.dropLast() : line
        let line = trimmed(whole)
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        let isJSON = first == UInt8(ascii: "{")
        if isCut || whole.count > maximumLength {
            let kept = isJSON ? JSONLine.withoutSecrets(line) : line
            return invalid(kept, "the line is longer than \(maximumLength) bytes", isJSONLine: isJSON)
        }
        if isJSON { return JSONLine.parse(line, defaults: defaults) }
        guard let tab = line.firstIndex(of: 0x09) else { return url(line, id: nil, defaults: defaults) }

        let id = trimmed(line[..<tab])
        guard !id.contains(where: isControl), let text = String(validating: id, as: UTF8.self) else {
            return invalid(line, "the id before the tab is not text")
        }
        return url(trimmed(line[tab...]), id: text, defaults: defaults)
    }

    /// Makes an input of a URL, which must hold no space and no control character.
    ///
    /// A URL parser would drop or encode them, but in a list they mean that something went wrong: two URLs on a line,
    /// a table, a header to be smuggled in.
    static func url(_ bytes: ArraySlice<UInt8>, id: String?, defaults: RequestDefaults) -> Input {
        if let place = bytes.firstIndex(where: { $0 <= 0x20 || $0 == 0x7F }) {
            let column = place - bytes.startIndex + 1
            let what =
                bytes[place] == 0x20 ? "a space (write %20)" : "the control byte 0x" + hexadecimal(bytes[place])
            return invalid(bytes, id: id, "\(what) inside the URL at byte \(column)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return invalid(bytes, id: id, "the line is not UTF-8")
        }
        guard hasScheme(bytes) else {
            return invalid(bytes, id: id, "a URL needs a scheme: write http:// or https:// before it")
        }
        do throws(FetchError) {
            let url = try FetchURL.parse(text)
            return Input(index: 0, id: id, text: text, request: .success(defaults.request(to: url)))
        } catch {
            return Input(index: 0, id: id, text: cut(bytes), request: .failure(error))
        }
    }

    /// An `invalid-url` input.
    static func invalid(
        _ bytes: ArraySlice<UInt8>, id: String? = nil, _ message: String, isJSONLine: Bool = false
    ) -> Input {
        Input(
            index: 0, id: id, text: cut(bytes), request: .failure(FetchError(.invalidURL, message, curlCode: 3)),
            isJSONLine: isJSONLine)
    }

    /// The bytes as text of at most ``maximumText`` bytes; what is not UTF-8 becomes U+FFFD.
    static func cut(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(maximumText), as: UTF8.self)
        if text.utf8.count <= maximumText, bytes.count <= maximumText { return text }
        // The last character may be cut in two, and U+FFFD is longer than what it stands for.
        var scalars = Substring(text).unicodeScalars
        if bytes.count > maximumText, scalars.last == "\u{FFFD}" { scalars.removeLast() }
        while scalars.last != nil, Substring(scalars).utf8.count > maximumText { scalars.removeLast() }
        return String(Substring(scalars))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return bytes[start..<end]
    }

    /// Whether the URL names its scheme. In `localhost:8080/x` what stands before the colon is a host.
    private static func hasScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, first.isASCIILetter,
            let colon = bytes.firstIndex(where: { !$0.isASCIILetter && !$0.isASCIIDigit && !schemeMarks.contains($0) }),
            bytes[colon] == UInt8(ascii: ":")
        else { return false }
        let scheme = bytes[..<colon]
        let rest = bytes[(colon + 1)...]
        let digits = rest.prefix(while: \.isASCIIDigit)
        guard (1...5).contains(digits.count), scheme.count > 5 || !scheme.map(\.lowercasedASCII).starts(with: http)
        else {
            return true
        }
        let after = rest.dropFirst(digits.count).first
        return !(after == nil || after == UInt8(ascii: "/") || after == UInt8(ascii: "?") || after == UInt8(ascii: "#"))
    }

    private static let schemeMarks = ByteSet("+-.")
    private static let http = Array("http".utf8)

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
