import FetchHTTP
import FetchRecords
import Synchronization

/// Collects what the reports of a run say. Records and findings may come from any thread.
final class ReportCollector: Sendable {
    private let report: Mutex<RunReport>

    /// Starts with nothing.
    init(_ report: RunReport) { self.report = Mutex(report) }

    /// The report so far.
    var value: RunReport { report.withLock { $0 } }

    /// Takes a record.
    ///
    /// - Parameter counts: Whether its failure is one of the run.
    func add(_ outcome: Outcome, counts: Bool = true) { report.withLock { $0.add(outcome, counts: counts) } }

    /// Takes a request that has no record of its own.
    func addRequest(_ outcome: Outcome) { report.withLock { $0.addRequest(outcome) } }

    /// Takes a record that is not a request of its own.
    func addRecord(_ outcome: Outcome) { report.withLock { $0.addRecord(outcome) } }

    /// Takes what is wrong with a link.
    func add(_ finding: Finding) { report.withLock { $0.add(finding) } }

    /// Learns secrets, which are hidden in all that is added later.
    func learn(_ body: (inout SecretMask) -> Void) { report.withLock { body(&$0.mask) } }
}
