import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchTransport
import TestSupport

/// Records of a crawl, in memory.
struct MemoryOutput: CrawlOutput {
    var outcomes: [Outcome] = []
    /// What happened in which order, shared with a frontier that notes it too.
    var log: Shared<[String]>?
    /// After so many records nothing can be written any more.
    var failsAfter = Int.max

    mutating func add(_ outcome: Outcome) throws(OutputFailure) -> Int64 {
        outcomes.append(outcome)
        return Int64(outcomes.count) * 100
    }

    mutating func flush() throws(OutputFailure) -> OutputMark {
        if outcomes.count >= failsAfter { throw .failed("the disk is full") }
        log?.update { [count = outcomes.count] in $0.append("flush \(count)") }
        return OutputMark(file: "x", bytes: Int64(outcomes.count) * 100, records: outcomes.count)
    }

    /// The paths of the records, in order.
    var paths: [String] { outcomes.map { FetchURL($0.input.text)?.requestTarget ?? "?" } }

    /// The record of a URL whose text ends so.
    func record(_ ending: String) -> Outcome? { outcomes.first { $0.input.text.hasSuffix(ending) } }
}

/// Collects what a crawl says.
final class Notices: CrawlWatcher {
    let lines = Shared<[String]>([])
    func notice(_ text: String) { lines.update { $0.append(text) } }
    func progress(_ progress: CrawlProgress) {}
}

/// A small site: its pages by `origin/path`, everything else is 404.
struct FakeSite {
    var pages: [String: TransferResult] = [:]

    /// A page with links.
    mutating func page(_ key: String, _ links: String...) {
        let html = "<title>\(key)</title>" + links.map { "<a href='\($0)'>x</a>" }.joined()
        pages[key] = Self.html(html)
    }

    /// An answer of this status with fields.
    mutating func answer(_ key: String, _ status: Int, _ fields: [(String, String)] = [], _ text: String = "") {
        pages[key] = TransferResult(
            response: Response(
                status: status, headers: HeaderFields(fields.map { (name: $0.0, value: $0.1) }),
                body: .bytes(Array(text.utf8)), size: text.utf8.count))
    }

    static func html(_ text: String) -> TransferResult {
        TransferResult(
            response: Response(
                status: 200, headers: HeaderFields([(name: "Content-Type", value: "text/html")]),
                body: .bytes(Array(text.utf8)), size: text.utf8.count))
    }

    /// A transport that answers so.
    func transport() -> FakeTransport {
        FakeTransport { [pages] request, _ in
            pages[request.url.host + request.url.requestTarget] ?? TransferResult(response: Response(status: 404))
        }
    }
}

/// A crawl of a fake site.
struct CrawlFixture {
    var options: CrawlOptions
    let time = ManualTime()
    let notices = Notices()
    let stop = StopSignal()

    init(_ seeds: String...) throws {
        options = CrawlOptions(seeds: try seeds.map { try FetchURL.parse($0) })
        options.retry.retries = 0
    }

    /// Runs it to its end.
    func run(
        _ transport: FakeTransport, on frontier: any Frontier = MemoryFrontier(), output: MemoryOutput = MemoryOutput()
    ) async throws -> (output: MemoryOutput, result: CrawlResult) {
        let crawler = crawler(transport, frontier)
        var output = output
        let result = try await crawler.run(&output)
        return (output, result)
    }

    func crawler(_ transport: FakeTransport, _ frontier: any Frontier) -> Crawler {
        let scheduler = Scheduler(
            transport: transport, options: Crawler.schedulerOptions(SchedulerOptions()), time: time, stop: stop)
        return Crawler(
            options: options, scheduler: scheduler, frontier: frontier, isDurable: !(frontier is MemoryFrontier),
            time: time, watcher: notices)
    }
}
