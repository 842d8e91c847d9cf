package import FetchHTML
package import FetchHTTP
package import FetchScheduling

/// What a link checker checks, and how.
package struct CheckOptions: Sendable {
    /// The pages that it starts from.
    package var seeds: [FetchURL]
    /// The documents in files.
    package var documents: [DocumentFinder.Document] = []
    /// A text whose URLs are checked: standard input; nil for none.
    package var text: [UInt8]?
    /// The pages that are read for their links.
    package var scope: Scope
    /// The maximum number of links between a seed and a page that is read; nil for no limit.
    package var maxDepth: Int?
    /// The maximum number of pages that are read.
    package var maxPages = 10_000
    /// If there are any, only links that match one of them are checked.
    package var include: [URLPattern] = []
    /// Links that match one of them are not checked.
    package var exclude: [URLPattern] = []
    /// The folder that `/x` in a file is resolved against.
    package var rootDirectory: String?
    /// The URL at which the root directory is published.
    package var baseURL: FetchURL?
    /// Whether nothing is sent.
    package var isOffline = false
    /// Whether links are listed and nothing is checked.
    package var onlyLists = false
    /// Whether fragments are judged on the pages and documents that are read.
    package var checksFragments = true
    /// Whether pages out of scope are read to judge fragments on them.
    package var readsForeignPages = false
    /// Whether a link to http is a warning.
    package var warnsOfHTTP = false
    /// Whether warnings are errors.
    package var isStrict = false
    /// Whether links that were not checked are findings too.
    package var showsSkipped = false
    /// Whether robots.txt of the hosts that are followed is obeyed.
    package var obeysRobots = true
    /// The product token of the checker in robots.txt.
    package var agent = "fetchall"
    /// The time between two requests to an origin that is followed; more where its Crawl-delay asks for it.
    package var delay: Duration = .zero
    /// How a robots.txt that cannot be fetched is asked for again.
    package var retry = RetryPolicy()
    /// The maximum number of consecutive redirects; nil to follow none.
    package var maxRedirects: Int? = 10
    /// The fields of requests, and who gets which of them.
    package var credentials = CredentialScope(HeaderFields())
    /// Another request that tells that a URL is sound, of a site with an API; nil for none.
    package var apiRequest: (@Sendable (FetchURL) -> Request?)?
    /// The maximum time of the whole run.
    package var deadline: Duration?
    /// How long requests in flight may continue after an interruption.
    package var grace: Duration = .milliseconds(1500)
    /// The maximum number of requests and documents that wait or run.
    package var window = 1024

    /// The defaults for these seeds.
    package init(seeds: [FetchURL], scope: Scope? = nil) {
        self.seeds = seeds
        self.scope = scope ?? Scope(seeds: seeds)
    }

    /// The options of a crawl with the same manners, for its rules about requests and robots.txt.
    var crawl: CrawlOptions {
        var options = CrawlOptions(seeds: seeds, scope: scope)
        options.obeysRobots = obeysRobots
        options.agent = agent
        options.delay = delay
        options.retry = retry
        options.credentials = credentials
        return options
    }

    /// The scheduler options of a check: the plan itself follows redirects, so that each URL of a chain is asked once, and
    /// it repeats at the end what timed out, so that a host that is down costs one timeout.
    ///
    /// - Parameters:
    ///   - options: The options of the user.
    ///   - maxHost: The maximum number of requests to one host; nil for the default.
    ///   - keepsKinds: Whether the user has said which failures are retried.
    package static func schedulerOptions(
        _ options: SchedulerOptions, maxHost: Int?, keepsKinds: Bool = false
    ) -> SchedulerOptions {
        var options = options
        options.redirects.maxRedirects = nil
        options.bodies = .memory
        options.maxPerAuthority = min(options.maxConcurrent, maxHost ?? 2)
        options.maxBodySize = options.maxBodySize ?? 16 << 20
        if !keepsKinds { options.retry.kinds.subtract([.connectTimedOut, .timedOut, .tooSlow]) }
        return options
    }
}
