import FetchHTTP
import FetchRecords
import FetchSystem
import FetchTransport
import Synchronization

/// Shows the progress of a run on stderr in the style of `--progress`. On a terminal it draws, at most ten times per
/// second, also while no request completes; as JSON it writes a line per second.
final class ProgressDisplay: Sendable {
    /// The counts at one moment, and the text of the progress line.
    struct Look: Sendable {
        var counts: ProgressCounts
        /// Makes the line for the bytes and the columns of the terminal.
        var line: @Sendable (ByteReading, Int) -> String
    }

    private let style: ProgressStyle
    private let console: Console
    private let tracker: Mutex<ByteTracker>
    private let time = SystemTime()
    private let start: Duration

    /// A display that starts now.
    init(_ output: OutputOptions, _ console: Console) {
        style = output.progressStyle(console)
        self.console = console
        tracker = Mutex(ByteTracker(savesBodies: output.saving.directory != nil))
        start = time.now()
    }

    /// Whether anything is shown.
    var isShown: Bool { style != .off }

    /// Time since the run began.
    var elapsed: Duration { time.now() - start }

    /// Shows until the task is cancelled, then erases what it drew, or writes the last line of JSON.
    ///
    /// - Parameters:
    ///   - meter: Counts the bytes of the bodies.
    ///   - look: Says how far the run is.
    func run(_ meter: TransferMeter?, _ look: @Sendable () async -> Look) async {
        guard isShown else { return }
        while !Task.isCancelled {
            try? await time.sleep(for: style == .json ? .seconds(1) : .milliseconds(100))
            if Task.isCancelled { break }
            show(await look(), meter?.reading, isFinal: false)
        }
        if style == .json {
            show(await look(), meter?.reading, isFinal: true)
        } else {
            console.live([])
        }
    }

    private func show(_ look: Look, _ bodies: BodyProgress?, isFinal: Bool) {
        let elapsed = elapsed
        let bytes = tracker.withLock {
            $0.look(at: bodies ?? BodyProgress(), done: look.counts.done, total: look.counts.total, elapsed: elapsed)
        }
        guard style != .json else {
            return console.show(ProgressObject.line(look.counts, bytes, elapsed: elapsed, isFinal: isFinal))
        }
        let size = console.messageSize
        // The keyboard's ^C is shown behind the last line, and must not begin another.
        let width = size.columns - 3
        let bars = style == .bars ? ProgressBars.lines(bytes.rows, width: width, height: size.rows - 2) : []
        console.live(bars + [look.line(bytes, width)])
    }
}
