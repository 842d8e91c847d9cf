import TestSupport
import Testing

/// Sitemaps that the user named, and what is wrong with them.
@Suite("crawl and sitemaps that are named")
struct CrawlSitemapTests {
    private static let good = "<urlset><url><loc>/in-map</loc></url></urlset>"

    /// Crawls `/` with `--sitemap /map` of a server that answers with this.
    private static func crawl(
        _ reply: LoopbackServer.Reply, _ arguments: [String] = [], robots: LoopbackServer.Reply = .status(404)
    ) async throws -> (rows: [PageRow], result: ToolResult, asked: [String]) {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": robots
            case "/map": reply
            default: .html("")
            }
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["crawl", "--jsonl", "--retry", "0", "--sitemap", "\(server.baseURL)/map"] + arguments
                + ["\(server.baseURL)/"])
        return (try PageRow.lines(result.bytes), result, server.log.map(\.target).filter { $0 != "/robots.txt" })
    }

    @Test(
        "issue 21.7: one that cannot be had or read is a record and exit 1",
        arguments: [
            "404", "500", "reset", "html", "text", "empty", "cut XML", "cut body", "cut gzip", "large", "long tag",
        ])
    func failures(kind: String) async throws {
        let gzip = LoopbackServer.gzip(Array(Self.good.utf8))
        let reply: LoopbackServer.Reply
        let expected: String
        switch kind {
        case "404", "500": (reply, expected) = (.status(Int(kind) ?? 0), "http-status")
        case "reset": (reply, expected) = (.raw("", then: .reset), "connection-reset")
        case "html": (reply, expected) = (.html("<!doctype html><p>Sorry"), "unparsable")
        case "text": (reply, expected) = (.ok("Not found"), "unparsable")
        case "empty": (reply, expected) = (.ok(""), "unparsable")
        case "cut XML": (reply, expected) = (.ok(String(Self.good.dropLast(3))), "unparsable")
        case "cut body":
            (reply, expected) = (.raw("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n\(Self.good)"), "truncated")
        case "cut gzip": (reply, expected) = (.response(body: Array(gzip.dropLast(9))), "unparsable")
        case "large": (reply, expected) = (.ok(Self.good + String(repeating: " ", count: 70_000)), "too-large")
        default: (reply, expected) = (.ok("<urlset" + String(repeating: " a='b'", count: 600_000) + "/>"), "unparsable")
        }
        for options in [[], ["--sitemap-only"], ["--check"]] {
            let limit = kind == "large" ? ["--max-filesize", "64k"] : []
            let run = try await Self.crawl(reply, options + limit)
            let map = try #require(run.rows.first { $0.path == "/map" }, "\(options)")
            #expect(map.error?.kind == expected, "\(options)")
            #expect(!map.ok && run.result.exit == 1, "\(options) \(run.result.stderr)")
            #expect(run.rows.filter { $0.path == "/map" }.count == 1)
        }
    }

    @Test("issue 21.7: one on a host that is not reached, or that robots.txt forbids, too")
    func unreached() async throws {
        let server = try LoopbackServer { _ in .html("") }
        defer { server.stop() }
        for (options, expected) in [
            ([], "connection-refused"), (["--no-robots"], "connection-refused"),
        ] as [([String], String)] {
            let result = try await Tool.run(
                ["crawl", "--jsonl", "--retry", "0", "--sitemap", "http://127.0.0.1:1/map"] + options
                    + ["\(server.baseURL)/"])
            let rows = try PageRow.lines(result.bytes)
            #expect(rows.filter { !$0.ok }.map(\.error?.kind) == [expected])
            #expect(rows.filter(\.ok).count == 1 && result.exit == 1)
        }
        let forbidden = try await Self.crawl(
            .ok(Self.good), robots: .ok("User-agent: *\nDisallow: /map\n"))
        #expect(forbidden.rows.filter { !$0.ok }.map(\.error?.kind) == ["robots-disallowed"])
        #expect(forbidden.result.exit == 1 && forbidden.asked == ["/"])
    }

    @Test("issue 21.7: a sitemap of a named index fails as one that is named, one that is found does not")
    func children() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": .ok("Sitemap: /index.xml\n")
            case "/index.xml":
                .ok(
                    "<sitemapindex><sitemap><loc>/no.xml</loc></sitemap><sitemap><loc>/yes.xml</loc></sitemap></sitemapindex>"
                )
            case "/yes.xml": .ok(Self.good)
            case "/no.xml", "/sitemap.xml": .status(404)
            default: .html("")
            }
        }
        defer { server.stop() }
        let base = server.baseURL
        for (sitemap, exit) in [("\(base)/index.xml", 1 as Int32), ("auto", 0)] {
            let result = try await Tool.run([
                "crawl", "--jsonl", "--retry", "0", "--sitemap", sitemap, "\(base)/",
            ])
            let rows = try PageRow.lines(result.bytes)
            #expect(rows.filter(\.ok).map(\.path).sorted() == ["/", "/in-map"])
            #expect(rows.filter { !$0.ok }.map(\.path) == (exit == 1 ? ["/no.xml"] : []))
            #expect(result.exit == exit && result.stderr.contains("/no.xml"))
        }
    }

    @Test("issue 21.7: what is wrong in one URL costs no other")
    func characters() async throws {
        var document = Array("<urlset><url><loc>/1?a=1&b=2</loc></url><url><loc>/2&nbsp;x</loc></url><url><loc>/3".utf8)
        document += [0x01, 0x78] + Array("</loc></url><url><loc>/4".utf8) + [0xE9]
        document += Array("</loc></url><url><loc>/5</loc></url></urlset>".utf8)
        let run = try await Self.crawl(.response(body: document), ["--sitemap-only"])
        #expect(run.asked.sorted() == ["/1?a=1&b=2", "/2%C2%A0x", "/3%01x", "/4%E9", "/5", "/map"])
        #expect(run.result.exit == 0 && run.result.stderr == "")
    }

    @Test("issue 21.7: sitemaps on another host are named when an index may not lead to them")
    func foreignIndex() async throws {
        let index = "<sitemapindex><sitemap><loc>http://other.test/map.xml</loc></sitemap></sitemapindex>"
        let run = try await Self.crawl(.ok(index), ["--sitemap-only"])
        #expect(run.asked == ["/map"])
        #expect(run.result.complaints.count == 1)
        #expect(run.result.stderr.contains("left out http://other.test/map.xml"))
        let urls = "<urlset><url><loc>http://other.test/a</loc></url><url><loc>http://other.test/b</loc></url></urlset>"
        let foreign = try await Self.crawl(.ok(urls), ["--sitemap-only"])
        #expect(foreign.result.stderr.contains("2 URLs are left out, such as http://other.test/a"))
    }
}
