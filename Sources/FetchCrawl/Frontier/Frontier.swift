package import FetchHTTP

/// The URLs that a crawl still has to visit, has visited, and has in flight. It is the only part of a crawl that must
/// survive it.
///
/// A URL is known by its origin and a 64-bit fingerprint; it is queued at most once. Origins are leased, not URLs: a
/// lease gives its holder an origin for a time, so that no other process sends to that origin meanwhile. An ended lease or
/// one whose time is over gives its unfinished URLs back, and a report with an old token changes nothing.
///
/// All times are milliseconds since 1970 and passed in. The order inside an origin is first come, first served; between
/// origins the one that may be visited first comes first.
package protocol Frontier: Sendable {
    /// Whether other processes lease from it too.
    var isShared: Bool { get }

    /// Of these fingerprints those that are not known, by their indices: a shortcut from memory. It may name one that is
    /// known after all, never the other way round; ``take(_:now:ttl:)`` decides.
    func unknown(_ fingerprints: [UInt64]) async throws(FetchError) -> [Int]

    /// Takes a turn: links, reports, and requests for leases, in this order and completely or not at all.
    ///
    /// - Parameters:
    ///   - turn: The events.
    ///   - now: The time.
    ///   - ttl: The duration of a lease without a report, in milliseconds.
    func take(_ turn: FrontierTurn, now: Int64, ttl: Int64) async throws(FetchError) -> FrontierAnswer

    /// Ends the expired leases; returns how many URLs went back to their queues.
    func reap(now: Int64) async throws(FetchError) -> Int

    /// When a host can be leased.
    func nextWake(now: Int64) async throws(FetchError) -> FrontierWake

    /// The number of URLs in each state.
    func counts() async throws(FetchError) -> FrontierCounts

    /// All URLs in batches, in an order of the frontier's own.
    ///
    /// - Parameters:
    ///   - position: The end of the last batch; nil to start.
    ///   - limit: The maximum size of the batch.
    func scan(after position: ScanPosition?, limit: Int) async throws(FetchError) -> FrontierPage

    /// What is known about a URL.
    func find(_ key: PageKey) async throws(FetchError) -> FrontierRecord?

    /// The pages that link to a URL, up to a limit, as far as links were stored.
    func referrers(of key: PageKey, limit: Int) async throws(FetchError) -> [String]
}

/// When a frontier has a host to lease.
package enum FrontierWake: Sendable, Hashable {
    /// Now.
    case now
    /// At this time, in milliseconds since 1970.
    case at(Int64)
    /// When a lease is returned.
    case waitingForLeases
    /// Never in this run: nothing is queued, or only for origins that are parked.
    case finished
}

/// The number of URLs in each state. Their sum is the number of known URLs.
package struct FrontierCounts: Sendable, Hashable {
    /// Queued URLs.
    package var queued = 0
    /// URLs of leases.
    var leased = 0
    /// URLs with a response.
    var done = 0
    /// URLs without a response.
    var failed = 0
    /// URLs that are not fetched.
    var dropped = 0
    /// The sitemaps among those with and without a response.
    var sitemaps = 0
    /// Origins with queued URLs and no lease.
    var waitingOrigins = 0

    /// No URLs.
    init() {}

    /// All URLs.
    var known: Int { queued + leased + done + failed + dropped }
    /// Pages that are done or failed.
    var pages: Int { done + failed - sitemaps }
}

/// The position of a scan.
package struct ScanPosition: Sendable, Hashable {
    var sequence: Int64
}

/// A batch of a scan.
package struct FrontierPage: Sendable {
    /// URLs.
    var records: [FrontierRecord]
    /// The position of the next batch; nil at the end.
    var next: ScanPosition?
}

/// What a frontier knows about a URL.
package struct FrontierRecord: Sendable {
    /// The states of a URL. The raw value is stored.
    package enum State: Int, Sendable, Hashable {
        case queued = 0
        case leased = 1
        case done = 2
        case failed = 3
        case dropped = 4
    }

    /// Its number, in the order in which URLs were found; 0 for one that was never a candidate.
    var sequence: Int64
    /// The URL.
    package var url: FetchURL
    /// The fingerprint of its canonical form.
    var fingerprint: UInt64
    /// Its state.
    package var state: State
    /// The number of links between a seed and it.
    package var depth: Int
    /// Why it is visited.
    var kind: VisitKind
    /// Why it was dropped.
    package var reason: SkipReason?
    /// The status of its response.
    package var status: Int?
    /// The URL of the page that contains it.
    package var parent: String?
    /// The number of failed attempts.
    package var tries: Int
    /// When its origin may be visited next, in milliseconds since 1970.
    var originDue: Int64
    /// Whether it got a record as a ``ReportedURL``.
    var isReported = false
}

extension Frontier {
    /// One process has it to itself.
    package var isShared: Bool { false }

    /// Adds candidates; returns how many were new.
    @discardableResult
    package func enqueue(_ candidates: [Candidate], now: Int64 = 0) async throws(FetchError) -> Int {
        var turn = FrontierTurn()
        turn.candidates = candidates
        return try await take(turn, now: now, ttl: 0).added
    }

    /// Leases origins that may be visited now.
    package func lease(
        origins: Int, perOrigin: Int, now: Int64, ttl: Int64 = 600_000
    ) async throws(FetchError) -> [OriginLease] {
        var turn = FrontierTurn()
        turn.origins = origins
        turn.perOrigin = perOrigin
        return try await take(turn, now: now, ttl: ttl).leases
    }

    /// Reports on one lease; false when the lease was over.
    @discardableResult
    func complete(_ report: LeaseReport, now: Int64, ttl: Int64 = 600_000) async throws(FetchError) -> Bool {
        var turn = FrontierTurn()
        turn.reports = [report]
        return try await take(turn, now: now, ttl: ttl).stale.isEmpty
    }
}
