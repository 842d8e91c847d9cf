import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import Synchronization

/// Counts the records of a list for its ``ProgressDisplay``.
final class LiveLine: Sendable {
    private let line = Mutex(ProgressLine())
    private let display: ProgressDisplay

    init(_ output: OutputOptions, _ console: Console) { display = ProgressDisplay(output, console) }

    /// Time since the run began.
    var elapsed: Duration { display.elapsed }

    /// Counts an outcome.
    func add(_ outcome: Outcome) {
        guard display.isShown else { return }
        let isOK = outcome.isOK
        line.withLock { $0.add(isOK: isOK) }
    }

    /// Shows the progress until the task is cancelled.
    func run(_ scheduler: Scheduler, total: @Sendable () -> Int?) async {
        await display.run(scheduler.meter) {
            let line = self.line.withLock { $0 }
            let (total, inFlight, resting) = (total(), await scheduler.inFlight, scheduler.restingAuthorities)
            let counts = ProgressCounts(
                ok: line.ok, failed: line.failed, total: total, inFlight: inFlight, waitingHosts: resting.count)
            return ProgressDisplay.Look(counts: counts) { [elapsed] bytes, width in
                line.render(
                    now: elapsed, total: total, inFlight: inFlight, resting: resting, bytes: bytes, width: width)
            }
        }
    }
}
