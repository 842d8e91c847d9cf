/// What is crawled, how far, and with which manners.
public struct CrawlOptions: Sendable {
    /// Where sitemaps come from.
    public enum Sitemaps: Sendable, Hashable {
        /// Nobody looks for them.
        case none
        /// From the robots.txt of the seeds' origins, and their `/sitemap.xml`.
        case discovered
        /// From here.
        case given([FetchURL])
    }

    /// Where the crawl starts.
    public var seeds: [FetchURL]
    /// What belongs to it.
    public var scope: Scope
    /// Most links between a seed and a page.
    public var maxDepth = 5
    /// Most pages.
    public var maxPages = 10_000
    /// Most pages of an origin; nil for no bound of its own.
    public var maxPagesPerOrigin: Int?
    /// Whether robots.txt is obeyed.
    public var obeysRobots = true
    /// Whether `nofollow` of a page, a link or an X-Robots-Tag is obeyed.
    public var obeysNofollow = false
    /// The product token that robots.txt knows the crawl by.
    public var agent = "fetchall"
    /// Where sitemaps come from.
    public var sitemaps = Sitemaps.none
    /// Whether only what sitemaps name is fetched, and no link followed.
    public var sitemapsOnly = false
    /// Time between the end of a request to an origin and the next; more where the origin's Crawl-delay asks for it.
    public var delay: Duration = .zero
    /// The longest Crawl-delay that is obeyed.
    public var longestDelay: Duration = .seconds(30)
    /// Most requests in flight.
    public var maxConcurrent = 10
    /// Most requests in flight to an origin.
    public var maxPerOrigin = 2
    /// Whether images, scripts and style sheets are fetched as well.
    public var requisites = false
    /// Whether links out of scope are looked at, to find the broken ones.
    public var checksLinks = false
    /// Whether URLs that are not fetched get a record.
    public var showsSkipped = false
    /// Whether and when a failed fetch is repeated.
    public var retry = RetryPolicy()
    /// Statuses that count as a success.
    public var accept = StatusSet.success
    /// Most redirects one after the other; nil to follow none.
    public var maxRedirects: Int? = 10
    /// Most bytes of a sitemap as it comes over the wire; the limit of the protocol by default, more than a page may
    /// have.
    public var maxSitemapSize = SitemapReader.Limits().bytes
    /// Fields of every request; all but harmless ones go to the seeds' origins only.
    public var headers = HeaderFields()
    /// Most time of the whole run.
    public var deadline: Duration?
    /// How long requests in flight may go on after an interruption.
    public var grace: Duration = .milliseconds(1500)
    /// Limits that keep a crawl out of endless sites.
    public var traps = TrapDetector.Limits()

    /// The defaults for these seeds.
    public init(seeds: [FetchURL], scope: Scope? = nil) {
        self.seeds = seeds
        self.scope = scope ?? Scope(seeds: seeds)
    }

    /// Whether skipped links are worth being kept.
    var keepsSkipped: Bool { showsSkipped }
}
