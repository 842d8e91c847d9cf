import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import Synchronization

/// The progress line on a terminal's stderr: done, failed, in flight, rate. Its own task draws it, at most ten times
/// per second, so that it also moves while no request completes.
final class LiveLine: Sendable {
    private let line = Mutex(ProgressLine())
    private let isShown: Bool
    private let console: Console
    private let start: Duration
    private let time = SystemTime()

    init(isShown: Bool, console: Console) {
        self.isShown = isShown
        self.console = console
        start = time.now()
    }

    /// Time since the run began.
    var elapsed: Duration { time.now() - start }

    /// Counts an outcome.
    func add(_ outcome: Outcome) {
        if isShown { line.withLock { $0.add(outcome) } }
    }

    /// Draws until the task is cancelled, then erases the line.
    func run(_ scheduler: Scheduler, total: @Sendable () -> Int?) async {
        guard isShown else { return }
        while !Task.isCancelled {
            try? await time.sleep(for: .milliseconds(100))
            if Task.isCancelled { break }
            let busy = await scheduler.inFlight
            let resting = scheduler.restingAuthorities
            let text = line.withLock {
                $0.render(
                    now: elapsed, total: total(), inFlight: busy, resting: resting, width: (console.width ?? 80) - 1)
            }
            console.live(text)
        }
        console.live("")
    }
}
