import FetchHTTP

/// Decides which URLs a sitemap may cover (sitemaps.org, "Sitemap file location" and "Sitemaps & Cross Submits").
struct SitemapRule {
    private let host: String
    private let port: Int?
    private let folder: String
    private let vouched: Set<String>

    init(sitemap url: FetchURL, vouched: Set<String>) {
        host = url.host
        port = url.port
        folder = String(url.path[...(url.path.lastIndex(of: "/") ?? url.path.startIndex)])
        self.vouched = vouched
    }

    /// Whether an entry counts. http and https are one site here, because the same operator serves both.
    func allows(_ url: FetchURL, in kind: Sitemap.Kind) -> Bool {
        if vouched.contains(url.host) { return true }
        guard url.host == host, url.port == port else { return false }
        return kind == .index || url.path.hasPrefix(folder)
    }
}
