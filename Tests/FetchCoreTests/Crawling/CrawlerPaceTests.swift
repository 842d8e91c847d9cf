import FetchCrawl
import FetchHTTP
import FetchScheduling
import FetchTransport
import TestSupport
import Testing

@Suite("The pace of a crawl")
struct CrawlerPaceTests {
    /// Runs a crawl, and moves the time whenever everybody sleeps.
    private func run(_ fixture: CrawlFixture, _ transport: FakeTransport) async throws -> MemoryOutput {
        let crawler = fixture.crawler(transport, MemoryFrontier())
        let time = fixture.time
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await time.waitUntilSleeping { !$0.isEmpty }
                    if let next = time.sleeping.first { time.advance(by: next) }
                    await Task.yield()
                }
            }
            var output = MemoryOutput()
            _ = try await crawler.run(&output)
            group.cancelAll()
            // It may wait for a sleeper that never comes otherwise.
            try? await time.sleep(for: .milliseconds(1))
            return output
        }
    }

    @Test("waits the delay between the requests to a host, or its Crawl-delay, or the cap of that")
    func delay() async throws {
        for (crawlDelay, expected) in [("", Duration.seconds(2)), ("7", .seconds(7)), ("9999", .seconds(30))] {
            var site = FakeSite()
            site.answer("a/robots.txt", 200, [], "User-agent: *\nDisallow:\nCrawl-delay: \(crawlDelay)\n")
            site.page("a/", "/1", "/2")
            site.page("a/1")
            site.page("a/2")
            var fixture = try CrawlFixture("http://a/")
            fixture.options.delay = .seconds(2)
            let starts = Shared<[Duration]>([])
            let time = fixture.time
            let inner = site.pages
            let transport = FakeTransport { request, _ in
                if request.url.path != "/robots.txt" { starts.update { $0.append(time.now()) } }
                return inner[request.url.host + request.url.requestTarget]
                    ?? TransferResult(response: Response(status: 404))
            }
            let output = try await run(fixture, transport)
            #expect(output.outcomes.count == 3)
            let gaps = zip(starts.value.dropFirst(), starts.value).map { $0 - $1 }
            #expect(gaps.allSatisfy { $0 >= expected && $0 < expected + .seconds(1) }, "\(crawlDelay): \(gaps)")
        }
    }

    @Test("pauses a host that answers 429 and tries the URL again, while the others go on")
    func pause() async throws {
        var site = FakeSite()
        site.page("slow/", "/1", "/2", "/3")
        for name in ["1", "2", "3"] { site.page("slow/\(name)") }
        site.page("a/", "/1", "/2", "/3", "/4")
        for name in ["1", "2", "3", "4"] { site.page("a/\(name)") }
        var fixture = try CrawlFixture("http://slow/", "http://a/")
        fixture.options.retry.retries = 3
        fixture.options.maxPerOrigin = 1
        let log = Shared<[(host: String, path: String, at: Duration)]>([])
        let time = fixture.time
        let pages = site.pages
        let transport = FakeTransport { request, _ in
            let key = request.url.host + request.url.requestTarget
            let isFirst = log.update { log in
                defer { log.append((request.url.host, request.url.path, time.now())) }
                return !log.contains { $0.host == request.url.host && $0.path == "/1" }
            }
            if key == "slow/1", isFirst {
                return TransferResult(
                    response: Response(status: 429, headers: HeaderFields([(name: "Retry-After", value: "20")])))
            }
            return pages[key] ?? TransferResult(response: Response(status: 404))
        }
        let crawler = fixture.crawler(transport, MemoryFrontier())
        let output = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Both robots.txt, the five pages of one host, two of the other: all there is to do before the pause is over.
                await transport.waitForRequests(9)
                await time.waitUntilSleeping { $0.contains { $0 > .seconds(10) } }
                time.advance(by: .seconds(25))
            }
            var output = MemoryOutput()
            _ = try await crawler.run(&output)
            return output
        }
        #expect(output.outcomes.count == 9)
        #expect(output.outcomes.allSatisfy { $0.isOK })
        #expect(output.record("slow/1")?.retries == 1)
        let calls = log.value
        let limited = try #require(calls.first { $0.host == "slow" && $0.path == "/1" }).at
        let afterwards = calls.filter { $0.host == "slow" && $0.at > limited }
        #expect(afterwards.allSatisfy { $0.at - limited >= .seconds(20) })
        #expect(afterwards.count == 3)
        #expect(calls.filter { $0.host == "a" }.allSatisfy { $0.at - limited < .seconds(1) })
    }
}
