/// What a robots.txt says to one crawler (RFC 9309).
public struct RobotsPolicy: Sendable {
    /// How many bytes of a robots.txt are read (RFC 9309 §2.5: at least 500 KiB).
    public static let byteLimit = 512_000

    /// Everything may be fetched: the file is missing (RFC 9309 §2.3.1.3).
    public static let allowAll = RobotsPolicy(parsing: [], agent: "")
    /// Nothing may be fetched: the file cannot be had (RFC 9309 §2.3.1.4).
    public static let disallowAll = RobotsPolicy(parsing: Array("User-agent: *\nDisallow: /\n".utf8), agent: "")

    /// The Crawl-delay of the crawler's group, not capped (not in the RFC; seconds, a fraction allowed).
    public let crawlDelay: Duration?
    /// The values of all Sitemap lines, in order, as they stand (RFC 9309 §2.2.4).
    public let sitemaps: [String]

    /// Reads a robots.txt; whatever it is, there are rules or none, never an error.
    ///
    /// - Parameters:
    ///   - bytes: The body as it came (UTF-8; BOM, CR, LF and CRLF are understood). Bytes beyond ``byteLimit`` are not read.
    ///   - agent: The crawler's product token, `fetchall` (RFC 9309 §2.2.1); compared without case.
    public init(parsing bytes: [UInt8], agent: String) {
        crawlDelay = nil
        sitemaps = []
    }

    /// Judges a URL by its path and query; the authority is the caller's business.
    public func verdict(for url: FetchURL) -> RobotsVerdict {
        RobotsVerdict(isAllowed: true, rule: nil)
    }
}
