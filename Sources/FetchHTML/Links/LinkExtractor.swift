package import FetchHTTP

/// What a crawl needs to know about a page.
package struct ExtractedLinks: Sendable {
    /// The links in the order of the page; each combination of URL and kind occurs once.
    package var links: [Link] = []
    /// The text of the first title element, with white space collapsed, at most 1,000 characters; nil without one.
    package var title: String?
    /// The directives of `<meta name=robots>`, or of one with the crawler's name.
    package var robots = RobotsDirectives()
    /// The first meta refresh: its delay and its URL (the page itself if it has none).
    var refresh: Refresh?
    /// The number of attributes whose text is not a valid http(s) URL: `mailto:`, `javascript:`, broken ones.
    var skipped = 0
    /// Whether a limit of the options cut something.
    var isTruncated = false

    /// The redirect of a page by meta refresh.
    struct Refresh: Sendable, Hashable {
        /// The delay.
        let delay: Duration
        /// The target.
        let url: FetchURL
    }

    /// Makes the result of an empty page.
    init() {}
}

/// Finds the links of an HTML page.
package enum LinkExtractor {
    /// What is extracted, and how much.
    package struct Options: Sendable {
        /// Whether images, scripts and style sheets are extracted too.
        package var requisites = false
        /// The maximum number of bytes that are read of a page.
        var maximumBytes = 16 << 20
        /// The maximum number of links of a page.
        var maximumLinks = 200_000
        /// The crawler's name in `<meta name=…>`.
        package var agent = "fetchall"

        /// The defaults.
        package init() {}
    }

    /// Whether a body with this Content-Type is a page: `text/html` or `application/xhtml+xml`; nil and what is not a
    /// type count as a page.
    package static func isPage(contentType: String?) -> Bool {
        guard let type = contentType.flatMap({ MIMEType(extractingFrom: $0) })?.essence else { return true }
        return type == "text/html" || type == "application/xhtml+xml"
    }

    /// Extracts the links of a page.
    ///
    /// The charset is that of the byte order mark, else of the header, else of the first meta element, else UTF-8 if
    /// the bytes are valid UTF-8, else windows-1252. Paths are percent-encoded from UTF-8 whatever the charset of the
    /// page, queries from the charset of the page (WHATWG HTML §2.4.2, encoding-parse a URL).
    ///
    /// - Parameters:
    ///   - bytes: The body, with its content encoding decoded.
    ///   - base: The URL of the response, after redirects.
    ///   - contentType: The Content-Type fields joined by commas, for their charset.
    ///   - options: What is extracted.
    package static func extract(
        _ bytes: [UInt8], base: FetchURL, contentType: String?, options: Options = Options()
    ) -> ExtractedLinks {
        let mark = CharacterEncoding.mark(of: bytes[...])?.encoding
        let declared = mark ?? contentType.flatMap(CharacterEncoding.parameter)
        var result: ExtractedLinks
        if let declared, !declared.holdsASCII {
            result = extract(transcoded(bytes, declared, options), .utf8, base, options, queries: declared)
        } else {
            result = extract(bytes, declared, base, options)
        }
        if bytes.count > options.maximumBytes { result.isTruncated = true }
        return result
    }

    private static func extract(
        _ bytes: [UInt8], _ declared: CharacterEncoding?, _ document: FetchURL, _ options: Options,
        queries: CharacterEncoding? = nil
    ) -> ExtractedLinks {
        let scan = PageScan(bytes, options: options)
        let encoding = declared ?? scan.encoding
        if let encoding, !encoding.holdsASCII {
            return extract(transcoded(bytes, encoding, options), .utf8, document, options, queries: encoding)
        }
        let text = PageText(bytes: bytes, encoding: encoding, queries: queries ?? encoding)
        var resolver = LinkResolver(text: text, document: document, baseValue: scan.base, limit: options.maximumLinks)
        for candidate in scan.candidates.all { resolver.add(candidate) }
        var result = resolver.result
        if scan.candidates.isTruncated { result.isTruncated = true }
        result.title = scan.title.flatMap(text.title)
        result.robots = scan.robots
        result.refresh = scan.refresh.flatMap(resolver.refresh)
        return result
    }

    private static func transcoded(_ bytes: [UInt8], _ encoding: CharacterEncoding, _ options: Options) -> [UInt8] {
        encoding.decode(
            bytes.prefix(options.maximumBytes).dropFirst(CharacterEncoding.mark(of: bytes[...])?.length ?? 0))
    }
}
