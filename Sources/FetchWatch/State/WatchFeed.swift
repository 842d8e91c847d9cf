package import FetchHTTP
package import FetchRecords
import FetchSystem
import Synchronization

/// Receives what happens in a run, from any thread, and gives snapshots of it. A record costs one short lock, which only a
/// snapshot per second contends for.
package final class WatchFeed: Sendable {
    private let state = Mutex(WatchState())
    private let head: WatchSnapshot.Head
    private let start = MonotonicClock.nanoseconds()

    /// A feed of a run that starts now.
    ///
    /// - Parameters:
    ///   - version: The version of the program.
    ///   - command: The command of the run.
    package init(version: String, command: String) {
        head = WatchSnapshot.Head(
            version: version, command: command, startedAt: MonotonicClock.wallMilliseconds())
    }

    /// Counts a record and its request.
    package func add(_ outcome: Outcome, counts: Bool = true) { state.withLock { $0.add(outcome, counts: counts) } }

    /// Counts a request that has no record of its own.
    package func addRequest(_ outcome: Outcome) { state.withLock { $0.addRequest(outcome) } }

    /// Counts a record that is not a request of its own.
    package func addRecord(_ outcome: Outcome) { state.withLock { $0.addRecord(outcome) } }

    /// Counts broken links.
    package func add(_ findings: [Finding]) {
        state.withLock { state in for finding in findings { state.add(finding) } }
    }

    /// Takes what a crawler says about itself.
    package func take(_ counts: ProgressCounts, countsRecords: Bool) {
        state.withLock { $0.take(counts, countsRecords: countsRecords) }
    }

    /// Takes what was looked up now.
    package func take(_ gauges: WatchState.Gauges) {
        let elapsed = elapsed
        state.withLock { $0.take(gauges, at: elapsed) }
    }

    /// The run as it is now.
    ///
    /// - Parameter isFinal: Whether the run is over.
    package func snapshot(isFinal: Bool = false) -> WatchSnapshot {
        WatchSnapshot(head: head, state: state.withLock { $0 }, elapsed: elapsed, isFinal: isFinal)
    }

    private var elapsed: Duration { .nanoseconds(Int64(clamping: MonotonicClock.nanoseconds() - start)) }
}
