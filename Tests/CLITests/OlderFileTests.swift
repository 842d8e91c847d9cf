import FetchStore
import FoundationEssentials
import Subprocess
import TestSupport
import Testing

/// Files in Tests/Fixtures/databases, made by make.py with a fetchall that wrote them through GRDB. They name
/// http://site.test/, which a proxy on a free port answers for.
@Suite("Files of older builds are gone on with", .timeLimit(.minutes(20)))
struct OlderFileTests {
    /// A copy of a file that a test may change.
    private static func copy(_ name: String, into scratch: Scratch) throws -> String {
        let fixture = URL(filePath: #filePath).appending(path: "../../Fixtures/databases/\(name)").standardizedFileURL
        let copy = scratch(name)
        try Data(contentsOf: fixture).write(to: URL(filePath: copy))
        return copy
    }

    @Test func `a cache answers with what is fresh, and asks whether the rest is still good`() async throws {
        let proxy = try LoopbackServer { request in
            request.header("If-None-Match") == "\"one\"" ? .response(status: 304) : .status(500)
        }
        defer { proxy.stop() }
        let scratch = try Scratch()
        let arguments = ["--cache=" + (try Self.copy("cache.db", into: scratch)), "--jsonl", "--body", "--keep-order"]
        let urls = ["http://site.test/fresh", "http://site.test/tagged"]
        for _ in 0..<2 {
            let result = try await Tool.run(arguments + ["-x", proxy.baseURL] + urls)
            #expect(result.exit == 0 && result.stderr == "")
            let rows = try Row.lines(result)
            #expect(rows.map(\.cache) == ["fresh", "revalidated"])
            #expect(rows.map(\.body) == ["kept for long", "kept under a tag"])
        }
        #expect(proxy.log.map(\.path) == ["/tagged", "/tagged"])
    }

    @Test func `a crawl that was killed goes on and ends`() async throws {
        let proxy = try LoopbackServer { request in
            guard request.path.hasPrefix("/page/"), let number = Int(request.path.dropFirst(6)) else {
                return .status(404)
            }
            let next = number < 4 ? [1, 2].map { "<a href='/page/\(number * 2 + $0)'>next</a>" } : []
            return .html(next.joined())
        }
        defer { proxy.stop() }
        let scratch = try Scratch()
        let state = try Self.copy("crawl.db", into: scratch)
        let before = try await CrawlStateTests.look(state)
        #expect(before.integrity == "ok")
        #expect(before.done.count == 3)
        let result = try await Tool.run([
            "crawl", "--jsonl", "--state", state, "--delay", "0", "-x", proxy.baseURL, "http://site.test/page/0",
        ])
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try PageRow.lines(result.bytes)
        let pages = Set((0...8).map { "http://site.test/page/\($0)" })
        #expect(Set(rows.map(\.url)).isDisjoint(with: before.done))
        #expect(before.done.union(rows.map(\.url)) == pages)
        let asked = Set(proxy.log.map { "http://site.test\($0.path)" })
        #expect(asked.subtracting(rows.map(\.url)).subtracting(["http://site.test/robots.txt"]).isEmpty)
        #expect(try await CrawlStateTests.look(state).done == pages)
    }

    @Test func `a table of records gets more of them`() async throws {
        let proxy = try LoopbackServer { request in .json("{\"id\": \(request.path.dropFirst(6))}") }
        defer { proxy.stop() }
        let scratch = try Scratch()
        let file = try Self.copy("records.db", into: scratch)
        let result = try await Tool.run(
            ["--jsonl", "--body", "--sqlite", file, "-x", proxy.baseURL, "http://site.test/item/[4-5]"])
        #expect(result.exit == 0 && result.stderr == "")
        let rows = try await withStore(file) { try await $0.rows("SELECT url, ok, body FROM records ORDER BY url") }
        #expect(rows.map { $0["url"] } == (1...5).map { .text("http://site.test/item/\($0)") })
        #expect(rows.map { $0["body"] } == (1...5).map { .text("{\"id\": \($0)}") })
        #expect(rows.allSatisfy { $0["ok"] == 1 })
    }

    @Test func `a table of users gets more of them`() async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let file = try Self.copy("users.db", into: scratch)
        #expect(try await github.run(["--sqlite", file, "gvanrossum"]).exit == 0)
        let rows = try await withStore(file) { try await $0.rows("SELECT login, id FROM users ORDER BY login") }
        #expect(rows.map { $0["login"] } == ["gvanrossum", "octocat", "torvalds"])
        #expect(rows.allSatisfy { $0["id"] != .null })
    }
}
