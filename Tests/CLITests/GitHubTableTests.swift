import FetchStore
import Subprocess
import TestSupport
import Testing

@Suite("fetchall github --sqlite", .timeLimit(.minutes(20)))
struct GitHubTableTests {
    @Test(arguments: [nil, GitHubTool.token])
    func `users are rows, and so is a login without one`(token: String?) async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let file = scratch("out.db")
        let arguments = ["--jsonl", "--sqlite", file]
        let result = try await github.run(arguments + ["octocat", "no-one", "swiftlang", "a/../b"], token: token)
        #expect(result.exit == 1)
        #expect(result.lines.count == 4)
        #expect(result.stderr == "")
        // A table that is there is gone on with.
        #expect(try await github.run(arguments + ["torvalds"], token: token).exit == 0)
        try await withStore(file) { store in
            let rows = try await store.rows("SELECT * FROM users ORDER BY requested_login")
            #expect(rows.map { $0["requested_login"] } == ["a/../b", "no-one", "octocat", "swiftlang", "torvalds"])
            #expect(rows.map { $0["login"] } == ["a/../b", "no-one", "octocat", "swiftlang", "torvalds"])
            #expect(rows.map { $0["public_repos"] } == [.null, .null, 8, 70, 9])
            #expect(rows[2]["name"] == "The Octocat")
            #expect(rows[2]["site_admin"] == 0)
            #expect(rows[2]["via"] == (token == nil ? "rest" : "graphql"))
            #expect(rows.map { $0["error_kind"] } == ["invalid-url", "http-status", .null, .null, .null])
            #expect(rows.map { $0["response_code"] } == [.null, 404, 200, 200, 200])
            let followers = try await store.rows("SELECT sum(followers) AS n FROM users WHERE type = 'User'")
            #expect(followers == [["n": 270_000]])
        }
    }

    @Test func `repositories are JSON in a column, fields and the table are chosen`() async throws {
        let github = try GitHubTool([GitHubAccount("many", id: 7, publicRepos: 130)])
        let scratch = try Scratch()
        let options = ["--sqlite", scratch("out.db"), "--sqlite-table", "people"]
        #expect(try await github.run(options + ["--fields", "login,id,login", "many"]).exit == 0)
        #expect(try await github.run(options + ["--repos", "many"]).exit == 0)
        try await withStore(scratch("out.db")) { store in
            let rows = try await store.rows("SELECT * FROM people")
            #expect(rows.map { $0["id"] } == [7, 7])
            #expect(rows[0]["repos"] == .null && rows[0]["public_repos"] == .null)
            let repositories = try await store.rows(
                """
                SELECT repo.value ->> 'name' AS name, repo.value ->> 'stargazers_count' AS stars
                FROM people, json_each(people.repos) AS repo ORDER BY stars DESC
                """)
            #expect(repositories.count == 130)
            #expect(Set(repositories.map { $0["name"] }).count == 130)
        }
    }

    @Test func `a killed run leaves whole rows and a file that is gone on with`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.anonymousLimit = 100_000
        behaviour.latency = .milliseconds(2)
        let github = try GitHubTool(GitHubAccount.numbered(1...3000), behaviour)
        let scratch = try Scratch()
        let arguments = ["--jsonl", "--sqlite", scratch("out.db")]
        let killed = try await Tool.start(
            ["github"] + arguments + GitHubTool.logins(3000), environment: github.environment()
        ) { tool in
            #expect(await github.server.waitUntil { $0.requestCount > 200 })
            try tool.send(.kill)
        }
        #expect(killed.exit == 1009)
        let before = try await withStore(scratch("out.db")) { store in
            #expect(try await store.rows("PRAGMA integrity_check")[0]["integrity_check"] == "ok")
            #expect(try await store.rows("SELECT * FROM users WHERE login IS NULL OR html_url IS NULL").isEmpty)
            return try await store.rows("SELECT count(*) AS n FROM users")[0]["n"]
        }
        guard case .integer(let count)? = before, count > 0 else { return #expect(Bool(false), "no row was kept") }
        #expect(try await github.run(arguments + GitHubTool.logins(10)).exit == 0)
        let after = try await withStore(scratch("out.db")) { try await $0.rows("SELECT count(*) AS n FROM users") }
        #expect(after == [["n": .integer(count + 10)]])
    }

    @Test func `with --resume a row is there for each record, and none for what is not done`() async throws {
        let isSilent = Shared(true)
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in
            isSilent.value && request.path == "/users/user-2" ? LoopbackServer.Reply([.silence]) : nil
        }
        let github = try GitHubTool(GitHubAccount.numbered(1...3), behaviour)
        let scratch = try Scratch()
        let arguments = ["--jsonl", "--sqlite", scratch("out.db"), "--resume", scratch("j")] + GitHubTool.logins(3)
        #expect(try await github.run(["--deadline", "1s"] + arguments).exit == 124)
        isSilent.update { $0 = false }
        #expect(try await github.run(arguments).exit == 0)
        let rows = try await withStore(scratch("out.db")) {
            try await $0.rows("SELECT login, error_kind FROM users ORDER BY login")
        }
        #expect(rows.map { $0["login"] } == ["user-1", "user-2", "user-3"])
        #expect(rows.allSatisfy { $0["error_kind"] == .null })
    }

    @Test func `a token is in no row, and a file that is no database is left alone`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in
            let told = request.header("authorization") ?? ""
            return request.path.hasSuffix("/repos")
                ? .json(#"[{"id":1,"name":"r","description":"\#(told)"}]"#)
                : .json(#"{"login":"echo","bio":"\#(told)","public_repos":1}"#)
        }
        let github = try GitHubTool([], behaviour)
        let scratch = try Scratch()
        let arguments = ["--jsonl", "--via", "rest", "--repos", "echo", "--sqlite"]
        #expect(try await github.run(arguments + [scratch("out.db")], token: GitHubTool.token).exit == 0)
        let rows = try await withStore(scratch("out.db")) { try await $0.rows("SELECT bio, repos FROM users") }
        #expect(rows.map { $0["bio"] } == ["Bearer ***"])
        #expect("\(rows)".contains("Bearer ***") && !"\(rows)".contains(GitHubTool.token))
        let count = github.server.requestCount
        let notes = try scratch.write("notes", "these are my notes, and no database\n")
        let result = try await github.run(arguments + [notes])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(try scratch.text("notes") == "these are my notes, and no database\n")
        #expect(github.server.requestCount == count)
    }
}
