/// A link of a document: what it leads to, as it is written, and where it stands.
package struct DocumentLink: Sendable, Hashable {
    /// The target as it is written, with references of the format (`&amp;`) decoded, not resolved, not trimmed.
    package var target: String
    /// The line of the target in the document, from 1.
    package var line: Int
    /// The column of the target in its line, in characters (Unicode scalars), from 1.
    package var column: Int
    /// The text of the link, with blanks joined, at most 200 characters; empty for an image, a script and the like.
    package var text: String
    /// Whether a person follows it. If not, the page loads it: an image, a style, a script, a frame.
    package var isPage: Bool
    /// Whether it has `rel=nofollow`.
    package var isNofollow: Bool

    package init(
        target: String, line: Int, column: Int, text: String = "", isPage: Bool = true, isNofollow: Bool = false
    ) {
        self.target = target
        self.line = line
        self.column = column
        self.text = text
        self.isPage = isPage
        self.isNofollow = isNofollow
    }
}

/// What the link checker needs to know of a document.
package struct DocumentScan: Sendable, Equatable {
    /// All links, in the order of the document, also those that occur several times.
    package var links: [DocumentLink] = []
    /// What a fragment may name: the values of `id` and of `name` of an `a`, and the slugs of headings in Markdown.
    package var anchors: Set<String> = []
    /// The `href` of the first `base` as it is written; nil without one.
    package var base: String?

    package init() {}
}
