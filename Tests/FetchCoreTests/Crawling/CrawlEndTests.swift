import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchTransport
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchCrawl

/// Every crawl ends, whatever comes together.
@Suite("The end of a crawl", .timeLimit(.minutes(10)))
struct CrawlEndTests {
    /// How many random sites are crawled; more of them by hand.
    private static let count = UInt64(ProcessInfo.processInfo.environment["FETCHALL_RANDOM_SITES"] ?? "") ?? 2000

    /// Runs a crawl, and moves the time whenever everybody sleeps; a crawl that sleeps for ever is stopped.
    ///
    /// - Returns: The records, the result, and whether it was stopped.
    private static func run(
        _ options: CrawlOptions, _ transport: FakeTransport, _ frontier: any Frontier
    ) async throws -> (output: MemoryOutput, result: CrawlResult, isEndless: Bool) {
        var fixture = try CrawlFixture("http://h0/")
        fixture.options = options
        let crawler = fixture.crawler(transport, frontier)
        let (time, stop) = (fixture.time, fixture.stop)
        let isEndless = Shared(false)
        let isOver = Shared(false)
        let (output, result) = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var steps = 0
                while !isOver.value {
                    await time.waitUntilSleeping { !$0.isEmpty }
                    if let next = time.sleeping.first { time.advance(by: next) }
                    steps += 1
                    if steps == 5000 {
                        isEndless.update { $0 = true }
                        stop.stop(.interrupted)
                    }
                    await Task.yield()
                }
            }
            var output = MemoryOutput()
            let result: Result<CrawlResult, any Error>
            do { result = .success(try await crawler.run(&output)) } catch { result = .failure(error) }
            isOver.update { $0 = true }
            // The other task may wait for a sleeper that never comes otherwise.
            let last = Task { try? await time.sleep(for: .milliseconds(1)) }
            try await group.waitForAll()
            last.cancel()
            return (output, try result.get())
        }
        return (output, result, isEndless.value)
    }

    private static func crawl(_ seed: UInt64, on frontier: any Frontier) async throws {
        var site = RandomSite(seed: seed)
        let options = try site.options()
        let pages = site.pages
        let asked = Shared<Set<String>>([])
        let transport = FakeTransport { request, _ in
            let key = request.url.host + request.url.requestTarget
            let isFirst = asked.update { $0.insert(key).inserted }
            let reply = pages[key] ?? TransferResult(response: Response(status: 404))
            // A server that puts off for ever is obeyed for ever.
            return !isFirst && reply.response?.headers.contains("Retry-After") == true ? FakeSite.html("") : reply
        }
        do {
            let (output, result, isEndless) = try await run(options, transport, frontier)
            #expect(!isEndless, "seed \(seed)")
            #expect(result.counts.leased == 0, "seed \(seed)")
            let fetched = output.outcomes.filter { $0.crawl?.skipped == nil && $0.response != nil }.map(\.input.text)
            #expect(Set(fetched).count == fetched.count, "seed \(seed): \(fetched)")
            // A sitemap that was named and is not there has a record, and is no page.
            let count = fetched.count { !$0.hasSuffix(".xml") }
            #expect(options.checksLinks || count <= options.maxPages, "seed \(seed)")
        } catch {
            Issue.record("seed \(seed): \(error)")
        }
    }

    @Test func `issue 21.1: a crawl of any small site ends`() async throws {
        for seed in 0..<Self.count { try await Self.crawl(seed, on: MemoryFrontier()) }
    }

    @Test func `issue 21.1: so with a state, also when it is taken up`() async throws {
        for seed in 0..<max(40, Self.count / 20) {
            try await TemporaryState.with { path in
                for _ in 0..<2 {
                    let (file, _) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
                    defer { try? file.close() }
                    try await Self.crawl(seed, on: try SQLiteFrontier(file: file))
                }
            }
        }
    }

    /// A frontier with a fault: it forgets to end leases, so that nothing that is left can be leased.
    private struct Forgetful: Frontier {
        let frontier = MemoryFrontier()
        func unknown(_ fingerprints: [UInt64]) -> [Int] { frontier.unknown(fingerprints) }
        func take(_ turn: FrontierTurn, now: Int64, ttl: Int64) -> FrontierAnswer {
            var turn = turn
            for index in turn.reports.indices { turn.reports[index].ends = false }
            return frontier.take(turn, now: now, ttl: ttl)
        }
        func reap(now: Int64) -> Int { frontier.reap(now: now) }
        func nextWake(now: Int64) -> FrontierWake { frontier.nextWake(now: now) }
        func counts() -> FrontierCounts { frontier.counts() }
        func scan(after position: ScanPosition?, limit: Int) -> FrontierPage {
            frontier.scan(after: position, limit: limit)
        }
        func find(_ key: PageKey) -> FrontierRecord? { frontier.find(key) }
        func referrers(of key: PageKey, limit: Int) -> [String] { frontier.referrers(of: key, limit: limit) }
    }

    @Test func `issue 21.1: a crawl that stands still says so and ends`() async throws {
        var site = FakeSite()
        // The page that waits for its retry is in a lease that never ends.
        site.answer("h0/", 500)
        var options = CrawlOptions(seeds: [try FetchURL.parse("http://h0/")])
        options.retry.retries = 1
        let transport = site.transport()
        do {
            _ = try await Self.run(options, transport, Forgetful())
            Issue.record("it ended as if all was well")
        } catch let OutputFailure.failed(message) {
            #expect(message.hasPrefix("the crawl stands still: 1 URLs"), "\(message)")
        }
    }
}
