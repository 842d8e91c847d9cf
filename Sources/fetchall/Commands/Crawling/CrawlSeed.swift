import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// A URL to start a crawl from, as an argument. `http://` may be left out; what is a file is not taken for a host.
enum CrawlSeed {
    /// The URL of an argument.
    ///
    /// - Throws: `ValidationError` with one line that says what is wrong and what to do.
    static func parse(_ text: String) throws -> FetchURL {
        let shown = TerminalText.escaped(PrintableURL.hidingCredentials(in: text))
        let hasScheme = text.contains(text: "://") || ["http:", "https:"].contains { text.lowercased().hasPrefix($0) }
        if !hasScheme, let problem = problem(text) { throw ValidationError("\(shown): \(problem)") }
        do throws(FetchError) {
            return try FetchURL.parse(hasScheme ? text : "http://" + text)
        } catch {
            throw ValidationError("\(shown): \(error.message)")
        }
    }

    /// Why a text without a scheme cannot be a host with a path; nil if it can.
    private static func problem(_ text: String) -> String? {
        if text == "-" { return "crawl does not read standard input; name a URL to start from" }
        if let first = text.unicodeScalars.first, "./~\\".unicodeScalars.contains(first) {
            return "a path is not a URL; crawl starts from URLs, such as https://example.org/"
        }
        if SystemFile.exists(text) {
            return "a file is not a URL; crawl starts from URLs (for a host of this name, write http://\(text))"
        }
        return nil
    }
}
