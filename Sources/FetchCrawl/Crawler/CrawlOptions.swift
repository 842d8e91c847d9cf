package import FetchHTML
package import FetchHTTP
package import FetchScheduling

/// The options of a crawl: its extent and its manners.
package struct CrawlOptions: Sendable {
    /// The source of sitemaps.
    package enum Sitemaps: Sendable, Hashable {
        /// No sitemaps are read.
        case none
        /// From the robots.txt of the seeds' origins, and their `/sitemap.xml`.
        case discovered
        /// These sitemaps.
        case given([FetchURL])
    }

    /// The URLs that the crawl starts from.
    package var seeds: [FetchURL]
    /// The URLs that belong to the crawl.
    package var scope: Scope
    /// The maximum number of links between a seed and a page.
    package var maxDepth = 5
    /// The maximum number of pages.
    package var maxPages = 10_000
    /// Most pages of an origin; nil for no bound of its own.
    package var maxPagesPerOrigin: Int?
    /// Whether robots.txt is obeyed.
    package var obeysRobots = true
    /// Whether `nofollow` of a page, a link or an X-Robots-Tag is obeyed.
    package var obeysNofollow = false
    /// The product token of the crawler in robots.txt, in `<meta name=…>` and in X-Robots-Tag.
    package var agent = "fetchall"
    /// The source of sitemaps.
    package var sitemaps = Sitemaps.none
    /// Whether only URLs of sitemaps are fetched, and no links are followed.
    package var sitemapsOnly = false
    /// Time between the end of a request to an origin and the next; more where the origin's Crawl-delay asks for it.
    package var delay: Duration = .zero
    /// The maximum Crawl-delay that is obeyed.
    var longestDelay: Duration = .seconds(30)
    /// The maximum number of requests in flight.
    package var maxConcurrent = 10
    /// Maximum concurrent requests to an origin.
    package var maxPerOrigin = 2
    /// The limits of certain hosts; the scheduler keeps them, but for the number of requests that a lease may have.
    package var hosts: HostLimits?
    /// Whether images, scripts and style sheets are fetched as well.
    package var requisites = false
    /// Whether links out of scope are checked, to find the broken ones.
    package var checksLinks = false
    /// Whether URLs that are not fetched get a record.
    package var showsSkipped = false
    /// Whether and when a failed fetch is repeated.
    package var retry = RetryPolicy()
    /// The statuses that count as a success.
    package var accept = StatusSet.success
    /// The maximum number of consecutive redirects; nil to follow none.
    package var maxRedirects: Int? = 10
    /// Most bytes of a sitemap as it comes over the wire; the limit of the protocol by default, more than a page may
    /// have.
    package var maxSitemapSize = SitemapReader.Limits().bytes
    /// The headers of every request; all but harmless ones are sent to the seeds' origins only, and credentials among them to
    /// the first seed's.
    package var headers: HeaderFields {
        get { credentials.fields }
        set { credentials = CredentialScope(newValue) }
    }
    /// The headers, and who gets which of them.
    package var credentials = CredentialScope(HeaderFields())
    /// The maximum time of the whole run.
    package var deadline: Duration?
    /// How long requests in flight may continue after an interruption.
    var grace: Duration = .milliseconds(1500)
    /// The limits that detect endless sites.
    package var traps = TrapDetector.Limits()

    /// The defaults for these seeds.
    package init(seeds: [FetchURL], scope: Scope? = nil) {
        self.seeds = seeds
        self.scope = scope ?? Scope(seeds: seeds)
    }

    /// Whether skipped links must be stored.
    var keepsSkipped: Bool { showsSkipped }
}
