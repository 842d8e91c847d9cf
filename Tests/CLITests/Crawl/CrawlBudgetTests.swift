import TestSupport
import Testing

/// A crawl with few pages ends, whatever else its hosts give. Each run has a deadline, which shows what would otherwise
/// hang.
@Suite("crawl and its maximum number of pages", .timeLimit(.minutes(10)))
struct CrawlBudgetTests {
    private static func reply(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let base = "http://\(request.host)"
        switch request.path {
        case "/robots.txt": return .ok("Sitemap: \(base)/map.xml\nUser-agent: *\nDisallow:\n")
        case "/map.xml", "/sitemap.xml":
            let urls = ["/x", "/y", "/z"].map { "<url><loc>\(base)\($0)</loc></url>" }.joined()
            return .response(body: Array("<urlset>\(urls)</urlset>".utf8))
        case "/a": return .status(500)
        default: return CrawlRun.page("/b")
        }
    }

    private static func crawl(_ arguments: [String], seeds: [String]) async throws -> (pages: [String], exit: Int32) {
        let server = try LoopbackServer(handler: reply)
        defer { server.stop() }
        let result = try await Tool.run(
            ["crawl", "--jsonl", "--retry-delay", "10ms", "--deadline", "60s"] + arguments
                + seeds.map { server.baseURL + $0 })
        return (try PageRow.lines(result.bytes).map(\.path), result.exit)
    }

    @Test(arguments: [[], ["--state"], ["--max", "1"], ["--no-robots"]])
    func `issue 21.10: a page that waits for its retry leaves its place to the next`(options: [String]) async throws {
        let scratch = try Scratch()
        let options = options == ["--state"] ? options + [scratch("s")] : options
        let run = try await Self.crawl(["--retry", "1", "--max-pages-host", "1"] + options, seeds: ["/a", "/b"])
        #expect(run.pages == ["/b"])
        #expect(run.exit == 0)
    }

    @Test(arguments: [["--max-pages-host", "1"], ["--max-pages-host", "1", "--max", "1"], ["--max-pages", "1"]])
    func `issue 21.10: with sitemaps it ends`(options: [String]) async throws {
        for sitemap in [["--sitemap", "auto"], ["--sitemap", "auto", "--sitemap-only"]] {
            let run = try await Self.crawl(["--retry", "0"] + options + sitemap, seeds: ["/"])
            #expect(run.pages.count == 1)
            #expect(run.exit == 0)
        }
    }

    @Test(arguments: [[], ["--state"]])
    func `issue 21.13: sitemaps are no pages of the maximum`(options: [String]) async throws {
        let scratch = try Scratch()
        for limit in ["--max-pages", "--max-pages-host"] {
            let server = try LoopbackServer(handler: Self.reply)
            defer { server.stop() }
            let state = options.isEmpty ? [] : options + [scratch(limit)]
            // The second run, of the same state, adds one page to those of the first.
            for (pages, count) in [("2", 2), ("3", options.isEmpty ? 3 : 1)] {
                let result = try await Tool.run(
                    ["crawl", "--jsonl", "--retry", "0", "--sitemap", "auto", "--sitemap-only", "--deadline", "60s"]
                        + [limit, pages] + state + ["\(server.baseURL)/"])
                #expect(try PageRow.lines(result.bytes).count == count, "\(limit) \(pages)")
                #expect(result.exit == 0, "\(result.stderr)")
            }
        }
    }
}
