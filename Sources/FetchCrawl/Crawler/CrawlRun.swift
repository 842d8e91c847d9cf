import FetchHTML
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import DequeModule

/// A running crawl, which receives all of its events.
struct CrawlRun<Output: CrawlOutput> {
    /// A fetched page that waits to be processed.
    struct Fetched {
        var origin: Int64
        var url: QueuedURL
        var rules: OriginRobots?
        var outcome: Outcome
    }

    /// The history of a URL that is retried.
    struct Retries {
        /// When its first attempt in this run started.
        var since: Int64
        /// Repetitions that the server asked for, which do not count as attempts.
        var uncharged = 0
    }

    /// The maximum delay of storing results while more pages wait.
    static var longestTurn: Int64 { 50 }
    /// The duration of a lease without a report, in milliseconds.
    static var leaseTime: Int64 { 3_600_000 }

    let crawler: Crawler
    let options: CrawlOptions
    let reader: CrawlResponseReader
    let keeper: RobotsKeeper
    var output: Output
    var leases: LeaseTable
    var judge: LinkJudge
    var summary = CrawlSummary()
    var turn = FrontierTurn()
    var records: Int
    /// Errors of this run, for the link checker.
    var errors: [UInt64: FetchError] = [:]
    /// Origins that are left alone in this run, and why.
    var held: [String: FetchError] = [:]
    /// Origins whose robots.txt names a sitemap.
    var vouched: [UInt64: Set<String>] = [:]
    /// The fingerprints of the URLs that redirected to a URL.
    var chains: [UInt64: [UInt64]] = [:]
    /// Origins of which it was said that their budget is spent.
    var said: Set<String> = []
    /// Pages that are left to the next run.
    var undone = FingerprintTable(keepsNumbers: false)
    /// Skipped URLs that were counted.
    var skipped = FingerprintTable(keepsNumbers: false)
    var pending = Deque<Fetched>()
    var actions: [CrawlAction] = []
    var stored: [Int64: StoredRobots] = [:]
    var attempts: [Int64: Int] = [:]
    var asking: Set<Int64> = []
    /// URLs that failed in this run and are retried.
    var retries: [UInt64: Retries] = [:]
    var isTurnDue = true
    var lastTurn: Int64 = 0
    var timer: Int64?
    var isOver = false
    var counts: FrontierCounts
    /// When reading pages ends, once the run has to end.
    private var lastMoment: Duration?
    /// When the run has to end, on the monotonic clock; nil for never.
    private let end: Duration?
    /// The wall clock at the start of the run, and the monotonic clock: times never jump.
    private let epoch: (wall: Int64, since: Duration)

    init(_ crawler: Crawler, output: Output, records: Int) async throws(OutputFailure) {
        self.crawler = crawler
        self.output = output
        self.records = records
        options = crawler.options
        reader = CrawlResponseReader(options)
        keeper = RobotsKeeper(options)
        epoch = (crawler.time.wallMilliseconds(), crawler.time.now())
        end = options.deadline.map { [epoch] in epoch.since + $0 }
        counts = try await Self.io { () async throws(FetchError) in try await crawler.frontier.counts() }
        var limits = LeaseTable.Limits()
        limits.total = options.maxConcurrent
        limits.perOrigin = options.maxPerOrigin
        limits.hosts = options.hosts?.maximum
        limits.pages = options.maxPages
        limits.pagesPerOrigin = options.maxPagesPerOrigin ?? .max
        limits.countsUnkept = crawler.isDurable
        leases = LeaseTable(limits: limits, finished: counts.pages)
        judge = LinkJudge(options)
    }

    /// The time in milliseconds since 1970.
    var now: Int64 { epoch.wall + (crawler.time.now() - epoch.since).wholeMilliseconds }

    /// Whether the run has to end. What takes long asks here: the event that says so is behind it on the same thread.
    var mustEnd: Bool { Self.mustEnd(crawler, end) }

    private static func mustEnd(_ crawler: Crawler, _ end: Duration?) -> Bool {
        if let end, crawler.time.now() >= end { crawler.scheduler.stop.stop(.deadline) }
        return crawler.scheduler.stop.reason != nil
    }

    /// Whether the run has to end and the pages that are there have had the time to be read.
    mutating func isLate() -> Bool {
        guard mustEnd else { return false }
        let now = crawler.time.now()
        let last = lastMoment ?? now + options.grace
        lastMoment = last
        return now >= last
    }

    /// Whether there is work without waiting.
    var isBusy: Bool { !pending.isEmpty || isTurnDue || isOver }

    /// Whether only a stop can end the wait for the next event: a fault of the crawler.
    var standsStill: Bool {
        !isBusy && leases.inFlight == 0 && asking.isEmpty && timer == nil && !leases.isStopping && failure == nil
            && !mustEnd
    }

    /// What to tell the user of that.
    var standstill: OutputFailure {
        let origins = leases.visits.values.map(\.origin).sorted()
        let place = origins.first.map { " of \($0)" } ?? ""
        return .failed(
            "the crawl stands still: \(counts.queued + counts.leased) URLs\(place) are left and nothing is in flight; this is a fault of fetchall, please report it"
        )
    }

    /// The result.
    var result: CrawlResult {
        CrawlResult(
            summary: summary, counts: counts, stop: crawler.scheduler.stop.reason,
            isBudgetSpent: leases.isBudgetSpent && counts.queued > 0)
    }

    /// Queues the seeds, and passes an earlier run's URLs to the trap detector.
    mutating func begin() async throws(OutputFailure) {
        if counts.known > 0 { try await replay() }
        for seed in options.seeds {
            let url = seed.plain
            if !options.sitemapsOnly { queue(url, kind: .page) }
            if options.sitemaps == .discovered, let sitemap = FetchURL(url.origin.serialization + "/sitemap.xml") {
                queue(sitemap, kind: .sitemap)
            }
        }
        if case .given(let sitemaps) = options.sitemaps {
            let hosts = Set(options.seeds.map(\.host))
            for sitemap in sitemaps {
                vouched[CanonicalURL(sitemap.plain).fingerprint] = hosts
                queue(sitemap.plain, kind: .sitemap)
            }
        }
    }

    mutating func queue(_ url: FetchURL, kind: VisitKind) {
        turn.candidates.append(
            Candidate(url: url, fingerprint: CanonicalURL(url).fingerprint, depth: 0, kind: kind))
    }

    private mutating func replay() async throws(OutputFailure) {
        var position: ScanPosition?
        repeat {
            let from = position
            let page = try await Self.io { [crawler] () async throws(FetchError) in
                try await crawler.frontier.scan(after: from, limit: 10_000)
            }
            for record in page.records {
                if record.state != .dropped { judge.replay(record.url) }
                // A seed, or the target of its redirect.
                if record.depth == 0, record.kind == .page { judge.insert(record.url) }
            }
            position = page.next
        } while position != nil
    }

    // MARK: Events

    /// Handles an event.
    mutating func receive(_ events: [CrawlEvent]) {
        for event in events {
            switch event {
            case .fetched(let slot, let outcome):
                let isWarning = ServerCondition(outcome) != nil
                guard let (origin, url, rules) = leases.end(slot, now: now, isWarning: isWarning) else { continue }
                pending.append(Fetched(origin: origin, url: url, rules: rules, outcome: outcome))
            case .robots(let id, let answer): receive(answer, of: id)
            case .woken:
                timer = nil
                isTurnDue = true
                if leases.isStopping { actions.append(.cancelAll) }
            case .stopped: stop()
            }
        }
    }

    private mutating func stop() {
        leases.stop()
        isTurnDue = true
        let isPatient = crawler.scheduler.stop.reason == .interrupted
        actions.append(isPatient ? .wake(after: options.grace) : .cancelAll)
    }

    /// Starts the requests that may start. Called before any page is processed, so that the network is busy meanwhile.
    mutating func fill() {
        while true {
            var forbidden: [(LeaseTable.Visit, QueuedURL, RobotsRule?)] = []
            let start = leases.start(unless: { [crawler, end] in Self.mustEnd(crawler, end) }) {
                forbidden.append(($0, $1, $2))
            }
            for (_, url, rule) in forbidden {
                isTurnDue = true
                do throws(OutputFailure) {
                    try forbid(url, rule)
                } catch {
                    failure = error
                }
            }
            guard let start else { break }
            actions.append(.fetch(slot: start.slot, visit(start)))
        }
    }

    /// The failure of writing records while requests were started.
    private var failure: OutputFailure?

    /// Removes the pending actions.
    mutating func takeActions() -> [CrawlAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    /// Processes a page, and takes a turn if it is time.
    mutating func step() async throws(OutputFailure) {
        if let failure { throw failure }
        if let fetched = pending.popFirst() {
            isTurnDue = true
            try await read(fetched)
            leases.complete(fetched.origin, isWarning: ServerCondition(fetched.outcome) != nil)
        }
        let isFull = crawler.isDurable && leases.unkept * 4 >= options.maxConcurrent
        guard isTurnDue,
            pending.isEmpty || isFull || turn.candidates.count > 5000 || now - lastTurn >= Self.longestTurn
        else { return }
        try await takeTurn()
    }

    /// Calls the frontier; its failure ends the crawl.
    static func io<Value: Sendable>(
        _ body: () async throws(FetchError) -> Value
    ) async throws(OutputFailure) -> Value {
        do throws(FetchError) {
            return try await body()
        } catch {
            throw .failed(error.message)
        }
    }
}
