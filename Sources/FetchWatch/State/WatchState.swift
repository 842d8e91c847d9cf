package import FetchHTTP
package import FetchRecords
import FetchSystem

/// What a live page says about a run, counted as records pass. Its memory is bounded, and it has hosts and counts only: no
/// URL, field, body or message gets into it.
package struct WatchState: Sendable {
    /// How many hosts are told apart; further ones count together.
    package static let hostLimit = 200
    /// How many kinds of failures and statuses are told apart.
    private static let kindLimit = 100

    /// The counts of one host.
    package struct Host: Sendable, Equatable {
        package var ok = 0
        package var failed = 0
        /// The number of responses, and the sum of their times in microseconds.
        package var responses = 0
        package var microseconds: Int64 = 0
        /// The index of the host in the order in which they came up.
        package var index = 0
    }

    /// What is not counted from records but looked up from time to time.
    package struct Gauges: Sendable, Equatable {
        /// The requests in flight.
        package var inFlight = 0
        /// The bytes of bodies received so far.
        package var received = 0
        /// The hosts that are paused, and for how long yet.
        package var waiting: [Waiting] = []
        /// The number of inputs; nil while it is not known, and in a crawl.
        package var total: Int?

        /// All zero.
        package init() {}
    }

    /// A host that is paused.
    package struct Waiting: Sendable, Equatable {
        /// Host and port.
        package var authority: String
        package var rest: Duration

        package init(authority: String, rest: Duration) {
            self.authority = authority
            self.rest = rest
        }
    }

    /// Records by their result.
    package private(set) var ok = 0
    package private(set) var failed = 0
    package private(set) var skipped = 0
    /// Attempts after the first.
    package private(set) var retries = 0
    /// The failed records by the kind of their error.
    package private(set) var failures: [String: Int] = [:]
    /// The responses by status.
    package private(set) var statuses: [Int: Int] = [:]
    /// The first hosts, by name.
    package private(set) var hosts: [String: Host] = [:]
    /// All further hosts together.
    package private(set) var otherHosts = Host()
    package private(set) var latencies = LatencyCounts()
    /// What was looked up last.
    package private(set) var gauges = Gauges()
    /// URLs found and not fetched; nil except for what follows links.
    package private(set) var queued: Int?
    private var records = RateWindow()
    private var bytes = RateWindow()

    /// Nothing counted.
    package init() {}

    /// Records per second, and bytes per second, over the last seconds.
    package var recordsPerSecond: Double { records.perSecond }
    package var bytesPerSecond: Double { bytes.perSecond }

    /// Counts a record and its request.
    ///
    /// - Parameter counts: Whether its failure is one of the run; if not, the record is skipped.
    package mutating func add(_ outcome: Outcome, counts: Bool = true) {
        addRecord(outcome, counts: counts)
        addRequest(outcome)
    }

    /// Counts a record that is not a request of its own.
    package mutating func addRecord(_ outcome: Outcome, counts: Bool = true) {
        if Self.isSkipped(outcome) || !counts {
            skipped += 1
        } else if let error = outcome.error {
            failed += 1
            addFailure(error.kind.rawValue)
        } else {
            ok += 1
        }
    }

    /// Counts a request that has no record of its own.
    package mutating func addRequest(_ outcome: Outcome) {
        retries += outcome.retries
        guard case .success(let request) = outcome.input.request, !Self.isSkipped(outcome) else { return }
        let name = request.url.host
        let isKnown = hosts[name] != nil
        let isTracked = isKnown || hosts.count < Self.hostLimit
        let index = isKnown ? nil : hosts.count
        var time: Int64?
        if let response = outcome.response {
            time = (outcome.timing ?? response.timing).microseconds.total
            if statuses[response.status] != nil || statuses.count < Self.kindLimit {
                statuses[response.status, default: 0] += 1
            }
            latencies.add(time ?? 0)
        }
        func count(_ host: inout Host) {
            if outcome.isOK { host.ok += 1 } else { host.failed += 1 }
            guard let time else { return }
            host.responses += 1
            host.microseconds += time
        }
        guard isTracked else { return count(&otherHosts) }
        count(&hosts[name, default: Host()])
        if let index { hosts[name]?.index = index }
    }

    /// Counts a broken link.
    package mutating func add(_ finding: Finding) {
        if finding.severity == .error { addFailure(finding.kind) }
    }

    /// Takes what a crawler says about itself.
    ///
    /// - Parameter countsRecords: Whether its counts of records are those of the run, which do not decrease.
    package mutating func take(_ counts: ProgressCounts, countsRecords: Bool) {
        queued = counts.queued
        guard countsRecords else { return }
        ok = max(ok, counts.ok)
        failed = max(failed, counts.failed)
    }

    /// Takes what was looked up.
    ///
    /// - Parameter elapsed: The time since the start of the run.
    package mutating func take(_ gauges: Gauges, at elapsed: Duration) {
        self.gauges = gauges
        records.add(ok + failed + skipped, at: elapsed)
        bytes.add(gauges.received, at: elapsed)
    }

    private mutating func addFailure(_ kind: String) {
        guard failures[kind] != nil || failures.count < Self.kindLimit else { return }
        failures[kind, default: 0] += 1
    }

    /// Whether nothing was sent, by design: robots.txt, a file that exists.
    private static func isSkipped(_ outcome: Outcome) -> Bool {
        outcome.crawl?.skipped != nil || outcome.response == nil && outcome.saved?.skipped != nil
    }
}
