import TestSupport
import Testing

/// What the runs before left of a crawl belongs to it: failures, broken links, the exit code.
@Suite("crawl --state that is taken up", .timeLimit(.minutes(20)))
struct CrawlResumedTests {
    private static func crawl(_ arguments: [String]) async throws -> (rows: [PageRow], result: ToolResult) {
        let result = try await Tool.run(["crawl", "--jsonl", "--retry", "0", "--deadline", "120s"] + arguments)
        return (try PageRow.lines(result.bytes), result)
    }

    @Test func `issue 21.3: the list of failures and the exit code are those of all runs`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/": CrawlRun.page("/a", "/b", "/c", "/d")
            case "/a", "/c": .status(404)
            default: .html("")
            }
        }
        defer { server.stop() }
        for (pages, list) in [("2", ["/a"]), ("3", ["/a"]), ("100", ["/a", "/c"]), ("100", ["/a", "/c"])] {
            let run = try await Self.crawl([
                "--no-robots", "--max", "1", "--max-pages", pages, "--state", scratch("s"), "-o", scratch("o"),
                "--failed-to", scratch("f"), "\(server.baseURL)/",
            ])
            #expect(run.result.exit == 1, "\(run.result.stderr)")
            #expect(try scratch.text("f") == list.map { "\(server.baseURL)\($0)\n" }.joined())
        }
        #expect(server.requestCount == 5)
        #expect(try PageRow.file(scratch("o")).count == 5)
        // Without the list, and with a new one: it is the crawl's.
        let without = ["--no-robots", "--state", scratch("s"), "-o", scratch("o"), "\(server.baseURL)/"]
        #expect(try await Self.crawl(without).result.exit == 1)
        _ = try await Self.crawl(without + ["--failed-to", scratch("g")])
        #expect(try scratch.text("g") == "\(server.baseURL)/a\n\(server.baseURL)/c\n")
    }

    @Test func `issue 21.3: a broken link is written once, also if its record was lost`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/": CrawlRun.page("/a", "/b", "/c")
            case "/a", "/c": .status(404)
            default: .html("")
            }
        }
        defer { server.stop() }
        let arguments = [
            "--no-robots", "--check", "--max", "1", "--state", scratch("s"), "-o", scratch("o"), "--failed-to",
            scratch("f"), "\(server.baseURL)/",
        ]
        for (pages, broken) in [("2", ["/a"]), ("100", ["/a", "/c"]), ("100", ["/a", "/c"])] {
            let run = try await Self.crawl(["--max-pages", pages] + arguments)
            #expect(run.result.exit == 1, "\(run.result.stderr)")
            #expect(try PageRow.file(scratch("o")).map(\.path) == broken)
            #expect(try scratch.text("f") == broken.map { "\(server.baseURL)\($0)\n" }.joined())
        }
        var bytes = Array(try scratch.text("o").utf8)
        bytes.removeLast(50)
        try scratch.write("o", bytes)
        _ = try await Self.crawl(arguments)
        #expect(try PageRow.file(scratch("o")).map(\.path) == ["/a", "/c"])
    }

    @Test func `issue 21.3: a seed whose robots.txt cannot be had has one record until it is fetched`() async throws {
        let scratch = try Scratch()
        let isUp = Shared(false)
        let server = try LoopbackServer { request in
            request.path == "/robots.txt" ? .status(isUp.value ? 404 : 500) : .html("")
        }
        defer { server.stop() }
        let arguments = [
            "--state", scratch("s"), "-o", scratch("o"), "--failed-to", scratch("f"), "\(server.baseURL)/",
        ]
        for _ in 0..<3 {
            let run = try await Self.crawl(arguments)
            #expect(run.result.exit == 1, "\(run.result.stderr)")
            #expect(try PageRow.file(scratch("o")).map(\.error?.kind) == ["robots-disallowed"])
            #expect(try scratch.text("f") == "\(server.baseURL)/\n")
        }
        isUp.update { $0 = true }
        for _ in 0..<2 {
            let run = try await Self.crawl(arguments)
            #expect(run.result.exit == 0, "\(run.result.stderr)")
            #expect(try PageRow.file(scratch("o")).map(\.ok) == [false, true])
            #expect(try scratch.text("f") == "")
        }
    }

    /// The rule of a list with `--resume`: what a later run can do is not done.
    @Test func `issue 21.2: a page that a server puts off too long is not done`() async throws {
        let scratch = try Scratch()
        let isBusy = Shared(true)
        let server = try LoopbackServer { request in
            request.path == "/b" && isBusy.value
                ? .status(429, headers: [("Retry-After", "3600")])
                : CrawlRun.page("/a", "/b")
        }
        defer { server.stop() }
        let arguments = ["--no-robots", "--state", scratch("s"), "-o", scratch("o"), "\(server.baseURL)/"]
        let first = try await Self.crawl(arguments)
        #expect(first.result.exit == 5, "\(first.result.stderr)")
        #expect(first.result.stderr.contains("1 pages are not done; run the same command again"))
        #expect(Set(try PageRow.file(scratch("o")).map(\.path)) == ["/", "/a"])
        isBusy.update { $0 = false }
        let second = try await Self.crawl(arguments)
        #expect(second.result.exit == 0, "\(second.result.stderr)")
        #expect(try PageRow.file(scratch("o")).map(\.path).sorted() == ["/", "/a", "/b"])
        #expect(server.log.count { $0.path == "/b" } == 2)
    }
}
