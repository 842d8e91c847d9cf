import TestSupport
import Testing

@Suite("crawl and robots.txt")
struct CrawlRobotsTests {
    @Test("row 129: 404, 410, 403 and 401 allow everything", arguments: [404, 410, 403, 401])
    func missing(status: Int) async throws {
        let run = try await CrawlRun.run(robots: .status(status)) { $0.path == "/" ? CrawlRun.page("/a") : .html("") }
        #expect(run.asked == ["/", "/a"])
        #expect(run.rows.allSatisfy { $0.robots == "none" })
        #expect(run.result.exit == 0)
    }

    @Test(
        "row 130: 5xx, a reset and silence forbid everything of that host alone",
        arguments: ["503", "reset", "silence"])
    func unreachable(how: String) async throws {
        let robots: LoopbackServer.Reply =
            switch how {
            case "503": .status(503)
            case "reset": .raw("", then: .reset)
            default: .init([.silence])
            }
        let dead = try LoopbackServer { _ in robots }
        defer { dead.stop() }
        let alive = try LoopbackServer { $0.path == "/" ? CrawlRun.page("/a") : .html("") }
        defer { alive.stop() }
        let result = try await Tool.run([
            "crawl", "--jsonl", "--retry", "1", "--retry-delay", "50ms", "--max-time", "500ms", "\(dead.baseURL)/",
            "\(alive.baseURL)/",
        ])
        let rows = try PageRow.lines(result.bytes)
        #expect(rows.filter(\.ok).map(\.path) == ["/", "/a"])
        #expect(rows.filter { !$0.ok }.map(\.error?.kind) == ["robots-disallowed"])
        #expect(dead.log.map(\.target) == ["/robots.txt", "/robots.txt"])
        #expect(result.stderr.contains("is not crawled"))
        #expect(result.exit == 1)
    }

    @Test("row 131: 429 with Retry-After is waited for and asked again")
    func wait() async throws {
        let server = try LoopbackServer { request in
            if request.path != "/robots.txt" { return .html("") }
            return request.number == 1
                ? .status(429, headers: [("Retry-After", "1")])
                : .ok("User-agent: *\nDisallow: /x\n")
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--jsonl", "--retry", "2", "\(server.baseURL)/"])
        #expect(server.log.map(\.target) == ["/robots.txt", "/robots.txt", "/"])
        try #require(server.log.count > 1)
        let gap = server.log[1].receivedAt - server.log[0].receivedAt
        #expect(gap >= .milliseconds(950))
        #expect(result.exit == 0)
    }

    @Test("row 132: redirects are followed, to another host too, and a loop counts as no robots.txt")
    func redirects() async throws {
        let other = try LoopbackServer { _ in .ok("User-agent: *\nDisallow: /private\n") }
        defer { other.stop() }
        let target = other.baseURL
        let moved = try await CrawlRun.run(robots: .redirect(to: "\(target)/elsewhere")) {
            $0.path == "/" ? CrawlRun.page("/private/1", "/a") : .html("")
        }
        #expect(moved.asked == ["/", "/a"])
        let loop = try await CrawlRun.run(robots: .redirect(to: "/robots.txt")) {
            $0.path == "/" ? CrawlRun.page("/private/1") : .html("")
        }
        #expect(loop.asked == ["/", "/private/1"])
        #expect(loop.robots == 6)
    }

    @Test("row 136: robots.txt is asked for once and is no page")
    func once() async throws {
        let run = try await CrawlRun.run(["--max-host", "8"], robots: .ok("User-agent: *\nDisallow:\n")) { request in
            request.path == "/" ? CrawlRun.page("/robots.txt", "/a", "/b", "/c", "/d") : CrawlRun.page("/robots.txt")
        }
        #expect(run.robots == 1)
        #expect(run.rows.count == 5)
    }

    @Test("row 136: robots.txt is kept in the state")
    func kept() async throws {
        let server = try LoopbackServer {
            $0.path == "/robots.txt" ? .ok("User-agent: *\nDisallow: /x\n") : CrawlRun.page("/1", "/2", "/3", "/x")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        for pages in ["2", "9"] {
            _ = try await Tool.run([
                "crawl", "--jsonl", "--state", scratch("s"), "--max-pages", pages, "\(server.baseURL)/",
            ])
        }
        #expect(server.log.map(\.target).filter { $0 == "/robots.txt" }.count == 1)
        #expect(server.log.count == 5)
    }

    @Test("row 137: a huge Crawl-delay is capped, and said aloud")
    func crawlDelay() async throws {
        let run = try await CrawlRun.run(
            ["--deadline", "1500ms"], robots: .ok("User-agent: *\nCrawl-delay: 86400\n")
        ) { _ in CrawlRun.page("/a", "/b") }
        #expect(run.asked == ["/"])
        #expect(run.result.exit == 124)
        #expect(run.result.stderr.contains("Crawl-delay"))
        #expect(run.result.stderr.contains("30 s"))
    }

    @Test("--no-robots reads none")
    func ignored() async throws {
        let run = try await CrawlRun.run(["--no-robots"], robots: .ok("User-agent: *\nDisallow: /\n")) { _ in .html("")
        }
        #expect(run.robots == 0)
        #expect(run["/"]?.robots == "ignored")
    }

    @Test("row 147: nofollow of a page, a link and a field is obeyed on request, and ignored otherwise")
    func nofollow() async throws {
        let handler: @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = { request in
            switch request.path {
            case "/":
                .html("<a href=/meta>m</a><a href=/header>h</a><a href=/rel>r</a><a href=/no rel='x nofollow'>n</a>")
            case "/meta": .html("<meta name=robots content='noindex, nofollow'><a href=/meta1>x</a>")
            case "/header":
                .response(
                    headers: [("Content-Type", "text/html"), ("X-Robots-Tag", "nofollow")],
                    body: Array("<a href=/header1>x</a>".utf8))
            case "/rel": .html("<meta http-equiv=refresh content='0; url=/refreshed'>")
            default: .html("")
            }
        }
        let obeyed = try await CrawlRun.run(["--meta-robots"], handler)
        #expect(Set(obeyed.asked) == ["/", "/meta", "/header", "/rel", "/refreshed"])
        let ignored = try await CrawlRun.run([], handler)
        #expect(Set(ignored.asked) == ["/", "/meta", "/header", "/rel", "/refreshed", "/no", "/meta1", "/header1"])
    }
}
