import FetchHTML
import FetchHTTP
import DequeModule

/// The origins that a crawl has leased, what is in flight to them, and whose turn it is. Pure: leases and endings in,
/// starts and reports out.
///
/// An origin with a delay gets one request at a time and is given back after it, so that a wait holds nothing. All others
/// keep their lease and are refilled as long as they have URLs.
struct LeaseTable {
    /// The limits of requests in flight.
    struct Limits {
        var total = 10
        var perOrigin = 2
        /// The same for certain hosts; nil for none.
        var hosts: HostMap<Int>?
        var pages = Int.max
        var pagesPerOrigin = Int.max
        /// Whether an answer counts as in flight until it is kept, so that a crash repeats no more than that.
        var countsUnkept = false
    }

    /// A leased origin.
    struct Visit {
        let token: FencingToken
        let origin: String
        /// The maximum number of requests in flight to it.
        let maximum: Int
        var queue: Deque<QueuedURL>
        var inFlight = 0
        /// Requests that ended and whose response is not processed yet.
        var unread = 0
        /// Those of them that may speak of the whole origin: until they are read, nothing more starts for it.
        var warnings = 0
        /// Pages of the origin that are done.
        var finished: Int
        /// Its rules; nil while they are unknown.
        var rules: OriginRobots?
        var mayHaveMore = true
        var isClosing = false
        var nextDue: Int64?
        var robots: StoredRobots?
        var results: [VisitResult] = []
        var isInTurn = false

        /// Requests that started and are not complete.
        var open: Int { inFlight + unread }
    }

    /// A request that may start.
    struct Start {
        var slot: Int
        var origin: Int64
        var url: QueuedURL
        var rules: OriginRobots
    }

    let limits: Limits
    private(set) var visits: [Int64: Visit] = [:]
    private(set) var inFlight = 0
    /// Requests that ended and whose response is not processed yet.
    private(set) var unread = 0
    /// Responses that were processed, but that the frontier does not know yet.
    private(set) var unkept = 0
    /// Completed pages, including those of earlier runs.
    private(set) var finished: Int
    private var numbers: [String: Int64] = [:]
    private var turns = Deque<Int64>()
    private var slots: [Int: (origin: Int64, url: QueuedURL)] = [:]
    private var nextSlot = 0
    private var touched: Set<Int64> = []
    private(set) var isStopping = false
    /// Origins whose budget is spent, to be said aloud.
    var spent: [String] = []

    init(limits: Limits, finished: Int) {
        self.limits = limits
        self.finished = finished
    }

    /// Whether one more request may be in flight.
    private var hasRoom: Bool { inFlight + (limits.countsUnkept ? unread + unkept : 0) < limits.total }

    /// Whether no request may start any more in this run.
    var isBudgetSpent: Bool { finished >= limits.pages }

    /// How many more origins are worth a lease.
    var wantedOrigins: Int {
        isStopping || finished + inFlight + unread >= limits.pages ? 0 : max(0, limits.total * 2 - visits.count)
    }

    /// The number of URLs of an origin that one lease asks for.
    var perOrigin: Int { max(16, (limits.hosts?.values ?? []).reduce(limits.perOrigin, max) * 4) }

    /// Takes a new lease; its origin waits until ``open(_:_:)``.
    mutating func add(_ lease: OriginLease) {
        visits[lease.token.origin] = Visit(
            token: lease.token, origin: lease.origin, maximum: maximum(of: lease.origin), queue: Deque(lease.urls),
            finished: lease.finished, mayHaveMore: lease.urls.count >= perOrigin)
        numbers[lease.origin] = lease.token.origin
        touched.insert(lease.token.origin)
    }

    private func maximum(of origin: String) -> Int {
        guard let hosts = limits.hosts, let url = FetchURL(origin) else { return limits.perOrigin }
        return min(limits.total, hosts.value(forAuthority: url.authority.text) ?? limits.perOrigin)
    }

    /// Takes more URLs of a lease that goes on.
    mutating func add(_ urls: [QueuedURL], to origin: Int64, wanted: Int) {
        visits[origin]?.queue.append(contentsOf: urls)
        visits[origin]?.mayHaveMore = urls.count >= wanted
        touched.insert(origin)
        giveTurn(origin)
    }

    /// Whether there is nothing left to do for an origin, so that its lease can end.
    func isSpent(_ origin: Int64) -> Bool {
        guard let visit = visits[origin] else { return false }
        return visit.open == 0 && visit.queue.isEmpty && !visit.mayHaveMore && visit.rules != nil
    }

    /// A lease is over without our doing: what is in flight ends without a report.
    mutating func lose(_ origin: Int64) {
        if let visit = visits.removeValue(forKey: origin) { numbers[visit.origin] = nil }
    }

    /// New links of an origin were queued.
    mutating func noteLinks(of origin: String) {
        guard let number = numbers[origin] else { return }
        visits[number]?.mayHaveMore = true
        touched.insert(number)
    }

    /// The rules of an origin are known.
    mutating func open(_ origin: Int64, _ rules: OriginRobots) {
        visits[origin]?.rules = rules
        giveTurn(origin)
    }

    /// What to keep of an origin's robots.txt.
    mutating func keep(_ robots: StoredRobots, of origin: Int64) {
        visits[origin]?.robots = robots
        touched.insert(origin)
    }

    /// Starts nothing more of an origin; it may be leased again at this time.
    mutating func close(_ origin: Int64, until due: Int64?) {
        visits[origin]?.isClosing = true
        if let due, let visit = visits[origin] { visits[origin]?.nextDue = max(due, visit.nextDue ?? 0) }
        touched.insert(origin)
    }

    /// Starts no request at all any more.
    mutating func stop() {
        isStopping = true
        for origin in visits.keys { close(origin, until: nil) }
    }

    /// The next request that may start. Origins take turns; URLs that robots.txt forbids go to the closure instead.
    ///
    /// - Parameter isOver: Whether the run has to end: one look at rules that a server made slow can take a third of a second.
    mutating func start(
        unless isOver: () -> Bool = { false }, _ forbidden: (Visit, QueuedURL, RobotsRule?) -> Void
    ) -> Start? {
        while !isOver(), hasRoom, finished + inFlight + unread < limits.pages, let origin = turns.popFirst() {
            visits[origin]?.isInTurn = false
            guard let visit = visits[origin], mayStart(visit), let rules = visit.rules,
                let url = visits[origin]?.queue.popFirst()
            else { continue }
            touched.insert(origin)
            let verdict = rules.verdict(for: url)
            guard verdict.isAllowed else {
                var result = VisitResult(url.fingerprint, .dropped(.robots))
                result.isFailed = url.isSeed
                visits[origin]?.results.append(result)
                giveTurn(origin)
                forbidden(visit, url, verdict.rule)
                continue
            }
            visits[origin]?.inFlight += 1
            inFlight += 1
            nextSlot += 1
            slots[nextSlot] = (origin, url)
            giveTurn(origin)
            return Start(slot: nextSlot, origin: origin, url: url, rules: rules)
        }
        return nil
    }

    /// A request ended; gives what it was. The next may start immediately, but its origin is kept until
    /// ``complete(_:isWarning:)``.
    ///
    /// - Parameter isWarning: Whether the answer may ask for a pause of the whole origin: what started for it before the
    ///   answer is read would hold a permit that another origin could use.
    mutating func end(
        _ slot: Int, now: Int64, isWarning: Bool = false
    ) -> (origin: Int64, url: QueuedURL, rules: OriginRobots?)? {
        guard let (origin, url) = slots.removeValue(forKey: slot) else { return nil }
        inFlight -= 1
        unread += 1
        guard visits[origin] != nil else { return (origin, url, nil) }
        visits[origin]?.inFlight -= 1
        visits[origin]?.unread += 1
        if isWarning { visits[origin]?.warnings += 1 }
        touched.insert(origin)
        let rules = visits[origin]?.rules
        if let delay = rules?.delay, delay > 0 { close(origin, until: now + delay) }
        giveTurn(origin)
        return (origin, url, rules)
    }

    /// The answer of a request was read.
    mutating func complete(_ origin: Int64, isWarning: Bool = false) {
        unread -= 1
        unkept += 1
        visits[origin]?.unread -= 1
        if isWarning { visits[origin]?.warnings -= 1 }
        touched.insert(origin)
        // An answer that is no page of the budget, as one that is retried, makes room for the next of its origin.
        giveTurn(origin)
    }

    /// Records that the frontier knows all processed responses.
    mutating func recordAll() { unkept = 0 }

    /// What became of a URL.
    mutating func keep(_ result: VisitResult, of origin: Int64) {
        if result.isFinishedPage {
            finished += 1
            visits[origin]?.finished += 1
        }
        visits[origin]?.results.append(result)
        touched.insert(origin)
    }

    /// What to tell the frontier of the origins to which something happened.
    mutating func reports() -> [(report: LeaseReport, wants: Int)] {
        var reports: [(LeaseReport, Int)] = []
        for origin in touched {
            guard var visit = visits[origin] else { continue }
            if visit.finished >= limits.pagesPerOrigin, visit.open == 0, visit.rules != nil {
                visit.isClosing = true
                visit.nextDue = LeaseReport.parked
                if !visit.queue.isEmpty || visit.mayHaveMore { spent.append(visit.origin) }
            }
            let isEmpty = visit.queue.isEmpty && !visit.mayHaveMore && visit.rules != nil
            let ends = visit.open == 0 && (visit.isClosing || isEmpty || isBudgetSpent)
            let wants =
                !ends && !visit.isClosing && visit.mayHaveMore && visit.queue.count < perOrigin / 2
                ? perOrigin - visit.queue.count : 0
            guard ends || wants > 0 || !visit.results.isEmpty || visit.robots != nil else { continue }
            reports.append(
                (
                    LeaseReport(
                        visit.token, results: visit.results, wants: wants, ends: ends, nextDue: visit.nextDue,
                        robots: visit.robots), wants
                ))
            visit.results.removeAll()
            visit.robots = nil
            visits[origin] = visit
            if ends { lose(origin) }
        }
        touched.removeAll(keepingCapacity: true)
        return reports
    }

    private func mayStart(_ visit: Visit) -> Bool {
        guard !visit.isClosing, visit.warnings < 1, let rules = visit.rules, !visit.queue.isEmpty else { return false }
        return visit.inFlight < (rules.delay > 0 ? 1 : visit.maximum)
            && visit.finished + visit.open < limits.pagesPerOrigin
    }

    private mutating func giveTurn(_ origin: Int64) {
        guard let visit = visits[origin], !visit.isInTurn, mayStart(visit) else { return }
        visits[origin]?.isInTurn = true
        turns.append(origin)
    }
}
