import FetchSystem
import Subprocess
import TestSupport
import Testing

/// What holds in every command. docs/promises.md has the whole table.
@Suite("issue 21: every command keeps the same promises", .timeLimit(.minutes(20)))
struct PromiseTests {
    /// The commands that send requests.
    enum Command: String, CaseIterable, Sendable {
        case fetch, crawl, crawlCheck, check, github, map, gather

        /// A command line with one request, for `/a` of the server or, of GitHub, for octocat.
        func arguments(_ url: String) -> [String] {
            switch self {
            case .fetch: ["--jsonl", "--retry", "0", "\(url)/a"]
            case .crawl: ["crawl", "--jsonl", "--retry", "0", "--no-robots", "\(url)/a"]
            case .crawlCheck: ["crawl", "--check", "--jsonl", "--retry", "0", "--no-robots", "\(url)/a"]
            case .check: ["check", "--jsonl", "--retry", "0", "--no-robots", "\(url)/a"]
            case .github: ["github", "--jsonl", "--retry", "0", "octocat"]
            case .map: ["map", "--retry", "0", "--url-template", "\(url)/{id}", "a"]
            case .gather: ["gather", "--retry", "0", "a=\(url)/a"]
            }
        }

        /// The environment in which the server is GitHub too.
        func environment(_ url: String) -> [String: String] { self == .github ? ["GITHUB_API_URL": url] : [:] }
    }

    private static let silence = LoopbackServer.Reply([.silence])

    @Test(arguments: Command.allCases)
    func `the deadline ends it with exit 124, and its output is whole`(command: Command) async throws {
        let server = try LoopbackServer { _ in Self.silence }
        defer { server.stop() }
        let result = try await Tool.run(
            command.arguments(server.baseURL) + ["--deadline", "500ms"],
            environment: command.environment(server.baseURL))
        #expect(result.exit == 124, "\(result)")
        #expect((result.stdout + result.stderr).contains("deadline"), "\(result)")
        try Self.expectWhole(result)
    }

    @Test(arguments: Command.allCases)
    func `SIGTERM ends it with exit 143, and its output is whole`(command: Command) async throws {
        let server = try LoopbackServer { _ in Self.silence }
        defer { server.stop() }
        let result = try await Tool.start(
            command.arguments(server.baseURL), environment: command.environment(server.baseURL)
        ) { tool in
            #expect(await server.waitUntil(requests: 1))
            try tool.send(.terminate)
        }
        #expect(result.exit == 143, "\(result)")
        try Self.expectWhole(result)
    }

    @Test(arguments: Command.allCases)
    func `a failure is exit 1 and has its reason`(command: Command) async throws {
        let server = try LoopbackServer { _ in .status(500) }
        defer { server.stop() }
        let result = try await Tool.run(
            command.arguments(server.baseURL), environment: command.environment(server.baseURL))
        #expect(result.exit == 1, "\(result)")
        #expect((result.stdout + result.stderr).contains("500 Internal Server Error"), "\(result)")
        try Self.expectWhole(result)
    }

    @Test(.enabled("no /dev/full") { try await Tool.shell("test -c /dev/full").exit == 0 }, arguments: Command.allCases)
    func `output that cannot be written is exit 3 and one message`(command: Command) async throws {
        // The checker writes broken links only.
        let server = try LoopbackServer { _ in
            .json("{}", status: command == .check || command == .crawlCheck ? 404 : 200)
        }
        defer { server.stop() }
        let result = try await Tool.shell(
            "exec \"$0\" \"$@\" >/dev/full", command.arguments(server.baseURL),
            environment: command.environment(server.baseURL))
        #expect(result.exit == 3, "\(result)")
        let told = result.complaints.filter { $0.contains("cannot write standard output: No space left on device") }
        #expect(told.count == 1, "\(result)")
    }

    @Test(arguments: Command.allCases)
    func `a secret that the user gave is in no output`(command: Command) async throws {
        let server = try LoopbackServer { _ in .status(403) }
        defer { server.stop() }
        let secret = "s3cr3t-\(command.rawValue)"
        let given =
            command == .github ? [] : ["-H", "Authorization: Bearer \(secret)", "-b", "session=\(secret)"]
        var environment = command.environment(server.baseURL)
        if command == .github { environment["GITHUB_TOKEN"] = secret }
        let result = try await Tool.run(command.arguments(server.baseURL) + given, environment: environment)
        #expect(server.log.contains { $0.header("authorization")?.contains(secret) == true })
        #expect(result.exit != 0)
        #expect(!result.stdout.contains(secret) && !result.stderr.contains(secret), "\(result)")
    }

    /// Standard output is nothing, one JSON document, or one on each line.
    private static func expectWhole(_ result: ToolResult) throws {
        guard !result.stdout.isEmpty else { return }
        #expect(result.stdout.hasSuffix("\n"), "\(result)")
        if (try? JSONValue.parse(result.bytes[...])) != nil { return }
        for line in result.bytes.split(separator: 0x0A) { _ = try JSONValue.parse(line) }
    }
}
