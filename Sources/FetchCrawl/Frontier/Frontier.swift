package import FetchHTTP

/// What a crawl still has to visit, what it has visited, and what is in flight: the one thing that has to survive it.
///
/// A URL is known by its origin and a 64-bit fingerprint; it is queued at most once. Origins are leased, not URLs: a
/// lease gives its holder an origin for a time, so that nobody else speaks to that origin meanwhile. An ended lease or
/// one whose time is over gives its unfinished URLs back, and a report with an old token changes nothing.
///
/// All times are milliseconds since 1970 and passed in. The order inside an origin is first come, first served; between
/// origins the one that may be visited first comes first.
package protocol Frontier: Sendable {
    /// Of these fingerprints those that are not known, by their indices: a shortcut from memory. It may name one that is
    /// known after all, never the other way round; ``take(_:now:ttl:)`` decides.
    func unknown(_ fingerprints: [UInt64]) async throws(FetchError) -> [Int]

    /// Takes a turn: links, reports, and what is wanted, in this order and either all or nothing of it.
    ///
    /// - Parameters:
    ///   - turn: What happened.
    ///   - now: The time.
    ///   - ttl: How long a lease lasts without a report, in milliseconds.
    func take(_ turn: FrontierTurn, now: Int64, ttl: Int64) async throws(FetchError) -> FrontierAnswer

    /// Ends the leases whose time is over; gives how many URLs went back to their queues.
    func reap(now: Int64) async throws(FetchError) -> Int

    /// When there is something to lease.
    func nextWake(now: Int64) async throws(FetchError) -> FrontierWake

    /// How many URLs are in each state.
    func counts() async throws(FetchError) -> FrontierCounts

    /// All URLs, at most so many at a time, in an order of the frontier's own.
    ///
    /// - Parameters:
    ///   - position: Where the last call ended; nil to begin.
    ///   - limit: How many at most.
    func scan(after position: ScanPosition?, limit: Int) async throws(FetchError) -> FrontierPage

    /// What is known of a URL.
    func find(_ key: PageKey) async throws(FetchError) -> FrontierRecord?

    /// The pages that link to a URL, at most so many, as far as links were kept.
    func referrers(of key: PageKey, limit: Int) async throws(FetchError) -> [String]
}

/// When a frontier has something to lease.
package enum FrontierWake: Sendable, Hashable {
    /// Now.
    case now
    /// At this time, in milliseconds since 1970.
    case at(Int64)
    /// When somebody gives a lease back.
    case waitingForLeases
    /// Never in this run: nothing is queued, or only for origins that are parked.
    case finished
}

/// How many URLs of a crawl are in each state. Their sum is what is known.
package struct FrontierCounts: Sendable, Hashable {
    /// Those that wait.
    package var queued = 0
    /// Those that a holder of a lease has.
    var leased = 0
    /// Those with an answer.
    var done = 0
    /// Those without one.
    var failed = 0
    /// Those that are not fetched.
    var dropped = 0
    /// Origins with something queued that nobody has leased.
    var waitingOrigins = 0

    /// Nothing is known.
    init() {}

    /// All URLs.
    var known: Int { queued + leased + done + failed + dropped }
}

/// Where a scan has come to.
package struct ScanPosition: Sendable, Hashable {
    var sequence: Int64
}

/// A part of a scan.
package struct FrontierPage: Sendable {
    /// URLs.
    var records: [FrontierRecord]
    /// Where to go on; nil at the end.
    var next: ScanPosition?
}

/// What a frontier knows of a URL.
package struct FrontierRecord: Sendable {
    /// The states of a URL. The raw value is stored.
    package enum State: Int, Sendable, Hashable {
        case queued = 0
        case leased = 1
        case done = 2
        case failed = 3
        case dropped = 4
    }

    /// Its number, in the order URLs were found; 0 for one that was never in question.
    var sequence: Int64
    /// The URL.
    package var url: FetchURL
    /// The fingerprint of its canonical form.
    var fingerprint: UInt64
    /// Where it stands.
    package var state: State
    /// Links between a seed and it.
    package var depth: Int
    /// What it is visited for.
    var kind: VisitKind
    /// Why it was dropped.
    package var reason: SkipReason?
    /// The status of its answer.
    package var status: Int?
    /// The URL of the page it was found on.
    package var parent: String?
    /// Attempts that failed.
    package var tries: Int
    /// When its origin may be visited next, in milliseconds since 1970.
    var originDue: Int64
}

extension Frontier {
    /// Adds candidates; gives how many were new.
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
