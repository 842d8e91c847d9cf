package import FetchHTTP
package import FetchRecords
package import FetchScheduling
import FetchSystem

/// The destination of a crawl's records. The crawl decides when they must have left the process: before the frontier
/// learns that their pages are complete.
package protocol CrawlOutput {
    /// Saves the body of a page, if bodies are saved: the outcome gets the name of the file, or the error.
    mutating func save(_ outcome: inout Outcome)

    /// Takes a failure whose record an earlier run has written.
    mutating func list(_ failure: Outcome)

    /// Takes a record.
    ///
    /// - Returns: The offset of its end in the file.
    mutating func add(_ outcome: Outcome) throws(OutputFailure) -> Int64

    /// Writes all added records; returns the state of the output after them.
    mutating func flush() throws(OutputFailure) -> OutputMark
}

extension CrawlOutput {
    /// Saves nothing.
    package mutating func save(_ outcome: inout Outcome) {}
    /// Lists nothing.
    package mutating func list(_ failure: Outcome) {}
}

/// Receives the messages of a crawl while it runs.
package protocol CrawlWatcher: Sendable {
    /// Something worth a line: a trap, an origin that is left alone.
    func notice(_ text: String)
    /// An origin has as many pages as the crawl may fetch of it.
    func reachedPageLimit(of origin: String, _ limit: Int)
    /// How it goes.
    func progress(_ progress: CrawlProgress)
}

extension CrawlWatcher {
    /// A notice.
    package func reachedPageLimit(of origin: String, _ limit: Int) { notice("\(origin): stopped after \(limit) pages") }
}

/// The progress of a crawl.
package struct CrawlProgress: Sendable, Hashable {
    /// Completed pages, whatever their status.
    var done = 0
    /// Those of them that are not ok.
    var failed = 0
    /// Queued URLs.
    var queued = 0
    /// Requests in flight.
    var inFlight = 0
    /// Origins with URLs that wait for their time.
    var waitingOrigins = 0

    /// No progress yet.
    package init() {}

    /// The counts for a display.
    package var counts: ProgressCounts {
        ProgressCounts(
            ok: done - failed, failed: failed, queued: queued, inFlight: inFlight, waitingHosts: waitingOrigins)
    }
}

/// The result of a crawl.
package struct CrawlResult: Sendable {
    /// The summary of the crawl.
    package var summary: CrawlSummary
    /// The contents of the frontier at the end.
    package var counts: FrontierCounts
    /// Why it ended early; nil if it did not.
    package var stop: StopReason?
    /// Whether the maximum number of pages ended it.
    package var isBudgetSpent: Bool
}
