import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("issue 23: the README's headline lines run unchanged", .timeLimit(.minutes(20)))
struct HeadlineTests {
    private static let isArray = #"jq -e 'type=="array"'"#

    private static func hasJQ() async throws -> Bool { try await Tool.shell("command -v jq").exit == 0 }

    /// A folder with `fetchall` in its PATH and a list; BASE is the server's URL.
    private static func folder(_ server: LoopbackServer, _ list: String) async throws -> Scratch {
        let scratch = try Scratch()
        try scratch.write("urls.txt", list.replacing("BASE", with: server.baseURL))
        let linked = try await Tool.shell("mkdir bin && ln -s \"$0\" bin/fetchall", directory: scratch.path)
        #expect(linked.exit == 0)
        return scratch
    }

    private static func run(_ line: String, in scratch: Scratch, _ server: LoopbackServer) async throws -> ToolResult {
        try await Tool.shell(
            "PATH=\"$1/bin:$PATH\"; " + line, [scratch.path], environment: ["GITHUB_API_URL": server.baseURL],
            directory: scratch.path)
    }

    @Test func `issue 23: a table of a list, users, and a crawl`() async throws {
        let readme = try String(
            decoding: Data(
                contentsOf: URL(filePath: #filePath).appending(path: "../../../../README.md").standardizedFileURL),
            as: UTF8.self)
        let server = try LoopbackServer { request in
            switch request.path {
            case "/users/octocat", "/users/torvalds":
                .json(#"{"login":"\#(request.path.split(separator: "/")[1])","id":1,"type":"User"}"#)
            case "/robots.txt": .status(404)
            case "/": .html("<a href=/b>b</a>")
            default: .ok()
            }
        }
        defer { server.stop() }
        let scratch = try await Self.folder(server, "BASE/a\nBASE/b\nBASE/c\n")
        for line in [
            "fetchall --max 5 urls.txt", "fetchall github octocat torvalds", "fetchall crawl https://example.org",
        ] {
            #expect(readme.contains("    \(line) "))
            let typed = line.replacing("https://example.org", with: server.baseURL)
            let result = try await Self.run(typed, in: scratch, server)
            #expect(result.exit == 0, "\(typed): \(result.stderr)")
            #expect(result.lines.count == (line.contains("urls.txt") ? 4 : 3), "\(typed): \(result.stdout)")
        }
    }

    @Test(
        .enabled("jq is not installed") { try await hasJQ() },
        arguments: ["BASE/a\nBASE/b\n", "BASE/404\nhttp://127.0.0.1:1/\nnot a url\n"])
    func `issue 23: the document is one array for jq, whatever failed`(list: String) async throws {
        let server = try LoopbackServer { $0.path == "/404" ? .status(404) : .ok() }
        defer { server.stop() }
        let scratch = try await Self.folder(server, list)
        let result = try await Self.run(
            "fetchall --max 100 --retry 0 --json urls.txt | \(Self.isArray)", in: scratch, server)
        #expect(result.exit == 0 && result.stdout == "true\n", "\(result.stderr)")
    }

    @Test(.enabled("jq is not installed") { try await hasJQ() })
    func `issue 23: the document is one array for jq after SIGINT`() async throws {
        let server = try LoopbackServer { $0.path == "/a" ? .ok() : LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let scratch = try await Self.folder(server, "BASE/a\nBASE/b\n")
        let result = try await Tool.start(["--max", "100", "--json", "urls.txt"], directory: scratch.path) { tool in
            #expect(await server.waitUntil(requests: 2))
            try tool.send(.interrupt)
        }
        #expect(result.exit == 130)
        try scratch.write("document.json", result.stdout)
        let read = try await Self.run("\(Self.isArray) document.json", in: scratch, server)
        #expect(read.exit == 0 && read.stdout == "true\n", "\(result.stdout)")
    }
}
