import DequeModule

/// A crawl while it runs: where everything that happens to it comes together.
struct CrawlRun<Output: CrawlOutput> {
    /// A page that was fetched and is to be read.
    struct Fetched {
        var origin: Int64
        var url: QueuedURL
        var rules: RobotsRules?
        var outcome: Outcome
    }

    /// What a URL that is to be tried again has behind it.
    struct Retries {
        /// When its first attempt of this run started.
        var since: Int64
        /// Attempts that the server asked to repeat, which count as none.
        var uncharged = 0
    }

    /// How long results may wait to be kept while there is more to read.
    static var longestTurn: Int64 { 50 }
    /// How long a lease lasts without a report, in milliseconds.
    static var leaseTime: Int64 { 3_600_000 }

    let crawler: Crawler
    let options: CrawlOptions
    let reader: PageReader
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
    var held: [String: String] = [:]
    /// Origins whose robots.txt names a sitemap.
    var vouched: [UInt64: Set<String>] = [:]
    /// Origins of which it was said that their budget is spent.
    var said: Set<String> = []
    /// Skipped URLs that were counted.
    var skipped = FingerprintTable(keepsNumbers: false)
    var pending = Deque<Fetched>()
    var actions: [CrawlAction] = []
    var stored: [Int64: StoredRobots] = [:]
    var attempts: [Int64: Int] = [:]
    var asking: Set<Int64> = []
    /// URLs that failed in this run and are to be tried again.
    var retries: [UInt64: Retries] = [:]
    var isTurnDue = true
    var lastTurn: Int64 = 0
    var timer: Int64?
    var isOver = false
    var counts: FrontierCounts
    /// The wall clock when the run began, and the monotonic one: times never jump.
    private let epoch: (wall: Int64, since: Duration)

    init(_ crawler: Crawler, output: Output, records: Int) async throws(OutputFailure) {
        self.crawler = crawler
        self.output = output
        self.records = records
        options = crawler.options
        reader = PageReader(options)
        keeper = RobotsKeeper(options)
        epoch = (crawler.time.wallMilliseconds(), crawler.time.now())
        counts = try await Self.io { () async throws(FetchError) in try await crawler.frontier.counts() }
        var limits = LeaseTable.Limits()
        limits.total = options.maxConcurrent
        limits.perOrigin = options.maxPerOrigin
        limits.pages = options.maxPages
        limits.pagesPerOrigin = options.maxPagesPerOrigin ?? .max
        limits.countsUnkept = crawler.isDurable
        leases = LeaseTable(limits: limits, finished: counts.done + counts.failed)
        // 365.2425 days: near enough for a trap detector.
        judge = LinkJudge(options, year: 1970 + Int(epoch.wall / 31_556_952_000))
    }

    /// The time, in milliseconds since 1970.
    var now: Int64 { epoch.wall + (crawler.time.now() - epoch.since).wholeMilliseconds }

    /// Whether there is something to do without waiting.
    var isBusy: Bool { !pending.isEmpty || isTurnDue || isOver }

    /// How it ended.
    var result: CrawlResult {
        CrawlResult(
            summary: summary, counts: counts, stop: crawler.scheduler.stop.reason,
            isBudgetSpent: leases.isBudgetSpent && counts.queued > 0)
    }

    /// Queues the seeds, and reads an earlier run's URLs into the trap detector.
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
                // A seed, or where the redirect of one led.
                if record.depth == 0, record.kind == .page { judge.insert(record.url) }
            }
            position = page.next
        } while position != nil
    }

    // MARK: Events

    /// Takes what happened.
    mutating func receive(_ events: [CrawlEvent]) {
        for event in events {
            switch event {
            case .fetched(let slot, let outcome):
                let isWarning = Self.concernsOrigin(outcome)
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

    /// Starts what may start. Called before anything is read, so that the network has work meanwhile.
    mutating func fill() {
        while true {
            var forbidden: [(LeaseTable.Visit, QueuedURL, RobotsRule?)] = []
            let start = leases.start { forbidden.append(($0, $1, $2)) }
            for (_, url, rule) in forbidden {
                isTurnDue = true
                do throws(OutputFailure) {
                    try forbid(url, rule)
                } catch {
                    failure = error
                }
            }
            guard let start else { break }
            actions.append(.fetch(slot: start.slot, start.url))
        }
    }

    /// What could not be written while requests were started.
    private var failure: OutputFailure?

    /// Takes the actions out.
    mutating func takeActions() -> [CrawlAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    /// Reads a page, and takes a turn if it is time.
    mutating func step() async throws(OutputFailure) {
        if let failure { throw failure }
        if let fetched = pending.popFirst() {
            isTurnDue = true
            try await read(fetched)
            leases.complete(fetched.origin, isWarning: Self.concernsOrigin(fetched.outcome))
        }
        let isFull = crawler.isDurable && leases.unkept * 4 >= options.maxConcurrent
        guard isTurnDue,
            pending.isEmpty || isFull || turn.candidates.count > 5000 || now - lastTurn >= Self.longestTurn
        else { return }
        try await takeTurn()
    }

    /// Runs a call of the frontier; what it cannot do ends the crawl.
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
