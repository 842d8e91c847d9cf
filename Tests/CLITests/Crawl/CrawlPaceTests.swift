import TestSupport
import Testing

@Suite("crawl and the pace of hosts")
struct CrawlPaceTests {
    @Test("two requests at once go to a host, unless --max-host says otherwise")
    func perHost() async throws {
        for (arguments, most) in [([], 2), (["--max-host", "5"], 5), (["--max-host", "9", "--max", "3"], 3)] {
            let server = try LoopbackServer { request in
                request.path == "/"
                    ? .html((0..<30).map { "<a href=/\($0)>x</a>" }.joined()) : .ok(after: .milliseconds(30))
            }
            defer { server.stop() }
            let result = try await Tool.run(["crawl", "--jsonl", "--no-robots"] + arguments + ["\(server.baseURL)/"])
            #expect(result.lines.count == 31)
            #expect(server.peakInFlight == most)
        }
    }

    @Test("--delay is kept between the end of a request to a host and the next")
    func delay() async throws {
        let server = try LoopbackServer { request in
            request.path == "/" ? CrawlRun.page("/1", "/2", "/3") : .ok(after: .milliseconds(50))
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--jsonl", "--no-robots", "--delay", "200ms", "\(server.baseURL)/"])
        #expect(result.lines.count == 4)
        #expect(server.peakInFlight == 1)
        #expect(server.starts(in: .milliseconds(195)) == 1)
    }

    @Test("a Crawl-delay of robots.txt is kept")
    func crawlDelay() async throws {
        let server = try LoopbackServer { request in
            request.path == "/robots.txt" ? .ok("User-agent: *\nCrawl-delay: 0.3\n") : CrawlRun.page("/1", "/2")
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--jsonl", "\(server.baseURL)/"])
        #expect(result.lines.count == 3)
        let pages = server.log.filter { $0.path != "/robots.txt" }.map(\.receivedAt)
        #expect(zip(pages.dropFirst(), pages).allSatisfy { $0 - $1 >= .milliseconds(290) })
    }

    @Test("a host that answers 429 is paused as long as it asks, holds no permit, and the others go on meanwhile")
    func limited() async throws {
        let refused = Shared<ContinuousClock.Instant?>(nil)
        let slow = try LoopbackServer { request in
            guard request.path != "/" else { return CrawlRun.page("/1", "/2", "/3", "/4", "/5", "/6") }
            let isFirst = refused.update { time in
                defer { time = time ?? .now }
                return time == nil
            }
            return isFirst ? .status(429, headers: [("Retry-After", "2")]) : .html("")
        }
        defer { slow.stop() }
        let other = try LoopbackServer { request in
            let number = Int(request.path.dropFirst()) ?? 0
            return .html("<a href=/\(number + 1)>x</a>", after: .milliseconds(10))
        }
        defer { other.stop() }
        let result = try await Tool.run([
            "crawl", "--jsonl", "--no-robots", "--max-depth", "40", "--retry", "1", "--max", "2",
            "\(slow.baseURL)/", "\(other.baseURL)/0",
        ])
        let rows = try PageRow.lines(result.bytes)
        #expect(rows.count == 7 + 41)
        #expect(rows.allSatisfy { $0.ok })
        let pause = try #require(refused.value)
        // One more was in flight when the host refused.
        let late = slow.log.filter { $0.receivedAt > pause + .milliseconds(100) }
        #expect(late.count >= 5)
        #expect(late.allSatisfy { $0.receivedAt - pause >= .milliseconds(1900) })
        #expect(other.log.filter { $0.receivedAt < pause + .milliseconds(1900) }.count >= 30)
    }

    @Test("a rate holds for everything that is sent, robots.txt too")
    func rate() async throws {
        let server = try LoopbackServer { request in
            request.path == "/robots.txt" ? .status(404) : .html((0..<9).map { "<a href=/\($0)>x</a>" }.joined())
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--jsonl", "--rate", "4/1s", "\(server.baseURL)/"])
        #expect(result.lines.count == 10)
        #expect(server.requestCount == 11)
        #expect(server.starts(in: .milliseconds(990)) <= 4)
    }

    @Test("a page that fails is tried again as often as --retry says, and no longer than --retry-max-time")
    func retries() async throws {
        func run(_ arguments: String...) async throws -> CrawlRun {
            try await CrawlRun.run(["--no-robots", "--retry-delay", "10ms"] + arguments) { _ in .status(500) }
        }
        let three = try await run("--retry", "3")
        #expect(three.asked.count == 4)
        #expect(three["/"]?.numRetries == 3)
        let short = try await run("--retry", "1000", "--retry-max-time", "300ms")
        #expect((2..<200).contains(short.asked.count))
        #expect(short["/"]?.error?.kind == "http-status")
        let other = try await run("--retry", "2", "--retry-on", "503")
        #expect(other.asked.count == 1)
    }

    @Test("what a server asks to repeat uses no attempt up")
    func uncharged() async throws {
        let run = try await CrawlRun.run(["--no-robots", "--retry", "1", "--retry-delay", "10ms"]) { request in
            switch request.number {
            case 1, 2: .status(429, headers: [("Retry-After", "1")])
            case 3: .status(500)
            default: .html("")
            }
        }
        #expect(run.asked.count == 4)
        #expect(run["/"]?.ok == true)
    }

    @Test("a Retry-After beyond --max-wait is exit 5")
    func patience() async throws {
        let run = try await CrawlRun.run(["--no-robots", "--retry", "2", "--max-wait", "5s"]) { _ in
            .status(429, headers: [("Retry-After", "60")])
        }
        #expect(run["/"]?.error?.kind == "rate-limited")
        #expect(run.result.exit == 5)
    }
}
