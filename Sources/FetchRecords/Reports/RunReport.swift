package import FetchHTTP
import FetchSystem

/// What a report says about a run: totals, times, failures, and the first records, without secrets.
///
/// Its memory is bounded: beyond ``rowLimit`` records only totals are kept, and ``leftOut`` counts the rest.
package struct RunReport: Sendable {
    /// The maximum number of records, and of findings, that are kept one by one.
    package static let rowLimit = 100_000
    /// The maximum number of bytes that they take.
    private static let byteLimit = 256 << 20
    /// The number of slowest responses, and of the first ones in the waterfall.
    static let slowestCount = 20
    static let waterfallCount = 200

    /// Counts of records.
    package struct Totals: Sendable, Equatable {
        package var ok = 0
        package var failed = 0
        package var skipped = 0

        /// All records.
        package var records: Int { ok + failed + skipped }
    }

    /// The secrets that the run knows. What is learnt later does not change rows that are there.
    package var mask = SecretMask()
    /// The counts of all records.
    package private(set) var totals = Totals()
    /// The first records.
    package private(set) var rows: [ReportRow] = []
    /// The first findings, without secrets.
    package private(set) var findings: [Finding] = []
    /// The number of records and of findings that are not kept.
    package private(set) var leftOut = 0
    package private(set) var findingsLeftOut = 0
    /// The number of findings by their severity.
    package private(set) var severities: [Finding.Severity: Int] = [:]
    /// Statuses, latencies and hosts of all requests.
    private(set) var requests = Summary()
    /// The responses over time.
    private(set) var series = StatusSeries()
    /// The failures.
    private(set) var errors = ErrorGroups()
    /// The slowest responses, the slowest first.
    private(set) var slowest: [ReportRow] = []
    /// The first requests that were sent.
    private(set) var waterfall: [ReportRow] = []
    /// When the first request started, in milliseconds since 1970; nil when nothing was sent.
    package private(set) var startedAt: Int64?

    private let exchanges: HARExchange.Content?
    private let limit: Int
    private var cost = 0
    private var bodyBytes = 0
    /// The credentials that the mask has learnt.
    private var learnt: Set<[UInt8]> = []

    /// An empty report.
    ///
    /// - Parameters:
    ///   - exchanges: What is kept of requests and responses for an archive; nil for nothing.
    ///   - rowLimit: The maximum number of records that are kept.
    package init(exchanges: HARExchange.Content? = nil, rowLimit: Int = RunReport.rowLimit) {
        self.exchanges = exchanges
        limit = rowLimit
    }

    /// Takes a record.
    ///
    /// - Parameter counts: Whether its failure is one of the run.
    package mutating func add(_ outcome: Outcome, counts: Bool = true) {
        let row = note(outcome, counts: counts)
        if row.startedAt != nil || outcome.response != nil { addTimes(of: outcome, row) }
    }

    /// Takes a request that has no record of its own: one of those that a record was made from.
    package mutating func addRequest(_ outcome: Outcome) {
        let secrets = RowSecrets(outcome, run: mask, knowsFields: learn(outcome))
        addTimes(of: outcome, ReportRow(outcome, counts: true, secrets))
    }

    /// Takes a record that is not a request of its own.
    package mutating func addRecord(_ outcome: Outcome) { _ = note(outcome, counts: true) }

    /// Takes what is wrong with a link.
    package mutating func add(_ finding: Finding) {
        severities[finding.severity, default: 0] += 1
        guard findings.count < limit, cost < Self.byteLimit else {
            findingsLeftOut += 1
            return
        }
        var finding = finding
        let input = Input(index: 0, text: finding.target, request: .failure(FetchError(.invalidURL, "")))
        let secrets = RowSecrets(finding.outcome ?? Outcome(input: input), run: mask)
        finding.target = secrets.url(finding.target)
        finding.text = secrets.text(finding.text)
        finding.message = secrets.message(finding.message)
        if !finding.location.isFile { finding.location.document = secrets.url(finding.location.document) }
        // Its record is a row of its own.
        finding.outcome = nil
        cost += 200 + finding.target.utf8.count + finding.text.utf8.count + finding.message.utf8.count
        findings.append(finding)
    }

    private mutating func note(_ outcome: Outcome, counts: Bool) -> ReportRow {
        let knowsFields = learn(outcome)
        let secrets = RowSecrets(outcome, run: mask, knowsFields: knowsFields)
        var row = ReportRow(outcome, counts: counts, secrets)
        switch row.state {
        case .ok: totals.ok += 1
        case .skipped: totals.skipped += 1
        case .failed:
            totals.failed += 1
            errors.add(row)
        }
        guard rows.count < limit, cost < Self.byteLimit else {
            leftOut += 1
            return row
        }
        if let exchanges, row.startedAt != nil {
            let exchange = HARExchange(outcome, keeps: exchanges, room: HARExchange.largestTotal - bodyBytes, secrets)
            bodyBytes += exchange.bodyBytes
            row.exchange = exchange
        }
        cost += row.cost
        rows.append(row)
        return row
    }

    private mutating func addTimes(of outcome: Outcome, _ row: ReportRow) {
        requests.add(outcome)
        series.add(row)
        if let start = row.startedAt { startedAt = min(start, startedAt ?? start) }
        var row = row
        row.exchange = nil
        if row.startedAt != nil, row.timing != nil, waterfall.count < Self.waterfallCount { waterfall.append(row) }
        let total = row.timing?.total ?? 0
        guard row.status != nil, slowest.count < Self.slowestCount || total > slowest.last?.timing?.total ?? 0 else {
            return
        }
        let index = slowest.firstIndex { $0.timing?.total ?? 0 < total } ?? slowest.count
        slowest.insert(row, at: index)
        if slowest.count > Self.slowestCount { slowest.removeLast() }
    }

    /// Learns what other responses could repeat: the credentials of the command line, and cookies that servers set. Of a
    /// list with credentials of its own for each input, each record hides its own.
    ///
    /// - Returns: Whether the fields of the request are known.
    private mutating func learn(_ outcome: Outcome) -> Bool {
        var isKnown = false
        if case .success(let request) = outcome.input.request {
            let url = request.url
            isKnown = request.headers.isEmpty && !url.hasCredentials
            if !isKnown {
                var key = request.headers.lines
                if url.hasCredentials { key += (url.username + "\n" + url.password).utf8 }
                isKnown = learnt.contains(key)
                if !isKnown, learnt.count < 1000 {
                    learnt.insert(key)
                    mask.learn(request)
                    isKnown = true
                }
            }
        }
        if let headers = outcome.response?.headers, headers.contains("set-cookie") {
            for cookie in headers.allBytes(of: "set-cookie") { mask.learn("set-cookie", cookie) }
        }
        return isKnown
    }
}
