/// The content of a sitemap, a feed or a list of URLs (sitemaps.org protocol 0.9, RSS 2.0, RFC 4287).
public struct Sitemap: Sendable {
    /// The kind of the file.
    public enum Kind: String, Sendable, Hashable { case index, urlset, text, rss, atom, unknown }

    /// A URL of the file.
    public struct Entry: Sendable, Hashable {
        /// The absolute URL.
        public let url: FetchURL
        /// The text of lastmod, pubDate or updated, unchecked; nil without one.
        public let lastModified: String?

        /// Makes an entry.
        public init(url: FetchURL, lastModified: String? = nil) {
            self.url = url
            self.lastModified = lastModified
        }
    }

    /// The kind. The entries of an ``Kind/index`` are sitemaps, those of all other kinds are pages.
    public var kind = Kind.unknown
    /// Its URLs in order, each once.
    public var entries: [Entry] = []
    /// The number of URLs that were left out because they are not valid http(s) URLs, or belong to a site that the
    /// sitemap may not cover.
    public var skipped = 0
    /// What is wrong with it, in words; nil if nothing is. ``entries`` contains what came before.
    public var problem: String?

    /// An empty sitemap.
    public init() {}
}
