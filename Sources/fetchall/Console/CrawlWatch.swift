import FetchCrawl
import FetchSystem
import Synchronization

/// Writes the notices of a crawl to stderr and draws its progress line there.
final class CrawlWatch: CrawlWatcher {
    private let latest = Mutex(CrawlProgress())
    private let console: Console
    private let isQuiet: Bool
    private let isShown: Bool
    private let time = SystemTime()
    private let start: Duration

    init(console: Console, output: OutputOptions) {
        self.console = console
        isQuiet = output.quiet
        isShown = output.showsProgress(console)
        start = time.now()
    }

    /// Time since the crawl began.
    var elapsed: Duration { time.now() - start }

    func notice(_ text: String) {
        if !isQuiet { console.say("fetchall: \(text)") }
    }

    func reachedPageLimit(of host: String, _ limit: Int) { notice("\(host): stopped at --max-pages-host \(limit)") }

    func progress(_ progress: CrawlProgress) { latest.withLock { $0 = progress } }

    /// Draws until the task is cancelled, then erases the line.
    func run() async {
        guard isShown else { return }
        while !Task.isCancelled {
            try? await time.sleep(for: .milliseconds(100))
            if Task.isCancelled { break }
            let progress = latest.withLock { $0 }
            console.live(progress.render(elapsed: elapsed, width: (console.width ?? 80) - 1))
        }
        console.live("")
    }
}
