import FoundationEssentials
import TestSupport
import Testing

@Suite("fetchall github asks for users with few requests", .timeLimit(.minutes(20)))
struct GitHubCommandTests {
    @Test func `the lesson's users stand in a table`() async throws {
        let github = try GitHubTool()
        let result = try await github.run(["octocat", "torvalds", "gvanrossum"])
        #expect(
            result.stdout == """
                LOGIN       NAME              REPOS  FOLLOWERS  TYPE
                octocat     The Octocat           8      20000  User
                torvalds    Linus Torvalds        9     250000  User
                gvanrossum  Guido van Rossum     25      25000  User

                """)
        #expect(result.stderr == "")
        #expect(result.exit == 0)
        let request = try #require(github.server.log.first)
        #expect(request.target == "/users/octocat" || request.target.hasPrefix("/users/"))
        #expect(request.header("accept") == "application/vnd.github+json")
        #expect(request.header("x-github-api-version") == "2022-11-28")
        #expect(request.header("user-agent") == "fetchall/0.1.0")
        #expect(request.header("authorization") == nil)
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/jq"), "no jq"),
        arguments: [nil, GitHubTool.token])
    func `jq gets what the lesson prints`(token: String?) async throws {
        let github = try GitHubTool()
        let result = try await Tool.shell(
            #""$0" github --json octocat torvalds gvanrossum | jq -r '.[] | "\(.login): \(.public_repos) repos"'"#,
            environment: github.environment(token: token))
        #expect(result.stdout == "octocat: 8 repos\ntorvalds: 9 repos\ngvanrossum: 25 repos\n")
    }

    @Test func `a hundred logins with a token are at most two requests`() async throws {
        let github = try GitHubTool(GitHubAccount.numbered(1...100))
        let (rows, exit) = try await github.records(GitHubTool.logins(100), token: GitHubTool.token)
        #expect(exit == 0)
        #expect(rows.map(\.login) == GitHubTool.logins(100))
        #expect(rows.map(\.publicRepos) == (1...100).map { $0 })
        #expect(github.server.requestCount <= 2)
    }

    @Test(arguments: [false, true])
    func `one of a hundred that is missing fails alone`(reportsMissing: Bool) async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.reportsMissing = reportsMissing
        let github = try GitHubTool(GitHubAccount.numbered(1...100).filter { $0.login != "user-42" }, behaviour)
        let (rows, exit) = try await github.records(GitHubTool.logins(100), token: GitHubTool.token)
        #expect(exit == 1)
        #expect(github.server.requestCount <= 2)
        let failed = rows.filter { $0.error != nil }
        #expect(rows.count == 100)
        #expect(failed.map(\.login) == ["user-42"])
        #expect(failed.first?.error?.kind == "http-status")
        #expect(failed.first?.error?.message == "404 Not Found")
        #expect(failed.first?.responseCode == 404)
    }

    @Test func `without a token REST asks ten at a time`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.latency = .milliseconds(50)
        behaviour.anonymousLimit = 1000
        let github = try GitHubTool(GitHubAccount.numbered(1...100), behaviour)
        let (rows, exit) = try await github.records(["--max", "10"] + GitHubTool.logins(100))
        #expect(exit == 0)
        #expect(rows.map(\.login) == GitHubTool.logins(100))
        #expect(rows.allSatisfy { $0.via == "rest" })
        #expect(github.server.requestCount == 100)
        #expect(github.server.peakInFlight == 10)
    }

    @Test func `both ways give the same record`() async throws {
        let github = try GitHubTool()
        let arguments = ["--jsonl", "octocat", "torvalds"]
        let rest = try await github.run(["--via", "rest"] + arguments, token: GitHubTool.token)
        let graphql = try await github.run(["--via=graphql"] + arguments, token: GitHubTool.token)
        #expect(
            rest.lines.sorted()
                == graphql.lines.map { String($0).replacing("graphql", with: "rest") }.sorted().map { $0[...] })
        #expect(rest.lines.count == 2)
        #expect(github.server.log.filter { $0.method == "POST" }.count == 1)
        let organization = try await github.records(["--via", "graphql", "swiftlang"], token: GitHubTool.token).rows
            .first
        #expect(organization?.type == "Organization")
        #expect(organization?.publicRepos == 70)
        // GraphQL does not tell, and 0 would be a lie.
        #expect(organization?.followers == nil)
    }

    @Test func `logins also come from a file or standard input`() async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let file = try scratch.write("logins", "\u{FEFF}# people\r\noctocat\r\n\r\n  torvalds \n")
        let first = try await github.records(["gvanrossum", "--input", file]).rows
        #expect(first.map(\.login) == ["gvanrossum", "octocat", "torvalds"])
        let second = try await github.run(["--json", "--input", "-"], stdin: "octocat\nswiftlang")
        #expect(try GitHubRow.array(second).map(\.login) == ["octocat", "swiftlang"])
        let nothing = try await github.run(["--json", "--input", "-"], stdin: "# nobody\n")
        #expect(nothing.stdout == "[]\n")
        #expect(nothing.exit == 0)
    }

    @Test func `a renamed user is found under the new name`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.renamed = ["oldcat": 1]
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let row = try #require(try await github.records(["oldcat"]).rows.first)
        #expect(row.login == "octocat")
        #expect(row.requestedLogin == "oldcat")
        #expect(github.server.log.map(\.path) == ["/users/oldcat", "/user/1"])
        let table = try await github.run(["oldcat"])
        #expect(table.lines.last?.hasPrefix("octocat ") == true)
    }

    @Test func `fields choose what is written, and those of REST are asked of REST`() async throws {
        let github = try GitHubTool()
        let json = try await github.run(
            ["--json", "--fields", "login,id", "octocat", "torvalds"], token: GitHubTool.token)
        #expect(json.stdout == "[\n{\"login\":\"octocat\",\"id\":1},\n{\"login\":\"torvalds\",\"id\":2}\n]\n")
        #expect(github.server.requestCount == 1)
        let csv = try await github.run(
            ["--format", "csv", "--keep-order", "--fields", "email,via,error_kind", "octocat", "no-one"],
            token: GitHubTool.token)
        #expect(csv.stdout == "email,via,error_kind\r\noctocat@example.org,rest,\r\n,rest,http-status\r\n")
        let tsv = try await github.run(["--format", "tsv", "--fields", "login,public_repos", "octocat"])
        #expect(tsv.stdout == "login\tpublic_repos\noctocat\t8\n")
    }

    @Test(arguments: [nil, GitHubTool.token])
    func `repositories come whole, most stars first`(token: String?) async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.latency = .milliseconds(20)
        let github = try GitHubTool(
            [GitHubAccount("many", id: 7, publicRepos: 250), GitHubAccount("none", id: 8, publicRepos: 0)], behaviour)
        let (rows, exit) = try await github.records(["--repos", "many", "none"], token: token)
        #expect(exit == 0)
        let repositories = try #require(rows.first?.repos)
        #expect(repositories.count == 250)
        #expect(Set(repositories.map(\.id)).count == 250)
        #expect(repositories.map(\.stargazersCount) == repositories.map(\.stargazersCount).sorted(by: >))
        #expect(rows.last?.repos?.isEmpty == true)
        #expect(github.server.log.filter { $0.path.hasSuffix("/repos") }.count == 3)
        let table = try await github.run(["--repos", "many"], token: token)
        #expect(table.lines.count == 2 + 1 + 250)
        #expect(table.lines.dropFirst(2).first?.hasPrefix("REPOSITORY") == true)
    }

    @Test func `a dry run sends nothing and shows no token`() async throws {
        let github = try GitHubTool()
        let result = try await github.run(["--dry-run", "octocat", "torvalds", "a[bot]"], token: GitHubTool.token)
        #expect(
            result.lines.filter { !$0.hasPrefix(" ") } == [
                "POST \(github.server.baseURL)/graphql", "GET \(github.server.baseURL)/users/a%5Bbot%5D",
            ])
        let json = try await github.run(["--dry-run", "--json", "octocat", "torvalds"], token: GitHubTool.token)
        #expect(json.stdout.contains(#"\"l0\":\"octocat\""#))
        #expect(!json.stdout.contains(GitHubTool.token))
        #expect(github.server.requestCount == 0)
    }

    @Test func `a batch that is too much for the server is halved`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.mostOwners = 40
        let github = try GitHubTool(GitHubAccount.numbered(1...100), behaviour)
        let (rows, exit) = try await github.records(GitHubTool.logins(100), token: GitHubTool.token)
        #expect(exit == 0)
        #expect(rows.map(\.login) == GitHubTool.logins(100))
        #expect(github.server.requestCount == 6)
        behaviour.mostOwners = nil
        behaviour.answeredOwners = 50
        let partial = try GitHubTool(GitHubAccount.numbered(1...100), behaviour)
        #expect(
            try await partial.records(GitHubTool.logins(100), token: GitHubTool.token).rows.allSatisfy {
                $0.error == nil
            })
        #expect(partial.server.requestCount == 2)
    }

    @Test func `records go to a file, failures to another, totals to stderr`() async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let result = try await github.run([
            "--json", "-o", scratch("users.json"), "--failed-to", scratch("failed"), "--summary", "octocat", "no-one",
        ])
        #expect(result.stdout == "")
        #expect(try scratch.text("users.json").hasPrefix("[\n{\"login\":\"octocat\""))
        #expect(try scratch.text("failed") == "no-one\n")
        #expect(result.stderr.contains("1 logins ok, 1 failed; requests:"))
        #expect(try await github.run(["--input", scratch("failed")]).exit == 1)
    }
}
