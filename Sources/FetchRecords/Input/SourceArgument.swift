import FetchHTTP
import FetchSystem

/// An interpreted SOURCE of the command line: a URL (or a glob of URLs), a file, or standard input.
enum SourceArgument: Sendable {
    /// URLs that are made one at a time.
    case urls(URLGlob)
    /// One URL.
    case url(String)
    /// A list.
    case list(ListFile)

    /// Interprets an argument and opens what it names.
    ///
    /// - Parameters:
    ///   - text: The argument.
    ///   - expandsGlobs: Whether `[1-9]` and `{a,b}` are expanded.
    static func parse(_ text: String, expandsGlobs: Bool) throws(InputFailure) -> SourceArgument {
        if text == "-" { return .list(.standardInput) }
        guard isURL(text) else { return .list(try ListFile.open(text)) }
        guard expandsGlobs else { return .url(text) }
        do {
            return .urls(try URLGlob(text))
        } catch {
            let shown = TerminalText.escaped(PrintableURL.hidingCredentials(in: text))
            throw InputFailure("\(shown): \(error.message)", .invalidGlob)
        }
    }

    /// Whether the text has a scheme: letters, digits and `+-.` up to `://`, or http(s) and a colon.
    ///
    /// A colon alone is not enough, because file names contain colons too.
    static func isURL(_ text: String) -> Bool {
        let lower = text.lowercased()
        if lower.hasPrefix("http:") || lower.hasPrefix("https:") { return true }
        guard let end = text.range(of: "://")?.lowerBound, end > text.startIndex else { return false }
        // Braces and a comma: the scheme can be a glob too, as in `{http,https}://example.org/`.
        return text[..<end].utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "+-.{,}".utf8.contains($0) }
    }
}

extension String {
    /// The first position of a text, without Foundation.
    func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
