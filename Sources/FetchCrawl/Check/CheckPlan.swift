import FetchHTML
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import DequeModule

/// Decides everything about a check: pure, events in, actions and findings out.
///
/// Each URL, without its fragment, is asked once, and once more at the end if the transport failed. A redirect is an answer:
/// its target is a URL of its own, and the verdict of the chain is that of its end. A page is written when the verdicts of
/// all its links are known.
struct CheckPlan {
    let options: CheckOptions
    var scope: Scope
    let keeper: RobotsKeeper
    var urls: [CheckedURL] = []
    var indices: [String: Int] = [:]
    var pages: [CheckedPage] = []
    var files: [String: CheckedFile] = [:]
    var hosts: [String: HostGate] = [:]
    var robots: [String: RobotsGate] = [:]
    var delays: [String: DelayGate] = [:]
    /// What waits for its turn.
    var ready = Deque<Waiting>()
    var inFlight = 0
    /// The number of pages that were asked for and not answered.
    var pagesInFlight = 0
    /// The number of pages that were read.
    var pagesRead = 0
    /// The pages that wait for those, because they may be the last ones.
    var lastPages: [Int] = []
    /// Whether patterns leave a URL or a path out.
    var exclusions: [String: Bool] = [:]
    var stop: StopReason?
    private(set) var counts = CheckCounts()
    private var actions: [CheckAction] = []
    private var findings: [Finding] = []
    /// What could not be read, a sentence each.
    private(set) var problems: [String] = []
    private var notices: [String] = []

    /// A request or a file that waits for its turn.
    enum Waiting: Sendable {
        /// A URL, and how it is asked for if that is decided.
        case url(Int, CheckMethod?)
        case file(String, DocumentFormat)
    }

    /// The path that stands for standard input.
    static let standardInput = "-"

    init(_ options: CheckOptions) {
        self.options = options
        scope = options.scope
        keeper = RobotsKeeper(options.crawl)
    }

    /// Whether nothing is left to be done, once the actions were taken.
    var isOver: Bool { inFlight == 0 && (stop != nil || ready.isEmpty) }

    /// Queues the sources.
    mutating func begin() {
        for document in options.sources { add(document) }
        for seed in options.seeds {
            let page = pages.count
            pages.append(CheckedPage(document: seed.redacted, isFile: false, isRead: true))
            pages[page].pending = 1
            let use = LinkUse(page: page, text: "", target: .url(seed.plain), fragment: seed.fragment, isSeed: true)
            link(use, to: seed, depth: -1)
        }
    }

    /// What is to be done now.
    mutating func takeActions() -> [CheckAction] {
        fill()
        while ready.isEmpty, inFlight == 0, stop == nil, tryAgain() { fill() }
        defer { actions.removeAll() }
        return actions
    }

    /// What is to be written now, page by page.
    mutating func takeFindings() -> [Finding] {
        defer { findings.removeAll() }
        return findings
    }

    mutating func receive(_ event: CheckEvent) {
        switch event {
        case .answered(let id, let method, let outcome): answered(id, method, outcome)
        case .robots(let origin, let answer, let now):
            inFlight -= 1
            opened(origin, answer, now)
        case .scanned(let id, let result): scanned(id, result)
        case .read(let path, let result): read(path, result)
        case .left: inFlight -= 1
        case .stopped(let reason): stop = stop ?? reason
        case .graceIsOver: break
        }
    }

    /// The links that are judged, and what waits.
    var progress: CrawlProgress {
        var progress = CrawlProgress()
        progress.done = counts.links
        progress.failed = counts.broken
        progress.queued = ready.count
        progress.inFlight = inFlight
        return progress
    }

    /// Ends the run: what has no verdict yet was not checked.
    mutating func finish() {
        let reason = stop ?? .interrupted
        let end = stop
        stop = reason
        defer { stop = end }
        for id in urls.indices where urls[id].state != .closed {
            close(id, urls[id].tries > 0 ? urls[id].verdict : .skipped(CheckSkip(reason)))
        }
        for id in urls.indices where !urls[id].uses.isEmpty { release(id) }
        for path in files.keys.sorted() {
            for use in files[path]?.uses ?? [] { skip(use, CheckSkip(reason)) }
            files[path]?.uses = []
        }
        for page in pages.indices where !pages[page].findings.isEmpty { write(page) }
    }

    // MARK: Parts that the extensions use

    mutating func act(_ action: CheckAction) {
        if case .reset = action {} else { inFlight += 1 }
        actions.append(action)
    }

    /// What is worth a line, since the last call.
    mutating func takeNotices() -> [String] {
        defer { notices.removeAll() }
        return notices
    }

    mutating func notice(_ text: String) { notices.append(text) }

    mutating func report(_ problem: String) { problems.append(problem) }

    /// Counts a link of a page.
    mutating func count(_ body: (inout CheckCounts) -> Void) { body(&counts) }

    /// Writes what was found about a page.
    mutating func write(_ page: Int) {
        var some = pages[page].findings
        pages[page].findings = []
        some.sort { left, right in
            (left.location.line ?? 0, left.location.column ?? 0) < (
                right.location.line ?? 0, right.location.column ?? 0
            )
        }
        findings += some
    }
}
