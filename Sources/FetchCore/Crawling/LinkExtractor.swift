/// What is to be known of a page for a crawl.
public struct ExtractedLinks: Sendable {
    /// The links in the order of the page; the same URL with the same kind comes once.
    public var links: [Link] = []
    /// The text of the first title element, white space collapsed, at most 1,000 characters; nil if there is none.
    public var title: String?
    /// What `<meta name=robots>`, or one named like the crawler, says.
    public var robots = RobotsDirectives()
    /// The first meta refresh: after so long, to this URL (the page itself if it names none).
    public var refresh: Refresh?
    /// How many attributes hold text that is no http(s) URL: `mailto:`, `javascript:`, broken ones.
    public var skipped = 0
    /// Whether a limit of the options cut something off.
    public var isTruncated = false

    /// A page that says where to go on.
    public struct Refresh: Sendable, Hashable {
        /// After so long.
        public let delay: Duration
        /// Where to.
        public let url: FetchURL
    }

    /// A page without anything.
    public init() {}
}

/// Finds the links of an HTML page.
public enum LinkExtractor {
    /// What is looked for, and how much.
    public struct Options: Sendable {
        /// Images, scripts, style sheets as well.
        public var requisites = false
        /// Bytes of a page that are read.
        public var maximumBytes = 16 << 20
        /// Links of a page that are kept.
        public var maximumLinks = 200_000
        /// The crawler's name in `<meta name=…>`.
        public var agent = "fetchall"

        /// The defaults.
        public init() {}
    }

    /// Whether a body of this Content-Type is a page: `text/html` or `application/xhtml+xml`; nil counts as a page.
    public static func isPage(contentType: String?) -> Bool {
        guard let contentType else { return true }
        let type = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        return type.isEmpty || type == "text/html" || type == "application/xhtml+xml"
    }

    /// Extracts.
    ///
    /// The charset is that of the byte order mark, else of the header, else of the first meta element, else UTF-8 where
    /// the bytes allow it and windows-1252 where not. Paths and queries are percent-encoded from UTF-8 whatever the
    /// charset of the page (the standard would encode queries in it, which few servers expect).
    ///
    /// - Parameters:
    ///   - bytes: The body, decoded from its content coding.
    ///   - base: The URL of the answer, after redirects.
    ///   - contentType: The Content-Type field, for its charset.
    ///   - options: What is looked for.
    public static func extract(
        _ bytes: [UInt8], base: FetchURL, contentType: String?, options: Options = Options()
    ) -> ExtractedLinks {
        let mark = CharacterEncoding.mark(of: bytes[...])?.encoding
        let declared = mark ?? contentType.flatMap(CharacterEncoding.parameter)
        var result: ExtractedLinks
        if let declared, !declared.holdsASCII {
            result = extract(transcoded(bytes, declared, options), .utf8, base, options)
        } else {
            result = extract(bytes, declared, base, options)
        }
        if bytes.count > options.maximumBytes { result.isTruncated = true }
        return result
    }

    private static func extract(
        _ bytes: [UInt8], _ declared: CharacterEncoding?, _ document: FetchURL, _ options: Options
    ) -> ExtractedLinks {
        let scan = PageScan(bytes, options: options)
        let encoding = declared ?? scan.encoding
        if let encoding, !encoding.holdsASCII {
            return extract(transcoded(bytes, encoding, options), .utf8, document, options)
        }
        let text = PageText(bytes: bytes, encoding: encoding)
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
