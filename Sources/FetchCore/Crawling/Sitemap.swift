/// What a sitemap, a feed or a list of URLs holds (sitemaps.org protocol 0.9, RSS 2.0, RFC 4287).
public struct Sitemap: Sendable {
    /// What the file turned out to be.
    public enum Kind: String, Sendable, Hashable { case index, urlset, text, rss, atom, unknown }

    /// A URL of it.
    public struct Entry: Sendable, Hashable {
        /// The URL, absolute.
        public let url: FetchURL
        /// The text of lastmod, pubDate or updated, not judged; nil if there is none.
        public let lastModified: String?

        /// Makes an entry.
        public init(url: FetchURL, lastModified: String? = nil) {
            self.url = url
            self.lastModified = lastModified
        }
    }

    /// What it is. The entries of an ``Kind/index`` are sitemaps, those of all others pages.
    public var kind = Kind.unknown
    /// Its URLs in order, each once.
    public var entries: [Entry] = []
    /// How many URLs were left out because they are no http(s) URL, or belong to another site than the sitemap may speak for.
    public var skipped = 0
    /// What is wrong with it, in words; nil if nothing. ``entries`` holds what came before.
    public var problem: String?

    /// An empty one.
    public init() {}
}
