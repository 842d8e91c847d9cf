package import FetchHTTP

/// What the targets of a document's links are resolved against.
package struct LinkContext: Sendable, Hashable {
    /// A document whose links are read.
    package enum Document: Sendable, Hashable {
        /// The URL of the response, after redirects.
        case url(FetchURL)
        /// The path of a file; as `ByteText` if it is not UTF-8.
        case file(String)
    }

    /// The document.
    package var document: Document
    /// The `href` of its first `base` element as it is written; nil without one.
    package var base: String?
    /// The folder that `/x` of a file is resolved against; nil if there is none.
    package var rootDirectory: String?
    /// The URL at which the root directory is published. With it, the relative links of a file are URLs: the file has this
    /// URL and its path below the root directory. Without a root directory it is the URL of the file itself.
    package var baseURL: FetchURL?

    /// Makes a context.
    package init(
        document: Document, base: String? = nil, rootDirectory: String? = nil, baseURL: FetchURL? = nil
    ) {
        self.document = document
        self.base = base
        self.rootDirectory = rootDirectory
        self.baseURL = baseURL
    }
}
