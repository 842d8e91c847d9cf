package import FetchHTTP

/// The results of URLs of a lease, and the future of the lease.
package struct LeaseReport: Sendable {
    /// The lease.
    var token: FencingToken
    /// The results of URLs.
    var results: [VisitResult]
    /// The number of further URLs wanted under the same lease.
    var wants: Int
    /// Whether the lease ends; its other URLs return to the head of the queue.
    var ends: Bool
    /// When the origin may be leased again, in milliseconds since 1970; nil leaves it as it is. ``parked`` for not before
    /// the crawl is taken up again.
    var nextDue: Int64?
    /// What to keep of the origin's robots.txt; nil leaves it as it is.
    var robots: StoredRobots?

    /// "Not in this run."
    static let parked = Int64.max

    /// Makes a report.
    package init(
        _ token: FencingToken, results: [VisitResult] = [], wants: Int = 0, ends: Bool = false, nextDue: Int64? = nil,
        robots: StoredRobots? = nil
    ) {
        self.token = token
        self.results = results
        self.wants = wants
        self.ends = ends
        self.nextDue = nextDue
        self.robots = robots
    }
}

/// The result of one URL of a lease.
package struct VisitResult: Sendable {
    /// The possible results.
    package enum Ending: Sendable, Hashable {
        /// It was fetched, whatever the status; the value is the end of its record in the output, in bytes.
        case done(status: Int, recordEnd: Int64)
        /// There was no response.
        case failed(recordEnd: Int64)
        /// It is not fetched after all.
        case dropped(SkipReason)
        /// It is retried, not before this time in milliseconds since 1970.
        case again(notBefore: Int64)
        /// It is not done, and is fetched again when the crawl is resumed.
        case later
    }

    /// The URL.
    var fingerprint: UInt64
    /// The result.
    var ending: Ending
    /// Whether it counts towards the maximum number of pages; a sitemap does not.
    var isPage = true
    /// Whether its record is not ok.
    var isFailed = false
    /// The file that has its body, relative to the output directory; nil for none.
    var file: String?

    /// Makes a result.
    package init(_ fingerprint: UInt64, _ ending: Ending) {
        self.fingerprint = fingerprint
        self.ending = ending
    }

    /// Whether it is the end of a page: one of the maximum number.
    var isFinishedPage: Bool {
        switch ending {
        case .done, .failed: isPage
        case .dropped, .again, .later: false
        }
    }
}

/// A URL that has a record which is not that of a fetch: a broken link, a seed that could not be fetched in this run.
struct ReportedURL: Sendable {
    /// The URL.
    var key: PageKey
    /// The end of the record in the output, in bytes.
    var recordEnd: Int64
}

/// What a crawl reports to its frontier in one turn, so that a durable one needs a single transaction: links first,
/// then completed URLs, then requests for leases.
package struct FrontierTurn: Sendable {
    /// The found URLs.
    var candidates: [Candidate] = []
    /// Found URLs that are left out; stored for ``Frontier/find(_:)`` only.
    var skipped: [Candidate] = []
    /// Links of pages, for the link checker.
    var links: [PageLink] = []
    /// URLs that got a record beside those of leases.
    var reported: [ReportedURL] = []
    /// The results of leases.
    package var reports: [LeaseReport] = []
    /// How many origins are wanted.
    var origins = 0
    /// The number of URLs wanted of each.
    var perOrigin = 0
    /// How far the output is written.
    var output: OutputMark?

    /// An empty turn.
    package init() {}
}

/// A link from one page to another.
struct PageLink: Sendable, Hashable {
    /// The page that contains it.
    var from: PageKey
    /// The target.
    var to: PageKey

    /// Makes a link.
    init(from: PageKey, to: PageKey) {
        self.from = from
        self.to = to
    }
}

/// How far the output of a crawl is written.
package struct OutputMark: Sendable, Hashable {
    /// The file, as the user named it; empty for standard output.
    package var file: String
    /// The number of bytes of complete records.
    package var bytes: Int64
    /// The number of records in all files of the crawl.
    package var records: Int

    /// Makes a mark.
    package init(file: String = "", bytes: Int64 = 0, records: Int = 0) {
        self.file = file
        self.bytes = bytes
        self.records = records
    }
}

/// The results of a turn.
package struct FrontierAnswer: Sendable {
    /// The number of new candidates.
    var added = 0
    /// Further URLs for leases that continue.
    var more: [FencingToken: [QueuedURL]] = [:]
    /// New leases.
    var leases: [OriginLease] = []
    /// Leases whose report came too late; nothing of it was stored.
    var stale: [FencingToken] = []

    /// Empty results.
    init() {}
}
