import DequeModule

/// The hosts that a crawl has leased, what is in flight to them, and whose turn it is. Pure: leases and endings in,
/// starts and reports out.
///
/// A host with a delay gets one request at a time and is given back after it, so that a wait holds nothing. All others
/// keep their lease and are refilled as long as they have URLs.
struct LeaseTable {
    /// What may be in flight.
    struct Limits {
        var total = 10
        var perHost = 2
        var pages = Int.max
        var pagesPerHost = Int.max
        /// Whether an answer counts as in flight until it is kept, so that a crash repeats no more than that.
        var countsUnkept = false
    }

    /// A leased host.
    struct Visit {
        let token: LeaseToken
        let host: String
        var queue: Deque<QueuedURL>
        var inFlight = 0
        /// Requests that ended and whose answer nobody has read yet.
        var unread = 0
        /// Those of them that may speak of the whole host: until they are read, nothing more starts for it.
        var warnings = 0
        /// Pages of the host that are done.
        var finished: Int
        /// Its rules; nil as long as they are not known.
        var rules: RobotsRules?
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
        var host: Int64
        var url: QueuedURL
        var rules: RobotsRules
    }

    let limits: Limits
    private(set) var visits: [Int64: Visit] = [:]
    private(set) var inFlight = 0
    /// Requests that ended and whose answer nobody has read yet.
    private(set) var unread = 0
    /// Answers that were read, but of which the frontier does not know yet.
    private(set) var unkept = 0
    /// Pages that are done, those of earlier runs included.
    private(set) var finished: Int
    private var numbers: [String: Int64] = [:]
    private var turns = Deque<Int64>()
    private var slots: [Int: (host: Int64, url: QueuedURL)] = [:]
    private var nextSlot = 0
    private var touched: Set<Int64> = []
    private(set) var isStopping = false
    /// Hosts whose budget is spent, to be said aloud.
    var spent: [String] = []

    init(limits: Limits, finished: Int) {
        self.limits = limits
        self.finished = finished
    }

    /// Whether one more may be in flight.
    private var hasRoom: Bool { inFlight + (limits.countsUnkept ? unread + unkept : 0) < limits.total }

    /// Whether nothing more may start in this run.
    var isBudgetSpent: Bool { finished >= limits.pages }

    /// How many more hosts are worth a lease.
    var wantedHosts: Int {
        isStopping || finished + inFlight + unread >= limits.pages ? 0 : max(0, limits.total * 2 - visits.count)
    }

    /// How many URLs of a host are worth being leased at once.
    var perHost: Int { max(16, limits.perHost * 4) }

    /// Takes a new lease; its host waits until ``open(_:_:)``.
    mutating func add(_ lease: HostLease) {
        visits[lease.token.host] = Visit(
            token: lease.token, host: lease.host, queue: Deque(lease.urls), finished: lease.finished,
            mayHaveMore: lease.urls.count >= perHost)
        numbers[lease.host] = lease.token.host
        touched.insert(lease.token.host)
    }

    /// Takes more URLs of a lease that goes on.
    mutating func add(_ urls: [QueuedURL], to host: Int64, wanted: Int) {
        visits[host]?.queue.append(contentsOf: urls)
        visits[host]?.mayHaveMore = urls.count >= wanted
        touched.insert(host)
        giveTurn(host)
    }

    /// Whether there is nothing left to do for a host, so that its lease can end.
    func isSpent(_ host: Int64) -> Bool {
        guard let visit = visits[host] else { return false }
        return visit.open == 0 && visit.queue.isEmpty && !visit.mayHaveMore && visit.rules != nil
    }

    /// A lease is over without our doing: what is in flight ends without a report.
    mutating func lose(_ host: Int64) {
        if let visit = visits.removeValue(forKey: host) { numbers[visit.host] = nil }
    }

    /// New links of a host were queued.
    mutating func noteLinks(of host: String) {
        guard let number = numbers[host] else { return }
        visits[number]?.mayHaveMore = true
        touched.insert(number)
    }

    /// The rules of a host are known.
    mutating func open(_ host: Int64, _ rules: RobotsRules) {
        visits[host]?.rules = rules
        giveTurn(host)
    }

    /// What to keep of a host's robots.txt.
    mutating func keep(_ robots: StoredRobots, of host: Int64) {
        visits[host]?.robots = robots
        touched.insert(host)
    }

    /// Starts nothing more of a host; it may be leased again at this time.
    mutating func close(_ host: Int64, until due: Int64?) {
        visits[host]?.isClosing = true
        if let due, let visit = visits[host] { visits[host]?.nextDue = max(due, visit.nextDue ?? 0) }
        touched.insert(host)
    }

    /// Starts nothing more at all.
    mutating func stop() {
        isStopping = true
        for host in visits.keys { close(host, until: nil) }
    }

    /// The next request that may start. Hosts take turns; URLs that robots.txt forbids go to the closure instead.
    mutating func start(_ forbidden: (Visit, QueuedURL, RobotsRule?) -> Void) -> Start? {
        while hasRoom, finished + inFlight + unread < limits.pages, let host = turns.popFirst() {
            visits[host]?.isInTurn = false
            guard let visit = visits[host], mayStart(visit), let rules = visit.rules,
                let url = visits[host]?.queue.popFirst()
            else { continue }
            touched.insert(host)
            let verdict = rules.verdict(for: url)
            guard verdict.isAllowed else {
                visits[host]?.results.append(VisitResult(url.fingerprint, .dropped(.robots)))
                giveTurn(host)
                forbidden(visit, url, verdict.rule)
                continue
            }
            visits[host]?.inFlight += 1
            inFlight += 1
            nextSlot += 1
            slots[nextSlot] = (host, url)
            giveTurn(host)
            return Start(slot: nextSlot, host: host, url: url, rules: rules)
        }
        return nil
    }

    /// A request ended; gives what it was. The next may start immediately, but its host is kept until
    /// ``complete(_:isWarning:)``.
    ///
    /// - Parameter isWarning: Whether the answer may ask for a pause of the whole host: what started for it before the
    ///   answer is read would hold a permit that another host could use.
    mutating func end(
        _ slot: Int, now: Int64, isWarning: Bool = false
    ) -> (host: Int64, url: QueuedURL, rules: RobotsRules?)? {
        guard let (host, url) = slots.removeValue(forKey: slot) else { return nil }
        inFlight -= 1
        unread += 1
        guard visits[host] != nil else { return (host, url, nil) }
        visits[host]?.inFlight -= 1
        visits[host]?.unread += 1
        if isWarning { visits[host]?.warnings += 1 }
        touched.insert(host)
        let rules = visits[host]?.rules
        if let delay = rules?.delay, delay > 0 { close(host, until: now + delay) }
        giveTurn(host)
        return (host, url, rules)
    }

    /// The answer of a request was read.
    mutating func complete(_ host: Int64, isWarning: Bool = false) {
        unread -= 1
        unkept += 1
        visits[host]?.unread -= 1
        touched.insert(host)
        guard isWarning else { return }
        visits[host]?.warnings -= 1
        giveTurn(host)
    }

    /// The frontier knows of everything that was read.
    mutating func recordAll() { unkept = 0 }

    /// What became of a URL.
    mutating func keep(_ result: VisitResult, of host: Int64) {
        if case .again = result.ending {
        } else if case .dropped = result.ending {
        } else {
            finished += 1
            visits[host]?.finished += 1
        }
        visits[host]?.results.append(result)
        touched.insert(host)
    }

    /// What to tell the frontier of the hosts to which something happened.
    mutating func reports() -> [(report: LeaseReport, wants: Int)] {
        var reports: [(LeaseReport, Int)] = []
        for host in touched {
            guard var visit = visits[host] else { continue }
            if visit.finished >= limits.pagesPerHost, visit.open == 0, visit.rules != nil {
                visit.isClosing = true
                visit.nextDue = LeaseReport.parked
                if !visit.queue.isEmpty || visit.mayHaveMore { spent.append(visit.host) }
            }
            let isEmpty = visit.queue.isEmpty && !visit.mayHaveMore && visit.rules != nil
            let ends = visit.open == 0 && (visit.isClosing || isEmpty || isBudgetSpent)
            let wants =
                !ends && !visit.isClosing && visit.mayHaveMore && visit.queue.count < perHost / 2
                ? perHost - visit.queue.count : 0
            guard ends || wants > 0 || !visit.results.isEmpty || visit.robots != nil else { continue }
            reports.append(
                (
                    LeaseReport(
                        visit.token, results: visit.results, wants: wants, ends: ends, nextDue: visit.nextDue,
                        robots: visit.robots), wants
                ))
            visit.results.removeAll()
            visit.robots = nil
            visits[host] = visit
            if ends { lose(host) }
        }
        touched.removeAll(keepingCapacity: true)
        return reports
    }

    private func mayStart(_ visit: Visit) -> Bool {
        guard !visit.isClosing, visit.warnings < 1, let rules = visit.rules, !visit.queue.isEmpty else { return false }
        return visit.inFlight < (rules.delay > 0 ? 1 : limits.perHost)
            && visit.finished + visit.open < limits.pagesPerHost
    }

    private mutating func giveTurn(_ host: Int64) {
        guard let visit = visits[host], !visit.isInTurn, mayStart(visit) else { return }
        visits[host]?.isInTurn = true
        turns.append(host)
    }
}
