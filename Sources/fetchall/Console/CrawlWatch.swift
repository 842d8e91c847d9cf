import FetchCrawl
import FetchRecords
import FetchSystem
import FetchTransport
import FetchWatch
import Synchronization

/// Writes the notices of a crawl to stderr and shows its progress there.
final class CrawlWatch: CrawlWatcher {
    private let latest = Mutex(CrawlProgress())
    private let console: Console
    private let isQuiet: Bool
    private let display: ProgressDisplay
    /// The live page; nil for none.
    private let feed: WatchFeed?
    /// Whether the live page counts what the crawler says, and not the records.
    private let countsRecords: Bool

    init(console: Console, output: OutputOptions, feed: WatchFeed?, countsRecords: Bool) {
        self.feed = feed
        self.countsRecords = countsRecords
        self.console = console
        isQuiet = output.quiet
        display = ProgressDisplay(output, console)
    }

    /// Time since the crawl began.
    var elapsed: Duration { display.elapsed }

    func notice(_ text: String) {
        if !isQuiet { console.say("fetchall: \(text)") }
    }

    func reachedPageLimit(of host: String, _ limit: Int) { notice("\(host): stopped at --max-pages-host \(limit)") }

    func progress(_ progress: CrawlProgress) {
        latest.withLock { $0 = progress }
        feed?.take(progress.counts, countsRecords: countsRecords)
    }

    /// Shows the progress until the task is cancelled.
    func run(_ meter: TransferMeter?) async {
        await display.run(meter) {
            let counts = self.latest.withLock { $0.counts }
            return ProgressDisplay.Look(counts: counts) { [elapsed] bytes, width in
                ProgressLine.crawl(counts, now: elapsed, bytes: bytes, width: width)
            }
        }
    }
}
