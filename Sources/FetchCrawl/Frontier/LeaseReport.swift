package import FetchHTTP

/// What became of URLs of a lease, and what is to become of the lease.
package struct LeaseReport: Sendable {
    /// The lease.
    var token: FencingToken
    /// What became of URLs.
    var results: [VisitResult]
    /// How many more URLs are wanted under the same lease.
    var wants: Int
    /// Whether the lease ends; its other URLs go back to the head of the queue.
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

/// What became of one URL of a lease.
package struct VisitResult: Sendable {
    /// The endings.
    package enum Ending: Sendable, Hashable {
        /// It was fetched, whatever the status; the end of its record in the output, in bytes.
        case done(status: Int, recordEnd: Int64)
        /// There is no answer.
        case failed(recordEnd: Int64)
        /// It is not fetched after all.
        case dropped(SkipReason)
        /// It is to be tried again, not before this time in milliseconds since 1970.
        case again(notBefore: Int64)
    }

    /// The URL.
    var fingerprint: UInt64
    /// What became of it.
    var ending: Ending

    /// Makes a result.
    package init(_ fingerprint: UInt64, _ ending: Ending) {
        self.fingerprint = fingerprint
        self.ending = ending
    }
}

/// What a crawl tells its frontier at once, so that a durable one needs a single transaction: links first, then what is
/// complete, then what is wanted next.
package struct FrontierTurn: Sendable {
    /// What was found.
    var candidates: [Candidate] = []
    /// What was found and is out of the question; kept for ``Frontier/find(_:)`` alone.
    var skipped: [Candidate] = []
    /// Links of pages, for the link checker.
    var links: [PageLink] = []
    /// What became of leases.
    package var reports: [LeaseReport] = []
    /// How many origins are wanted.
    var origins = 0
    /// How many URLs of each.
    var perOrigin = 0
    /// How far the output is written.
    var output: OutputMark?

    /// An empty turn.
    package init() {}
}

/// A link from a page to another.
struct PageLink: Sendable, Hashable {
    /// The page.
    var from: PageKey
    /// Where it leads.
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
    /// Bytes of whole records.
    package var bytes: Int64
    /// Records in all files of the crawl.
    package var records: Int

    /// Makes a mark.
    package init(file: String = "", bytes: Int64 = 0, records: Int = 0) {
        self.file = file
        self.bytes = bytes
        self.records = records
    }
}

/// What a turn gave.
package struct FrontierAnswer: Sendable {
    /// Candidates that were new.
    var added = 0
    /// More URLs for leases that go on.
    var more: [FencingToken: [QueuedURL]] = [:]
    /// New leases.
    var leases: [OriginLease] = []
    /// Leases whose report came too late; nothing of it was kept.
    var stale: [FencingToken] = []

    /// An empty answer.
    init() {}
}
