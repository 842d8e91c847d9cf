import FoundationEssentials
import TestSupport

/// A record of `fetchall github`, decoded.
struct GitHubRow: Decodable, Sendable {
    struct Repository: Decodable, Sendable {
        let id: Int
        let name: String
        let stargazersCount: Int
    }

    let login: String
    let id: Int?
    let name: String?
    let type: String?
    let publicRepos: Int?
    let followers: Int?
    let via: String?
    let requestedLogin: String?
    let error: Row.Failure?
    let responseCode: Int?
    let retryAfter: Double?
    let repos: [Repository]?

    /// The records of `--json`.
    static func array(_ result: ToolResult) throws -> [GitHubRow] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([GitHubRow].self, from: Data(result.bytes))
    }
}

/// The look-alike on a port, and the command that is sent there.
final class GitHubTool: Sendable {
    static let token = "ghp_s3cr3tT0ken"
    let server: LoopbackServer

    /// Starts a server with these accounts.
    init(
        _ accounts: [GitHubAccount] = GitHubTool.three, _ behaviour: GitHubServer.Behaviour = GitHubServer.Behaviour()
    ) throws {
        server = try LoopbackServer(handler: GitHubServer(accounts, tokens: [Self.token], behaviour).reply)
    }

    deinit { server.stop() }

    /// The lesson's accounts, and an organisation.
    static let three = [
        GitHubAccount("octocat", id: 1, name: "The Octocat", publicRepos: 8, followers: 20_000),
        GitHubAccount("torvalds", id: 2, name: "Linus Torvalds", publicRepos: 9, followers: 250_000),
        GitHubAccount("gvanrossum", id: 3, name: "Guido van Rossum", publicRepos: 25, followers: 25_000),
        GitHubAccount("swiftlang", id: 4, name: "Swift", isOrganization: true, publicRepos: 70, followers: 9000),
    ]

    /// A server with `user-1`, `user-2`, … and no limit, which answers some requests with silence.
    static func silent(
        _ accounts: Int = 100, _ isSilent: @escaping @Sendable (LoopbackServer.Request) -> Bool = { _ in false }
    ) throws -> GitHubTool {
        var behaviour = GitHubServer.Behaviour()
        behaviour.anonymousLimit = 100_000
        behaviour.fault = { request, _ in isSilent(request) ? LoopbackServer.Reply([.silence]) : nil }
        return try GitHubTool(GitHubAccount.numbered(1...accounts), behaviour)
    }

    /// `user-1`, `user-2`, …
    static func logins(_ count: Int) -> [String] { (1...count).map { "user-\($0)" } }

    /// The environment of a run.
    func environment(token: String? = nil) -> [String: String] {
        var environment = ["GITHUB_API_URL": server.baseURL]
        environment["GH_TOKEN"] = token
        return environment
    }

    /// Runs `fetchall github` against the server.
    func run(_ arguments: [String], token: String? = nil, stdin: String = "") async throws -> ToolResult {
        try await Tool.run(["github"] + arguments, stdin: stdin, environment: environment(token: token))
    }

    /// Runs it with `--json` and gives the records.
    func records(_ arguments: [String], token: String? = nil) async throws -> (rows: [GitHubRow], exit: Int32) {
        let result = try await run(["--json"] + arguments, token: token)
        return (try GitHubRow.array(result), result.exit)
    }
}
