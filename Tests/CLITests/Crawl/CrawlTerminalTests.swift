import TestSupport
import Testing

@Suite(
    "A crawl on a terminal", .timeLimit(.minutes(20)),
    .enabled("there is no script command of util-linux") { try await Terminal.isThere() })
struct CrawlTerminalTests {
    /// Five pages, one of them missing, one slow and held by its host's budget of one at a time.
    private static func site() throws -> LoopbackServer {
        try LoopbackServer { request in
            switch request.path {
            case "/": .html("<title>t</title><a href=/a>x</a><a href=/gone>x</a><a href=/slow>x</a><a href=/b>x</a>")
            case "/slow": .html("", after: .milliseconds(900))
            case "/gone": .status(404)
            case "/b": .ok("text")
            default: .html("")
            }
        }
    }

    private static func parts(_ text: Substring, _ separator: String) -> [Substring] {
        text.split(separator: separator, omittingEmptySubsequences: false)
    }

    @Test("a live line counts pages while it runs and is gone at the end; then comes the summary")
    func progress() async throws {
        let server = try Self.site()
        defer { server.stop() }
        let result = try await Terminal.screen(
            "exec \"$FETCHALL\" crawl --no-robots --max-host 1 \"$URL\" >/dev/null", url: "\(server.baseURL)/")
        #expect(result.exit == 1)
        let line = "3 done  1 failed  1 queued  1 in flight"
        let rest = try #require(result.stdout.ranges(of: line).last.map { result.stdout[$0.upperBound...] })
        // Wiped before anything else is written, and after its last time.
        let wipe = "\r\(Terminal.escape)K"
        #expect(rest.contains(wipe))
        let summary = try #require(Self.parts(rest, wipe).last)
        #expect(!summary.contains("in flight"))
        let lines = Terminal.withoutColour(String(summary)).split(whereSeparator: \.isNewline)
        #expect(lines.first?.contains(": 4 ok, 1 failed, ") == true)
        #expect(
            lines.contains { $0.hasPrefix("types") && $0.contains("text/html × 3") && $0.contains("text/plain × 2") })
        #expect(lines.contains { $0.hasPrefix("depth") && $0.contains("0 × 1  1 × 4") })
        #expect(
            Self.parts(result.stdout[...], wipe).allSatisfy { part in
                Terminal.withoutColour(String(part)).split(whereSeparator: \.isNewline).allSatisfy { $0.count <= 60 }
            })
    }

    @Test("the live line says how many hosts wait")
    func waiting() async throws {
        let refused = Shared(false)
        let server = try LoopbackServer { _ in
            let isFirst = refused.update { refused in
                defer { refused = true }
                return !refused
            }
            return isFirst ? .status(429, headers: [("Retry-After", "1")]) : .html("")
        }
        defer { server.stop() }
        let result = try await Terminal.screen(
            "stty cols 90; exec \"$FETCHALL\" crawl --no-robots \"$URL\" >/dev/null", url: "\(server.baseURL)/")
        #expect(result.exit == 0)
        #expect(result.stdout.contains("1 queued  0 in flight") && result.stdout.contains("1 host waits"))
    }

    @Test("--no-progress leaves the summary, -q neither", arguments: ["--no-progress", "-q"])
    func silence(option: String) async throws {
        let server = try Self.site()
        defer { server.stop() }
        let result = try await Terminal.screen(
            "exec \"$FETCHALL\" crawl --no-robots \(option) \"$URL\" >/dev/null", url: "\(server.baseURL)/")
        #expect(!result.stdout.contains("in flight"))
        #expect(Terminal.withoutColour(result.stdout).contains(": 4 ok, 1 failed, ") == (option != "-q"))
    }

    @Test("without a terminal there is a summary on request only: by status, type, host, depth and what was skipped")
    func summary() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": .ok("User-agent: *\nDisallow: /no\n")
            case "/": CrawlRun.page("/a", "/no", "http://elsewhere.test/", "/gone")
            case "/a": CrawlRun.page("/deep")
            default: .status(404)
            }
        }
        defer { server.stop() }
        let arguments = ["crawl", "--jsonl", "--max-depth", "1", "\(server.baseURL)/"]
        let plain = try await Tool.run(arguments)
        #expect(!plain.stderr.contains(" ok, "))
        let result = try await Tool.run(arguments + ["--summary"])
        let lines = result.complaints
        #expect(lines.contains { $0.contains(": 2 ok, 1 failed, ") })
        #expect(lines.contains { $0.contains("200 × 2") && $0.contains("404 × 1") })
        #expect(lines.contains { $0.hasPrefix("types") && $0.contains("text/html × 2") })
        #expect(lines.contains { $0.hasPrefix("depth") && $0.contains("0 × 1  1 × 2") })
        #expect(lines.contains { $0.hasPrefix("skipped") && $0.contains("scope × 1  depth × 1  robots × 1") })
        #expect(lines.contains { $0.contains("127.0.0.1") })
        #expect(result.lines.count == 3)
    }
}
