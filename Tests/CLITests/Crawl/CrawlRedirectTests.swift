import TestSupport
import Testing

@Suite("crawl and redirects")
struct CrawlRedirectTests {
    /// A site that answers with a redirect until the cookie comes back.
    @Sendable private static func wall(
        _ request: LoopbackServer.Request, to target: String
    ) -> LoopbackServer.Reply {
        guard request.header("cookie")?.contains("seen=1") == true else {
            return .redirect(to: target, headers: [("Set-Cookie", "seen=1; Path=/")])
        }
        return request.path == "/" ? CrawlRun.page("/a", "/b") : .html("")
    }

    @Test("issue 21.5: a cookie wall is passed, and the site behind it is crawled")
    func cookieWall() async throws {
        let scratch = try Scratch()
        let run = try await CrawlRun.run(["--cookie-jar", scratch("jar"), "--max-host", "1"]) {
            Self.wall($0, to: $0.path)
        }
        #expect(run.asked == ["/", "/", "/a", "/b"])
        #expect(run.rows.map(\.path) == ["/", "/a", "/b"])
        #expect(run["/"]?.responseCode == 200)
        #expect(run["/"]?.numRedirects == 1)
        #expect(run["/"]?.linksFound == 2)
        #expect(run.result.exit == 0)
    }

    @Test("issue 21.5: a cookie wall with a page of its own is passed", arguments: [false, true])
    func twoURLs(hasState: Bool) async throws {
        let scratch = try Scratch()
        let state = hasState ? ["--state", scratch("s")] : []
        let run = try await CrawlRun.run(["--cookie-jar", scratch("jar"), "--max-host", "1"] + state) { request in
            switch request.path {
            case "/wall": .redirect(to: "/", headers: [("Set-Cookie", "seen=1; Path=/")])
            default: Self.wall(request, to: "/wall")
            }
        }
        #expect(run.asked == ["/", "/wall", "/", "/a", "/b"])
        #expect(run["/wall"]?.responseCode == 200)
        #expect(run["/wall"]?.urlEffective == run["/"]?.url)
        #expect(run["/wall"]?.linksFound == 2)
        #expect(run["/a"]?.parent == run["/wall"]?.url)
        #expect(run.result.exit == 0)
    }

    @Test(
        "issue 21.5: a redirect to another spelling of the same URL is followed",
        arguments: [("/%7Eme/", "/~me/"), ("/q?", "/q"), ("/%c3%a9", "/%C3%A9"), ("/x%2ey", "/x.y")])
    func spellings(linked: String, target: String) async throws {
        let run = try await CrawlRun.run(["--max-host", "1"]) { request in
            switch request.target {
            case "/": CrawlRun.page(linked)
            case linked: .redirect(to: target, status: 301)
            case target: CrawlRun.page("end")
            default: .html("")
            }
        }
        let end = target.hasSuffix("/") ? target + "end" : "/end"
        #expect(run.asked == ["/", linked, target, end])
        #expect(run.rows.map(\.responseCode) == [200, 200, 200])
        #expect(run.rows.first { $0.depth == 1 }?.linksFound == 1)
        #expect(run.rows.first { $0.depth == 1 }?.urlEffective?.hasSuffix(target) == true)
    }

    @Test("issue 21.5: a loop is too-many-redirects", arguments: [1, 2, 3])
    func loops(length: Int) async throws {
        let run = try await CrawlRun.run(["--max-redirs", "6"]) { request in
            let number = Int(request.path.dropFirst()) ?? 0
            let next = (number + 1) % length
            return .redirect(to: next == 0 ? "/" : "/\(next)", headers: [("Set-Cookie", "n=\(request.number)")])
        }
        #expect(run.rows.count == length)
        #expect(run.rows.last?.error?.kind == "too-many-redirects")
        #expect(run.rows.last?.ok == false)
        #expect(run.asked.count == 7)
        #expect(run.result.exit == 1)
    }

    @Test("issue 21.5: a wall without a cookie jar is a loop, and --no-location follows nothing")
    func withoutJar() async throws {
        let run = try await CrawlRun.run { Self.wall($0, to: "/") }
        #expect(run.asked.count == 11)
        #expect(run.rows.map(\.error?.kind) == ["too-many-redirects"])
        let still = try await CrawlRun.run(["--no-location"]) { Self.wall($0, to: "/") }
        #expect(still.asked == ["/"])
    }

    @Test("issue 21.5: many pages that redirect to one are not many fetches of it")
    func oneTarget() async throws {
        let run = try await CrawlRun.run { request in
            switch request.path {
            case "/": CrawlRun.page("/1", "/2", "/3", "/login")
            case "/login": .html("")
            default: .redirect(to: "/login")
            }
        }
        #expect(run.asked.filter { $0 == "/login" }.count == 1)
        #expect(run.result.exit == 0)
    }

    @Test("issue 21.5: a hop of a chain keeps the delay, and robots.txt is asked for it")
    func manners() async throws {
        let server = try LoopbackServer { request in
            switch request.target {
            case "/robots.txt": .ok("User-agent: *\nDisallow: /q$\nCrawl-delay: 0.3\n")
            case "/": CrawlRun.page("/q?", "/wall")
            case "/q?": .redirect(to: "/q")
            default: .redirect(to: request.path)
            }
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--jsonl", "--max-redirs", "3", server.baseURL + "/"])
        let rows = try PageRow.lines(result.bytes)
        #expect(rows.first { $0.url.hasSuffix("/q?") }?.error?.kind == "robots-disallowed")
        let asked = server.log.filter { $0.path != "/robots.txt" }
        #expect(asked.map(\.target) == ["/", "/q?", "/wall", "/wall", "/wall", "/wall"])
        for (one, next) in zip(asked, asked.dropFirst()) {
            #expect(next.receivedAt - one.receivedAt >= .milliseconds(290), "\(next.target)")
        }
    }
}
