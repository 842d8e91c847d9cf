/// Reads one line of a list: a URL, `id<TAB>URL`, a JSON request, or nothing (blank, or a `#` comment).
struct ListLine {
    /// What plain URLs are sent with.
    let defaults: RequestDefaults

    /// The input that a line stands for, or nil for a blank line or a comment.
    ///
    /// - Parameters:
    ///   - line: The line without its LF.
    ///   - index: The number the input gets.
    ///   - place: Where the line stands, for messages (`urls.txt:12`).
    func input(_ line: LineSplitter.Line, index: Int, place: @autoclosure () -> String) -> Input? {
        var bytes = line.bytes
        if bytes.last == 0x0D { bytes.removeLast() }
        while let byte = bytes.first, byte == 0x20 || byte == 0x09 { bytes.removeFirst() }
        while let byte = bytes.last, byte == 0x20 || byte == 0x09 { bytes.removeLast() }
        guard let first = bytes.first, first != UInt8(ascii: "#") else { return nil }

        func invalid(_ message: String, _ text: String? = nil) -> Input {
            let text = text ?? String(decoding: bytes.prefix(LineSplitter.keptLength), as: UTF8.self)
            let error = FetchError(.invalidURL, "\(place()): \(message)", curlCode: 3)
            return Input(index: index, text: Self.cut(text), request: .failure(error))
        }
        if line.isCut { return invalid("the line is longer than \(LineSplitter.maximumLength) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { return invalid("the line is not UTF-8") }
        if first == UInt8(ascii: "{") {
            switch JSONRequestLine.read(bytes, index: index, defaults: defaults) {
            case .success(let input): return input
            // A request that cannot be read may still hold a password, and nobody can say where.
            case .failure(let failure): return invalid(failure.message, SecretName.occurs(in: text) ? "{…}" : text)
            }
        }
        guard let tab = bytes.firstIndex(of: 0x09) else {
            return Self.input(url: text, id: nil, index: index, defaults: defaults, place: place())
        }
        let url = bytes[(tab + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        return Self.input(
            url: String(decoding: url, as: UTF8.self), id: String(decoding: bytes[..<tab], as: UTF8.self),
            index: index, defaults: defaults, place: place())
    }

    /// The input for a URL as a person wrote it.
    static func input(
        url text: String, id: String?, index: Int, defaults: RequestDefaults, place: @autoclosure () -> String
    ) -> Input {
        do {
            let url = try parse(text)
            return Input(index: index, id: id, text: text, request: .success(defaults.request(for: url)))
        } catch {
            let located = FetchError(error.kind, "\(place()): \(error.message)", curlCode: error.curlCode)
            return Input(
                index: index, id: id, text: cut(text), request: .failure(located))
        }
    }

    /// What is kept of a line that is no URL: so many bytes and no half of a code point.
    private static func cut(_ text: String) -> String {
        let utf8 = text.utf8
        guard var end = utf8.index(utf8.startIndex, offsetBy: LineSplitter.keptLength, limitedBy: utf8.endIndex) else {
            return text
        }
        while end.samePosition(in: text.unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(text[..<end])
    }

    /// Parses a URL as it stands in a list. A browser drops tabs and line breaks in it and encodes spaces; in a list
    /// they mean that something went wrong where the list was made.
    static func parse(_ text: String) throws(FetchError) -> FetchURL {
        for byte in text.utf8 where byte <= 0x20 || byte == 0x7F {
            let name = byte == 0x20 ? "a space" : "a control character"
            throw FetchError(.invalidURL, "there is \(name) in the URL; write it percent-encoded", curlCode: 3)
        }
        return try FetchURL.parse(text)
    }
}
