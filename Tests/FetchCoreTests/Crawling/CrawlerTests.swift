import FetchHTML
import FetchHTTP
import FetchRecords
import FetchScheduling
import TestSupport
import Testing

@testable import FetchCrawl

@Suite("A crawl")
struct CrawlerTests {
    @Test("fetches every page in scope once, with its depth and parent", arguments: FrontierKind.allCases)
    func everyPageOnce(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            var site = FakeSite()
            site.page("a/", "/1", "/2#x", "http://b/", "mailto:x@y", "/1?")
            site.page("a/1", "/", "/2", "/3")
            site.page("a/2", "1", "%33")
            site.page("a/3")
            let transport = site.transport()
            var fixture = try CrawlFixture("http://a/")
            // One after the other: of two spellings of a page the first that is found is fetched.
            fixture.options.maxPerOrigin = 1
            let (output, result) = try await fixture.run(transport, on: frontier)
            #expect(output.paths.sorted() == ["/", "/1", "/2", "/3"])
            #expect(
                transport.requests.map(\.url.href).sorted() == [
                    "http://a/", "http://a/1", "http://a/2", "http://a/3", "http://a/robots.txt",
                ])
            let third = try #require(output.record("/3")?.crawl)
            #expect(third.depth == 2 && third.parent == "http://a/1" && third.title == "a/3")
            #expect(third.linksFound == 0 && third.robots == "none")
            #expect(output.record("a/")?.crawl?.parent == nil)
            #expect(output.outcomes.map(\.input.index) == [0, 1, 2, 3])
            #expect(result.counts.done == 4 && result.counts.queued == 0)
            #expect(result.summary.skipped[.scope] == 1)
        }
    }

    @Test("stops at its depth and at its number of pages, and counts what it left")
    func limits() async throws {
        var site = FakeSite()
        site.page("a/", "/1", "/x1", "/x2", "/x3")
        site.page("a/1", "/2")
        site.page("a/2", "/3")
        for name in ["x1", "x2", "x3"] { site.page("a/\(name)") }
        var fixture = try CrawlFixture("http://a/")
        fixture.options.maxDepth = 1
        let (shallow, first) = try await fixture.run(site.transport())
        #expect(shallow.paths.sorted() == ["/", "/1", "/x1", "/x2", "/x3"])
        #expect(first.summary.skipped[.depth] == 1 && !first.isBudgetSpent)
        fixture.options.maxPages = 3
        let (few, second) = try await fixture.run(site.transport())
        #expect(few.outcomes.count == 3)
        #expect(second.isBudgetSpent && second.counts.queued == 2)
    }

    @Test("is taken up where its budget ended it, and ends", arguments: FrontierKind.allCases)
    func budgets(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            var site = FakeSite()
            for name in ["", "1", "2", "3", "4"] { site.page("a/\(name)", "/1", "/2", "/3", "/4") }
            var fixture = try CrawlFixture("http://a/")
            var paths: [String] = []
            for pages in [1, 3, 9, 9] {
                fixture.options.maxPages = pages
                paths += try await fixture.run(site.transport(), on: frontier).output.paths
            }
            #expect(paths.sorted() == ["/", "/1", "/2", "/3", "/4"])
        }
    }

    @Test("obeys robots.txt, asks for it once a host, and gives a forbidden seed its record")
    func robots() async throws {
        var site = FakeSite()
        site.answer("a/robots.txt", 200, [], "User-agent: *\nDisallow: /private\n")
        site.page("a/", "/private/1", "/open")
        site.page("a/open", "/private/2")
        let transport = site.transport()
        var fixture = try CrawlFixture("http://a/", "http://a/private/seed")
        fixture.options.showsSkipped = true
        let (output, result) = try await fixture.run(transport)
        #expect(transport.requests.filter { $0.url.path == "/robots.txt" }.count == 1)
        #expect(!transport.requests.contains { $0.url.path.hasPrefix("/private") })
        let seed = try #require(output.record("/private/seed"))
        #expect(seed.error?.kind == .robotsDisallowed && seed.crawl?.skipped == nil)
        let link = try #require(output.record("/private/1"))
        #expect(link.crawl?.skipped == .robots && link.crawl?.robots == "disallowed")
        // The seed is a failure; what a page links to is not.
        #expect(result.summary.requests.failed == 1)
    }

    @Test("leaves a host alone whose robots.txt cannot be had, and goes on with the others")
    func unreachable() async throws {
        var site = FakeSite()
        site.answer("dead/robots.txt", 503)
        site.page("dead/")
        site.page("a/", "/1")
        site.page("a/1")
        var fixture = try CrawlFixture("http://dead/", "http://a/")
        fixture.options.retry.retries = 1
        let transport = site.transport()
        let crawler = fixture.crawler(transport, MemoryFrontier())
        let time = fixture.time
        let (output, result) = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // The crawl has nothing left but to ask the dead origin again.
                await time.waitUntilSleeping { $0.contains { $0 >= .milliseconds(900) } }
                time.advance(by: .seconds(70))
            }
            var output = MemoryOutput()
            let result = try await crawler.run(&output)
            return (output, result)
        }
        #expect(transport.requests.filter { $0.url.host == "dead" }.map(\.url.path) == ["/robots.txt", "/robots.txt"])
        #expect(Set(output.paths) == ["/", "/1"])
        let dead = try #require(output.record("dead/"))
        #expect(dead.error?.kind == .robotsDisallowed)
        #expect(result.counts.queued == 1 && result.counts.done == 2)
        #expect(fixture.notices.lines.value.contains { $0.contains("dead") })
    }

    @Test("follows redirects as pages of their own: same depth, no loop, not too many")
    func redirects() async throws {
        var site = FakeSite()
        site.page("a/", "/moved", "/loop", "/far", "/out")
        site.answer("a/moved", 301, [("Location", "/target")])
        site.page("a/target", "/moved")
        site.answer("a/loop", 302, [("Location", "/loop2")])
        site.answer("a/loop2", 302, [("Location", "/loop")])
        for hop in 0..<20 { site.answer(hop == 0 ? "a/far" : "a/far\(hop)", 302, [("Location", "/far\(hop + 1)")]) }
        site.answer("a/out", 302, [("Location", "http://b/")])
        let transport = site.transport()
        let (output, _) = try await CrawlFixture("http://a/").run(transport)
        #expect(output.record("/moved")?.isOK == true)
        #expect(output.record("/target")?.crawl?.depth == 1)
        #expect(output.record("/target")?.crawl?.parent == "http://a/moved")
        #expect(transport.requests.filter { $0.url.path.hasPrefix("/loop") }.count == 11)
        #expect(output.record("/loop2")?.error?.kind == .tooManyRedirects)
        #expect(output.record("/far10")?.error?.kind == .tooManyRedirects)
        #expect(output.record("/far11") == nil)
        #expect(!transport.requests.contains { $0.url.host == "b" })
    }

    @Test("takes the scope along when a seed redirects to another host")
    func movedSeed() async throws {
        var site = FakeSite()
        site.answer("a/", 301, [("Location", "http://www.a/")])
        site.page("www.a/", "/1")
        site.page("www.a/1")
        let (output, _) = try await CrawlFixture("http://a/").run(site.transport())
        #expect(output.outcomes.map(\.input.text) == ["http://a/", "http://www.a/", "http://www.a/1"])
    }

    @Test("writes the records of pages before it says that they are complete")
    func order() async throws {
        var site = FakeSite()
        site.page("a/", "/1")
        site.page("a/1", "/2")
        site.page("a/2")
        let log = Shared<[String]>([])
        let frontier = LoggingFrontier(log)
        var output = MemoryOutput()
        output.log = log
        _ = try await CrawlFixture("http://a/").run(site.transport(), on: frontier, output: output)
        var flushed = 0
        for line in log.value {
            let parts = line.split(separator: " ")
            if parts[0] == "flush" { flushed = Int(parts[1]) ?? 0 } else { #expect(Int(parts[1]) ?? 0 <= flushed) }
        }
        #expect(log.value.contains("done 3"))
    }

    @Test("completes nothing that could not be written")
    func fullDisk() async throws {
        var site = FakeSite()
        site.page("a/", "/1")
        site.page("a/1")
        var output = MemoryOutput()
        output.failsAfter = 2
        let frontier = MemoryFrontier()
        await #expect(throws: OutputFailure.self) {
            try await CrawlFixture("http://a/").run(site.transport(), on: frontier, output: output)
        }
        #expect(frontier.counts().done == 1)
    }

    @Test("keeps the user's fields and credentials with the origins they were given for")
    func secrets() async throws {
        var site = FakeSite()
        site.page("a/", "http://b/1")
        site.page("b/1")
        var fixture = try CrawlFixture("http://user:secret@a/")
        fixture.options.scope = Scope(reach: .any, seeds: fixture.options.seeds)
        fixture.options.headers.append("X-Token", "t")
        fixture.options.headers.append("Accept-Language", "de")
        let transport = site.transport()
        let (output, _) = try await fixture.run(transport)
        for request in transport.requests {
            let isOwn = request.url.host == "a"
            #expect(request.headers.contains("x-token") == isOwn)
            #expect(request.headers.contains("authorization") == isOwn)
            #expect(request.headers.contains("accept-language"))
            #expect(!request.url.hasCredentials)
        }
        #expect(transport.requests.count == 4)
        #expect(output.record("b/1")?.crawl?.parent == "http://a/")
    }
}

/// Notes how many pages it was told are done.
private final class LoggingFrontier: Frontier {
    private let frontier = MemoryFrontier()
    private let log: Shared<[String]>

    init(_ log: Shared<[String]>) { self.log = log }

    func take(_ turn: FrontierTurn, now: Int64, ttl: Int64) throws(FetchError) -> FrontierAnswer {
        let answer = frontier.take(turn, now: now, ttl: ttl)
        let done = frontier.counts().done
        log.update { $0.append("done \(done)") }
        return answer
    }

    func unknown(_ fingerprints: [UInt64]) -> [Int] { frontier.unknown(fingerprints) }
    func reap(now: Int64) -> Int { frontier.reap(now: now) }
    func nextWake(now: Int64) -> FrontierWake { frontier.nextWake(now: now) }
    func counts() -> FrontierCounts { frontier.counts() }
    func scan(after position: ScanPosition?, limit: Int) -> FrontierPage {
        frontier.scan(after: position, limit: limit)
    }
    func find(_ key: PageKey) -> FrontierRecord? { frontier.find(key) }
    func referrers(of key: PageKey, limit: Int) -> [String] { frontier.referrers(of: key, limit: limit) }
}
