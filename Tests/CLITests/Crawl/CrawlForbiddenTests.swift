import TestSupport
import Testing

/// A crawl ends though all that it has left of a host is forbidden by robots.txt (RFC 9309 §2.2.2). Each run has a
/// deadline, which shows what would otherwise hang.
@Suite("crawl and a host whose robots.txt forbids everything", .timeLimit(.minutes(10)))
struct CrawlForbiddenTests {
    private static let deny = "User-agent: *\nDisallow: /\n"

    private static func forbidden() throws -> LoopbackServer {
        try LoopbackServer { $0.path == "/robots.txt" ? .ok(deny) : .html("never") }
    }

    private static func crawl(_ arguments: [String]) async throws -> (rows: [PageRow], result: ToolResult) {
        let result = try await Tool.run(["crawl", "--jsonl", "--retry", "0", "--deadline", "30s"] + arguments)
        return (try PageRow.lines(result.bytes), result)
    }

    @Test(arguments: [[], ["--max", "1"], ["--check"], ["--sitemap", "auto"]])
    func `a forbidden seed is robots-disallowed and exit 1`(options: [String]) async throws {
        let server = try Self.forbidden()
        defer { server.stop() }
        let run = try await Self.crawl(options + ["\(server.baseURL)/"])
        #expect(run.rows.filter { !$0.ok }.map(\.error?.kind) == ["robots-disallowed"])
        #expect(run.result.exit == 1, "\(run.result.stderr)")
        #expect(server.log.map(\.target) == ["/robots.txt"])
    }

    @Test func `so with a state, and again when it is taken up`() async throws {
        let scratch = try Scratch()
        let server = try Self.forbidden()
        defer { server.stop() }
        // The second run finds everything done, and the failure is still that of the crawl.
        for records in [1, 0] {
            let run = try await Self.crawl(["--state", scratch("state"), "\(server.baseURL)/"])
            #expect(run.result.exit == 1, "\(run.result.stderr)")
            #expect(run.rows.count == records)
        }
    }

    @Test func `a linked host, with --scope any`() async throws {
        let other = try Self.forbidden()
        defer { other.stop() }
        let url = other.baseURL
        let run = try await CrawlRun.run(["--scope", "any", "--deadline", "30s"]) {
            $0.path == "/" ? CrawlRun.page("\(url)/x", "/a") : .html("")
        }
        #expect(run.asked == ["/", "/a"])
        #expect(run.result.exit == 0, "\(run.result.stderr)")
        #expect(other.log.map(\.target) == ["/robots.txt"])
    }

    @Test func `the host of an image, with --requisites`() async throws {
        let other = try Self.forbidden()
        defer { other.stop() }
        let url = other.baseURL
        let scratch = try Scratch()
        let run = try await CrawlRun.run(["--requisites", "--output-dir", scratch("out"), "--deadline", "30s"]) {
            $0.path == "/" ? .html("<img src=\"\(url)/i.png\">") : .html("")
        }
        #expect(run.asked == ["/"])
        #expect(run.result.exit == 0, "\(run.result.stderr)")
    }

    @Test func `the target of a redirect`() async throws {
        let other = try Self.forbidden()
        defer { other.stop() }
        let url = other.baseURL
        let run = try await CrawlRun.run(["--scope", "any", "--deadline", "30s"]) { _ in .redirect(to: "\(url)/x") }
        #expect(run.result.exit == 0, "\(run.result.stderr)")
        #expect(other.log.map(\.target) == ["/robots.txt"])
    }

    @Test func `a sitemap.xml that is forbidden alone`() async throws {
        let run = try await CrawlRun.run(
            ["--sitemap", "auto", "--deadline", "30s"], robots: .ok("User-agent: *\nDisallow: /sitemap.xml\n")
        ) { _ in .html("") }
        #expect(run.asked == ["/"])
        #expect(run.result.exit == 0, "\(run.result.stderr)")
    }

    /// By chance even where nothing is forbidden: 15 of 40 such runs hung.
    @Test(arguments: 0..<12) func `sitemaps of three hosts`(run: Int) async throws {
        let servers = try (0..<3).map { _ in
            try LoopbackServer { request in
                switch request.path {
                case "/robots.txt": .ok("User-agent: *\nDisallow: /x\n")
                case "/": CrawlRun.page("/a", "/b")
                case "/sitemap.xml": .status(404)
                default: .html("")
                }
            }
        }
        defer { for server in servers { server.stop() } }
        let result = try await Self.crawl(["--sitemap", "auto"] + servers.map { "\($0.baseURL)/" })
        #expect(result.result.exit == 0, "\(result.result.stderr)")
        #expect(result.rows.filter(\.ok).count == 9)
    }
}
