import TestSupport
import Testing

@Suite("crawl and its options")
struct CrawlOptionTests {
    /// Crawls `docs.site.localhost/a/b/` and gives which of the pages around it were asked for.
    private func around(_ arguments: String...) async throws -> Set<String> {
        let server = try LoopbackServer { request in
            let port = request.host.drop { $0 != ":" }
            guard request.host.hasPrefix("docs."), request.path == "/a/b/" else { return .html("") }
            return CrawlRun.page(
                "/a/b/c", "/a/d", "/", "http://www.site.localhost\(port)/w", "http://other.localhost\(port)/o",
                "/a/b/?q")
        }
        defer { server.stop() }
        let url = "http://docs.site.localhost:\(server.port)/a/b/#frag"
        let result = try await Tool.run(["crawl", "--jsonl", "--no-robots"] + arguments + [url])
        #expect(result.exit == 0)
        return Set(server.log.map { $0.host.prefix { $0 != "." } + $0.target })
    }

    @Test("--scope says how much around a seed belongs to the crawl")
    func scope() async throws {
        let page: Set = ["docs/a/b/"]
        let prefix = page.union(["docs/a/b/c", "docs/a/b/?q"])
        let host = prefix.union(["docs/a/d", "docs/"])
        let domain = host.union(["www/w"])
        #expect(try await around("--scope", "page").isSubset(of: page.union(["docs/a/b/?q"])))
        #expect(try await around("--scope", "prefix") == prefix)
        #expect(try await around() == host)
        #expect(try await around("--scope", "host") == host)
        #expect(try await around("--scope", "domain") == domain)
        #expect(try await around("--scope", "any") == domain.union(["other/o"]))
    }

    @Test("--include and --exclude narrow the scope, and a seed is fetched in any case")
    func patterns() async throws {
        #expect(try await around("--include", #"/[a-z]$"#) == ["docs/a/b/", "docs/a/b/c", "docs/a/d"])
        #expect(try await around("--exclude", #"\?"#, "--exclude", "(?i)/A/D") == ["docs/a/b/", "docs/a/b/c", "docs/"])
        let bad = try await Tool.run(["crawl", "--include", "(", "http://127.0.0.1:1/"])
        #expect(bad.exit == 2)
        #expect(bad.stderr.contains("--include"))
    }

    @Test("--extra-hops follows links out of scope so far and no further")
    func extraHops() async throws {
        let other = try LoopbackServer { request in
            let number = Int(request.path.dropFirst()) ?? 0
            return CrawlRun.page("/\(number + 1)")
        }
        defer { other.stop() }
        let base = other.baseURL
        for hops in 0...2 {
            let before = other.requestCount
            _ = try await CrawlRun.run(["--no-robots", "--extra-hops", "\(hops)"]) { _ in CrawlRun.page("\(base)/1") }
            #expect(other.requestCount - before == hops)
        }
    }

    @Test("fields, credentials and the agent are sent; secrets to the seeds' origins only")
    func request() async throws {
        let other = try LoopbackServer { _ in .html("") }
        defer { other.stop() }
        let server = try LoopbackServer { _ in CrawlRun.page("\(other.baseURL)/o", "/a") }
        defer { server.stop() }
        let result = try await Tool.run([
            "crawl", "--jsonl", "--scope", "any", "-H", "X-Token: t", "-u", "me:secret", "-A", "bot/1",
            "\(server.baseURL)/",
        ])
        #expect(result.lines.count == 3)
        for request in server.log {
            #expect(request.header("x-token") == "t" && request.header("authorization") == "Basic bWU6c2VjcmV0")
            #expect(request.header("user-agent") == "bot/1")
        }
        #expect(other.requestCount == 2)
        for request in other.log {
            #expect(request.header("x-token") == nil && request.header("authorization") == nil)
            #expect(request.header("user-agent") == "bot/1")
        }
        #expect(!result.stdout.contains("secret"))
    }

    @Test("--accept, --max-redirs, --no-location and --max-filesize judge pages as they judge a list")
    func success() async throws {
        let handler: @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = { request in
            switch request.path {
            case "/": CrawlRun.page("/gone", "/r3", "/large")
            case "/gone": .status(410)
            case "/r3", "/r2", "/r1": .redirect(to: "/r\((Int(request.path.dropFirst(2)) ?? 1) - 1)")
            case "/large": .ok(String(repeating: "x", count: 5000))
            default: .ok()
            }
        }
        let plain = try await CrawlRun.run(["--no-robots"], handler)
        #expect(plain.rows.filter { !$0.ok }.map(\.path) == ["/gone"])
        #expect(plain["/r0"]?.ok == true)
        let strict = try await CrawlRun.run(
            ["--no-robots", "--accept", "2xx,410", "--max-redirs", "2", "--max-filesize", "4k"], handler)
        #expect(strict["/gone"]?.ok == true)
        #expect(strict["/r1"]?.error?.kind == "too-many-redirects")
        #expect(strict["/large"]?.error?.kind == "too-large")
        let still = try await CrawlRun.run(["--no-robots", "--no-location"], handler)
        #expect(still["/r3"]?.responseCode == 302 && still["/r2"] == nil)
    }

    @Test("every form of output has the columns of a crawl, and --failed-to is a list to fetch again")
    func forms() async throws {
        let server = try LoopbackServer { $0.path == "/" ? CrawlRun.page("/a", "/gone") : .status(404) }
        defer { server.stop() }
        let scratch = try Scratch()
        let base = ["crawl", "--no-robots", "--max-host", "1", "\(server.baseURL)/"]
        for (format, separator) in [("csv", ","), ("tsv", "\t")] {
            let result = try await Tool.run(base + ["--format", format])
            let header = try #require(result.lines.first).split(separator: separator)
            #expect(header.contains("depth") && header.contains("parent") && header.contains("skipped"))
            #expect(result.lines.count == 4)
        }
        let table = try await Tool.run(base + ["--failed-to", scratch("failed")])
        #expect(table.lines.count == 4)
        #expect(try scratch.text("failed") == "\(server.baseURL)/a\n\(server.baseURL)/gone\n")
        let text = try await Tool.run(base + ["-w", "%{response_code} %{url}\\n"])
        #expect(text.lines.sorted().map { $0.prefix(3) } == ["200", "404", "404"])
        let record = try await Tool.run(base + ["--jsonl", "--body", "--include-headers", "--max-depth", "0"])
        #expect(
            record.stdout.contains("\"body\":\"<a href=") && record.stdout.contains("\"content-type\":[\"text/html"))
    }

    @Test("--cache asks only whether pages are still good, and their links are followed all the same")
    func cache() async throws {
        let server = try LoopbackServer { request in
            if request.header("if-none-match") == "\"1\"" { return .status(304, headers: [("ETag", "\"1\"")]) }
            return .response(
                headers: [("Content-Type", "text/html"), ("ETag", "\"1\"")],
                body: Array((request.path == "/" ? "<a href=/a>x</a>" : "").utf8))
        }
        defer { server.stop() }
        let scratch = try Scratch()
        for _ in 0..<2 {
            let result = try await Tool.run([
                "crawl", "--jsonl", "--no-robots", "--cache=\(scratch("cache"))", "\(server.baseURL)/",
            ])
            #expect(try PageRow.lines(result.bytes).map(\.path) == ["/", "/a"])
            #expect(result.exit == 0)
        }
        #expect(server.log.map { $0.header("if-none-match") != nil } == [false, false, true, true])
    }

    @Test("what a crawl cannot be asked for is refused before anything is sent")
    func refusals() async throws {
        let url = "http://127.0.0.1:1/"
        for (arguments, word) in [
            ([], "name a URL"), (["ftp://127.0.0.1/"], "ftp"), (["--fresh", url], "--state"),
            (["--explain", url], "--state"), (["-d", "x", url], "-d cannot be used with crawl"),
            (["-I", url], "-I cannot be used with crawl"),
            (["--max-depth", "-1", url], "--max-depth"), (["--scope", "world", url], "--scope"),
            (["--sitemap", "nonsense", url], "--sitemap"),
            (["--delay", "soon", url], "--delay"), (["--max-pages", "0", url], "--max-pages"),
        ] {
            let result = try await Tool.run(["crawl"] + arguments)
            #expect(result.exit == 2, "\(arguments)")
            #expect(result.complaints.count == 1 && result.stderr.contains(word), "\(result.stderr)")
        }
        let dry = try await Tool.run(["crawl", "--dry-run", "http://me:secret@127.0.0.1:1/a"])
        #expect(dry.exit == 0)
        #expect(dry.stdout.hasPrefix("GET http://") && !dry.stdout.contains("secret"))
    }
}
