package import FetchHTTP
import FetchSystem
import Histogram

/// The totals of a run: counts, latencies, and where the failures were.
///
/// Its memory is bounded: a histogram of fixed precision, and a limited number of hosts.
package struct Summary: Sendable {
    /// The totals of one host.
    struct HostTally: Sendable {
        /// The number of records.
        var count = 0
        /// The number of records that are not ok.
        var failed = 0
        /// The number of records with a response.
        var answered = 0
        /// The sum of the times of those.
        var microseconds: Int64 = 0
    }

    /// How many hosts are told apart; what comes later counts as "others".
    static let originLimit = 10_000

    /// Records that are ok.
    package private(set) var ok = 0
    /// Records that are not ok.
    package private(set) var failed = 0
    /// Records that ended because a server asked for a longer wait than the maximum.
    package private(set) var rateLimited = 0
    /// Failed records with the status 401.
    package private(set) var unauthorized = 0
    /// Records that failed on this machine: disk full, no permission.
    package private(set) var ioErrors = 0
    /// Records that the deadline of the run ended.
    package private(set) var deadline = 0
    /// Records that the user interrupted.
    private(set) var cancelled = 0
    /// Records whose file existed, so that nothing was sent.
    private(set) var skipped = 0
    /// The origin of the first record that TLS failed for, and its error; nil if TLS did not fail.
    package private(set) var firstTLSFailure: (origin: String, error: FetchError)?
    /// The decoded bytes of all bodies.
    private(set) var bytes = 0

    /// The number of records by status.
    private(set) var statuses: [Int: Int] = [:]
    /// The number of records by error kind.
    private(set) var errors: [FetchError.Kind: Int] = [:]
    /// What is known of each host, at most ``originLimit`` of them.
    private(set) var hosts: [String: HostTally] = [:]
    /// The totals of all further hosts together.
    private(set) var otherHosts = HostTally()
    /// `time_total` of the records that have a response, in microseconds.
    private(set) var latencies: Histogram<UInt64>
    /// Whether more is kept than the counts that an exit code needs.
    private let isDetailed: Bool
    /// The longest latency that is distinguished: an hour, in microseconds. A histogram that grows with the latencies
    /// would be copied repeatedly.
    private static let longestLatency: UInt64 = 3_600_000_000
    /// The exact minimum and maximum; the histogram rounds.
    private(set) var extremes: (min: Int64, max: Int64)?

    /// An empty summary.
    ///
    /// - Parameter isDetailed: Whether it will be rendered; if not, only the counts are kept.
    package init(isDetailed: Bool = true) {
        self.isDetailed = isDetailed
        latencies = Histogram(
            lowestDiscernibleValue: 1, highestTrackableValue: isDetailed ? Self.longestLatency : 2,
            numberOfSignificantValueDigits: .three)
    }

    /// Counts a record.
    package mutating func add(_ outcome: Outcome) {
        let response = outcome.response
        if let response {
            bytes += response.size
        }
        if let error = outcome.error {
            failed += 1
            switch error.kind {
            case .rateLimited: rateLimited += 1
            case .io, .localLimit: ioErrors += 1
            case .deadline: deadline += 1
            case .cancelled: cancelled += 1
            case .tlsFailed where firstTLSFailure == nil: noteTLSFailure(error, of: outcome)
            default: if response?.status == 401 { unauthorized += 1 }
            }
        } else {
            ok += 1
            if response == nil, outcome.saved?.skipped != nil { skipped += 1 }
        }
        guard isDetailed else { return }
        if let response {
            statuses[response.status, default: 0] += 1
            addLatency((outcome.timing ?? response.timing).total.microseconds)
        }
        if let error = outcome.error { errors[error.kind, default: 0] += 1 }
        addHost(of: outcome)
    }

    /// The summary as text for stderr, a line break after each line.
    ///
    /// - Parameters:
    ///   - elapsed: The duration of the run.
    ///   - width: The columns of the terminal; every line is cut to them.
    ///   - color: Whether counts of successes and failures are coloured.
    package func render(elapsed: Duration, width: Int, color: Bool) -> String {
        SummaryText(summary: self, elapsed: elapsed, width: width).lines
            .map { $0.rendered(width: width, color: color) + "\n" }.joined()
    }

    private mutating func noteTLSFailure(_ error: FetchError, of outcome: Outcome) {
        var url = outcome.effectiveURL
        if url == nil, case .success(let request) = outcome.input.request { url = request.url }
        if let url { firstTLSFailure = (url.origin.description, error) }
    }

    private mutating func addLatency(_ microseconds: Int64) {
        let value = max(0, microseconds)
        latencies.record(min(UInt64(value), Self.longestLatency))
        extremes = (min(value, extremes?.min ?? value), max(value, extremes?.max ?? value))
    }

    private mutating func addHost(of outcome: Outcome) {
        guard case .success(let request) = outcome.input.request else { return }
        let host = request.url.host
        let isTracked = hosts[host] != nil || hosts.count < Self.originLimit
        var tally = isTracked ? hosts[host, default: HostTally()] : otherHosts
        tally.count += 1
        if !outcome.isOK { tally.failed += 1 }
        if let response = outcome.response {
            tally.answered += 1
            tally.microseconds += (outcome.timing ?? response.timing).total.microseconds
        }
        if isTracked { hosts[host] = tally } else { otherHosts = tally }
    }
}
