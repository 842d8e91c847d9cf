/// Reads a sitemap piece by piece, as it arrives.
///
/// Not Sendable: it belongs to whoever reads the body. ``finish()`` must be called, once.
public final class SitemapReader {
    /// The limits of the protocol.
    public struct Limits: Sendable {
        /// Bytes after decompression (sitemaps.org: 50 MB).
        public var bytes = 52_428_800
        /// URLs (sitemaps.org: 50,000).
        public var urls = 50_000
        /// The protocol's numbers.
        public init() {}
    }

    /// Starts.
    ///
    /// - Parameters:
    ///   - url: Where the sitemap comes from: relative URLs resolve against it, and it may only speak for its own host,
    ///     in and below its own folder (sitemaps.org, "Sitemap file location").
    ///   - vouched: Hosts (`example.org`) whose robots.txt names this sitemap: it may speak for them, whole.
    public init(url: FetchURL, vouched: Set<String> = [], limits: Limits = Limits()) {}

    /// Takes a piece of the body, gzip or not.
    ///
    /// - Returns: Whether more is wanted; false after a limit or an error that nothing can follow.
    @discardableResult
    public func push(_ piece: ArraySlice<UInt8>) -> Bool { false }

    /// Ends it and gives what was found.
    public func finish() -> Sitemap { Sitemap() }

    /// Reads a whole body.
    public static func read(_ bytes: [UInt8], url: FetchURL, vouched: Set<String> = []) -> Sitemap {
        let reader = SitemapReader(url: url, vouched: vouched)
        reader.push(bytes[...])
        return reader.finish()
    }
}
