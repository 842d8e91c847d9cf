package import FetchHTTP

/// The content of a sitemap, a feed or a list of URLs (sitemaps.org protocol 0.9, RSS 2.0, RFC 4287).
package struct Sitemap: Sendable {
    /// The kind of the file.
    package enum Kind: String, Sendable, Hashable { case index, urlset, text, rss, atom, unknown }

    /// A URL of the file.
    package struct Entry: Sendable, Hashable {
        /// The absolute URL.
        package let url: FetchURL
        /// The text of lastmod, pubDate or updated, unchecked; nil without one.
        let lastModified: String?

        /// Makes an entry.
        init(url: FetchURL, lastModified: String? = nil) {
            self.url = url
            self.lastModified = lastModified
        }
    }

    /// The kind. The entries of an ``Kind/index`` are sitemaps, those of all other kinds are pages.
    package var kind = Kind.unknown
    /// Its URLs in order, each once.
    package var entries: [Entry] = []
    /// The number of URLs that were left out because they are not valid http(s) URLs, or belong to a site that the
    /// sitemap may not cover.
    var skipped = 0
    /// The number of those that are valid, but of another host or directory.
    package var foreign = 0
    /// The first ten of them.
    package var foreignURLs: [FetchURL] = []
    /// What is wrong with it, in words; nil if nothing is. ``entries`` contains what came before.
    package var problem: String?
    /// Whether ``problem`` is that it has more bytes or URLs than a sitemap may have.
    package var isTooLarge = false

    /// An empty sitemap.
    init() {}
}
