import FetchSystem

/// The counts of a run at one moment.
package struct ProgressCounts: Sendable {
    /// Records that are ok.
    package var ok: Int
    /// Records that are not ok.
    package var failed: Int
    /// The number of inputs; nil while the list is still being read, and in a crawl.
    package var total: Int?
    /// The URLs that a crawl has found and not fetched; nil for a list.
    package var queued: Int?
    /// The transfers in flight.
    package var inFlight: Int
    /// The number of hosts that wait for their time.
    package var waitingHosts: Int

    /// Counts.
    package init(
        ok: Int, failed: Int, total: Int? = nil, queued: Int? = nil, inFlight: Int, waitingHosts: Int = 0
    ) {
        self.ok = ok
        self.failed = failed
        self.total = total
        self.queued = queued
        self.inFlight = inFlight
        self.waitingHosts = waitingHosts
    }

    /// The records.
    package var done: Int { ok + failed }

    /// The seconds until all inputs are done, as far as those that are done tell; nil if they do not.
    func secondsLeft(after elapsed: Duration) -> Double? {
        let seconds = elapsed.inSeconds
        guard let total, done > 0, total > done, seconds > 0 else { return nil }
        return seconds / Double(done) * Double(total - done)
    }
}
