/// Why the links of a document cannot be found: a sentence for a person.
package struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what to do.
    package let message: String

    /// The sentence.
    package var description: String { message }

    /// Makes an error.
    init(_ message: String) { self.message = message }
}

/// Finds the links and anchors of a document.
package enum DocumentReader {
    /// Finds the links and anchors of a document.
    ///
    /// In reStructuredText and text only the http and https URLs are found, those of literal blocks too. Markdown is GitHub's:
    /// code has no links, a reference is reported once, where its definition stands.
    ///
    /// - Parameters:
    ///   - bytes: The document. It is UTF-8, and bytes that are not become U+FFFD; HTML may have another charset.
    ///   - format: Its format.
    ///   - encoding: The charset that a Content-Type names (a label of WHATWG Encoding §4.2), for HTML; nil if none does.
    /// - Throws: ``DocumentError`` for Markdown where cmark-gfm is not installed.
    package static func scan(
        _ bytes: [UInt8], format: DocumentFormat, encoding: String? = nil
    ) throws(DocumentError) -> DocumentScan {
        switch format {
        case .html: HTMLDocument.scan(bytes, encoding: encoding)
        case .markdown: try MarkdownReader.scan(bytes)
        case .reStructuredText, .text: TextLinks.scan(bytes)
        }
    }
}
