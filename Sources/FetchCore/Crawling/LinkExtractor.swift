/// What is to be known of a page for a crawl.
public struct ExtractedLinks: Sendable {
    /// The links in the order of the page; the same URL with the same kind comes once.
    public var links: [Link] = []
    /// The text of the first title element, white space collapsed, at most 1,000 characters; nil if there is none.
    public var title: String?
    /// What `<meta name=robots>`, or one named like the crawler, says.
    public var robots = RobotsDirectives()
    /// The first meta refresh: after so long, to this URL (the page itself if it names none).
    public var refresh: (delay: Duration, url: FetchURL)?
    /// How many attributes hold text that is no http(s) URL: `mailto:`, `javascript:`, broken ones.
    public var skipped = 0
    /// Whether a limit of the options cut something off.
    public var isTruncated = false

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
    public static func isPage(contentType: String?) -> Bool { true }

    /// Extracts.
    ///
    /// - Parameters:
    ///   - bytes: The body, decoded from its content coding.
    ///   - base: The URL of the answer, after redirects.
    ///   - contentType: The Content-Type field, for its charset.
    ///   - options: What is looked for.
    public static func extract(
        _ bytes: [UInt8], base: FetchURL, contentType: String?, options: Options = Options()
    ) -> ExtractedLinks { ExtractedLinks() }
}
