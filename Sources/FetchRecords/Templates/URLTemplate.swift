package import FetchHTTP
package import FetchSystem

/// A URL with `{names}` in its path or query that are replaced by percent-encoded values. A value is one path segment,
/// a part of one, or a part of a query value; it can change neither the host nor the path around it.
package struct URLTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case variable(String)
    }

    private let pieces: [Piece]

    /// Parses a template.
    ///
    /// - Parameter text: An http or https URL such as `https://x.test/products/{id}?lang={lang}`.
    /// - Throws: ``InputFailure`` for a text that is not such a URL, or that has a name where the host is chosen.
    package init(_ text: String) throws(InputFailure) {
        let shown = TerminalText.escaped(PrintableURL.hidingCredentials(in: text))
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw InputFailure("\(shown): { is not closed") }
            let name = rest[rest.index(after: open)..<close]
            guard Self.isName(name) else {
                throw InputFailure("\(shown): {\(TerminalText.escaped(String(name)))} is not a name such as {id}")
            }
            if pieces.isEmpty, !Self.endsAuthority(rest[..<open]) {
                throw InputFailure("\(shown): {\(name)} is allowed in the path and the query only, after http://host/")
            }
            pieces.append(.text(String(rest[..<open])))
            pieces.append(.variable(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
        do throws(FetchError) {
            _ = try expand { _ in "x" }
        } catch {
            throw InputFailure("\(shown): \(error.message)")
        }
    }

    /// The names in it, each once.
    package var names: Set<String> {
        Set(
            pieces.compactMap { piece in
                if case .variable(let name) = piece { name } else { nil }
            })
    }

    /// The origin of its URLs, which no value changes.
    package var origin: Origin? { (try? expand { _ in "x" })?.origin }

    /// Inserts values.
    ///
    /// - Parameter value: Returns the value of a name.
    /// - Returns: The URL.
    /// - Throws: ``FetchError`` of kind `invalid-url` when a value is empty, missing, or a `.` or `..` that would
    ///   change the path.
    func expand(_ value: (String) -> String?) throws(FetchError) -> FetchURL {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .variable(let name):
                guard let value = value(name), !value.isEmpty else {
                    throw FetchError(.invalidURL, "{\(name)} has no value", curlCode: .urlMalformat)
                }
                text += Self.encode(value)
            }
        }
        guard !Self.hasDotSegment(text) else {
            throw FetchError(
                .invalidURL, "the id would make a path segment . or .., which is another path", curlCode: .urlMalformat)
        }
        return try ListLine.parse(text)
    }

    /// Letters, digits, `_` and `-`.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2D }
    }

    /// Encodes everything but the unreserved characters (RFC 3986 §2.3) as `%XX`.
    private static func encode(_ value: String) -> String {
        var encoded: [UInt8] = []
        for byte in value.utf8 {
            if byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte) {
                encoded.append(byte)
            } else {
                PercentEncoding.append(byte, to: &encoded)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Whether scheme, host and port are complete: a slash, `?` or `#` follows `://` and at least one character.
    private static func endsAuthority(_ text: Substring) -> Bool {
        guard let start = String(text).range(of: "://")?.upperBound else { return false }
        return String(text)[start...].dropFirst().contains { "/?#".contains($0) }
    }

    /// Whether the path has a segment that a parser would remove (WHATWG URL §4.4, single- and double-dot segments).
    private static func hasDotSegment(_ text: String) -> Bool {
        guard let start = text.range(of: "://")?.upperBound else { return false }
        let path = text[start...].prefix { $0 != "?" && $0 != "#" }
        return path.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }).dropFirst()
            .contains { DotSegment.dots(Array($0)[...]) > 0 }
    }
}
