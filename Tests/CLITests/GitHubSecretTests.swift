import Synchronization
import TestSupport
import Testing

@Suite("A token goes to GitHub and into no output", .timeLimit(.minutes(20)))
struct GitHubSecretTests {
    private static let outputs = [
        [], ["--json"], ["--jsonl"], ["--format", "csv"], ["--format", "tsv"], ["--repos"], ["--dry-run"],
        ["--dry-run", "--json"],
    ]

    @Test(arguments: outputs, [true, false])
    func `a token is in no output, also when the server says it back`(options: [String], isAccepted: Bool) async throws
    {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in
            let told = request.header("authorization") ?? ""
            if isAccepted, request.path == "/users/echo" {
                return .json(#"{"login":"echo","name":"\#(told)","public_repos":0}"#)
            }
            return isAccepted ? nil : .json(#"{"message":"Bad credentials: \#(told)"}"#, status: 403)
        }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let scratch = try Scratch()
        let result = try await github.run(
            options + [
                "-v", "--summary", "--via", "rest", "--failed-to", scratch("failed"), "echo", "octocat", "no-one",
            ],
            token: GitHubTool.token)
        #expect(result.exit == (options.contains("--dry-run") ? 0 : 1))
        #expect(!result.stdout.contains(GitHubTool.token))
        #expect(!result.stderr.contains(GitHubTool.token), "\(result.stderr)")
        if options.contains("--dry-run") {
            #expect(github.server.requestCount == 0)
        } else {
            #expect(try !scratch.text("failed").contains(GitHubTool.token))
            #expect(github.server.log.allSatisfy { $0.header("authorization") == "Bearer \(GitHubTool.token)" })
            #expect((result.stdout + result.stderr).contains("***"))
        }
    }

    @Test func `a rejected token is sent once and ends the run`() async throws {
        let github = try GitHubTool(GitHubAccount.numbered(1...50))
        for via in ["auto", "rest", "graphql"] {
            let before = github.server.requestCount
            let result = try await github.run(
                ["--json", "--via", via] + GitHubTool.logins(50), token: "ghp_wr0ngT0ken")
            #expect(result.exit == 4)
            #expect(github.server.requestCount == before + 1)
            #expect(try GitHubRow.array(result).map(\.login) == GitHubTool.logins(50))
            #expect(result.stderr.contains("GitHub rejects the token"))
            #expect(!(result.stdout + result.stderr).contains("wr0ng"))
        }
    }

    @Test func `a redirect to another host does not get the token`() async throws {
        let stranger = try LoopbackServer { _ in .json(#"{"login":"other"}"#) }
        defer { stranger.stop() }
        let address = stranger.baseURL
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { _, _ in .redirect(to: "\(address)/user/1", status: 301) }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        for arguments in [["octocat"], ["octocat", "torvalds"], ["--via", "graphql", "octocat"]] {
            _ = try await github.run(["--json"] + arguments, token: GitHubTool.token)
        }
        #expect(stranger.requestCount >= 3)
        for request in stranger.log {
            #expect(request.header("authorization") == nil)
            #expect(!String(decoding: request.head, as: UTF8.self).contains(GitHubTool.token))
            #expect(request.header("x-github-api-version") == nil)
        }
    }

    @Test func `a next page on another host is not asked for`() async throws {
        let stranger = try LoopbackServer { _ in .json("[]") }
        defer { stranger.stop() }
        let address = stranger.baseURL
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in
            guard request.path.hasSuffix("/repos") else { return nil }
            return .json(#"[{"id":1,"name":"r"}]"#, headers: [("Link", "<\(address)/page?page=2>; rel=\"next\"")])
        }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let (rows, exit) = try await github.records(["--repos", "octocat"], token: GitHubTool.token)
        #expect(exit == 1)
        #expect(rows.first?.error?.kind == "protocol-error")
        #expect(stranger.requestCount == 0)
    }

    @Test func `the variables come before the file, and a file is read when there is none`() async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let file = try scratch.write("token", GitHubTool.token + "\n")
        var environment = github.environment()
        let arguments = ["github", "--jsonl", "--token-file", file, "octocat"]
        #expect(try await Tool.run(arguments, environment: environment).exit == 0)
        environment["GITHUB_TOKEN"] = "second"
        #expect(try await Tool.run(arguments, environment: environment).exit == 4)
        environment["GH_TOKEN"] = GitHubTool.token
        #expect(try await Tool.run(arguments, environment: environment).exit == 0)
        #expect(
            github.server.log.map { $0.header("authorization") } == [
                "Bearer \(GitHubTool.token)", "Bearer second", "Bearer \(GitHubTool.token)",
            ])
    }

    @Test func `a header of the user's own stands instead of the token`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, number in
            number == 1 ? nil : .json(#"{"login":"echo","name":"\#(request.header("authorization") ?? "")"}"#)
        }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let header = ["-H", "Authorization: token \(GitHubTool.token)"]
        let result = try await github.run(["--json"] + header + ["octocat", "torvalds"])
        #expect(result.exit == 0)
        #expect(github.server.log.map(\.path) == ["/graphql"])
        let echo = try await github.run(["-v", "--json"] + header + ["echo"], token: "other")
        #expect(echo.stdout.contains(#""name":"token ***""#))
        #expect(!(echo.stdout + echo.stderr).contains(GitHubTool.token))
        #expect(github.server.log.first?.values("authorization") == ["token \(GitHubTool.token)"])
    }
}
