import FoundationEssentials
import TestSupport
import Testing

@Suite("A crawl trusts no page further than it reaches", .timeLimit(.minutes(20)))
struct CrawlTrustTests {
    @Test func `row 12: the links of a page that was cut are not followed, and the page is not done`() async throws {
        let half = "<a href=/trap>x</a>" + String(repeating: " ", count: 400)
        let run = try await CrawlRun.run { request in
            switch request.path {
            case "/": CrawlRun.page("/length", "/chunks", "/reset", "/whole")
            case "/length": .raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n\(half)")
            case "/chunks":
                .raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n\(half)")
            case "/reset":
                .init([
                    .text("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n\(half)"),
                    .wait(.milliseconds(50)), .reset,
                ])
            case "/whole": CrawlRun.page("/found")
            default: .html("")
            }
        }
        #expect(run.result.exit == 1)
        #expect(!run.asked.contains("/trap"))
        #expect(run.asked.contains("/found"))
        #expect(run["/length"]?.error?.kind == "truncated")
        #expect(run["/chunks"]?.error?.kind == "truncated")
        #expect(run["/reset"]?.error?.kind == "connection-reset")
        for path in ["/length", "/chunks", "/reset"] { #expect(run[path]?.linksFound == nil) }
    }

    @Test func `row 31: an endless page is too-large in a crawl too, and nobody reads its links`() async throws {
        let run = try await CrawlRun.run(["--max-filesize", "100k"]) { request in
            guard request.path == "/" else { return .html("") }
            return .init([
                .text("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
                .flood(Array("<a href=/trap>x</a>".utf8), times: nil),
            ])
        }
        #expect(run.rows.map(\.error?.kind) == ["too-large"])
        #expect(run.asked == ["/"])
        #expect(run.result.exit == 1)
    }

    @Test(arguments: ["http://169.254.169.254/latest/", "http://[::ffff:a9fe:a9fe]/", "http://inside.test:PORT/"])
    func `row 55: a crawl does not go to link-local addresses, by link or by redirect`(target: String) async throws {
        let server = try LoopbackServer { request in
            let target = target.replacing("PORT", with: request.host.split(separator: ":").last ?? "80")
            return switch request.path {
            case "/": CrawlRun.page(target, "/away")
            case "/away": .redirect(to: target + "redirected")
            default: .status(404)
            }
        }
        defer { server.stop() }
        let arguments = [
            "crawl", "--jsonl", "--retry", "0", "--scope", "any", "--connect-timeout", "2s", "--resolve",
            "inside.test:\(server.port):169.254.169.254", "\(server.baseURL)/",
        ]
        let free = try PageRow.lines(await Tool.run(arguments + ["--no-robots"]).bytes)
        #expect(
            free.filter { $0.error?.kind == "blocked-address" }.count == 2 && free.filter(\.ok).count == 2, "\(free)")
        // Its robots.txt comes first, and cannot be had.
        let polite = try await Tool.run(arguments)
        #expect(polite.stderr.contains("link-local"))
        #expect(try PageRow.lines(polite.bytes).filter(\.ok).map(\.path) == ["/", "/away"])
    }

    @Test func `row 55: a seed with a link-local address is the user's own wish`() async throws {
        let result = try await Tool.run([
            "crawl", "--jsonl", "--retry", "0", "--no-robots", "--connect-timeout", "300ms", "-m", "300ms",
            "--resolve", "169.254.1.1:80:127.0.0.1", "http://169.254.1.1:1/",
        ])
        let row = try #require(try PageRow.lines(result.bytes).first)
        #expect(row.error != nil && row.error?.kind != "blocked-address")
    }

    @Test func `row 66: robots and scope are asked again for where a redirect leads`() async throws {
        let stranger = try LoopbackServer { _ in CrawlRun.page("/more") }
        defer { stranger.stop() }
        let other = stranger.baseURL
        let run = try await CrawlRun.run(["--show-skipped"], robots: .ok("User-agent: *\nDisallow: /secret\n")) {
            request in
            switch request.path {
            case "/": CrawlRun.page("/denied", "/outside", "/chain", "/good")
            case "/denied": .redirect(to: "/secret/page")
            case "/outside": .redirect(to: "\(other)/page")
            case "/chain": .redirect(to: "/link")
            case "/link": .redirect(to: "/secret/other")
            case "/good": .redirect(to: "/end")
            default: .html("")
            }
        }
        #expect(!run.asked.contains { $0.hasPrefix("/secret") })
        #expect(run.asked.contains("/end") && run.asked.contains("/link"))
        #expect(stranger.connectionCount == 0)
        #expect(run["/secret/page"]?.skipped == "robots" && run["/secret/other"]?.skipped == "robots")
        #expect(run.rows.contains { $0.url == "\(other)/page" && $0.skipped == "scope" })
    }
}
