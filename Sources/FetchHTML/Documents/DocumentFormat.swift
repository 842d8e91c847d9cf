import FetchSystem

/// The formats of documents whose links can be found.
package enum DocumentFormat: String, Sendable, Hashable, CaseIterable {
    case html
    /// GitHub Flavored Markdown (<https://github.github.com/gfm/>).
    case markdown
    /// URLs only: its own links are not parsed.
    case reStructuredText
    /// URLs only.
    case text

    /// The format of a file by the ending of its name; nil for any other.
    package init?(fileName: some StringProtocol) {
        guard let dot = fileName.lastIndex(of: "."), !fileName[dot...].contains("/") else { return nil }
        switch fileName[fileName.index(after: dot)...].lowercased() {
        case "html", "htm", "xhtml": self = .html
        case "md", "markdown": self = .markdown
        case "rst": self = .reStructuredText
        case "txt": self = .text
        default: return nil
        }
    }
}
