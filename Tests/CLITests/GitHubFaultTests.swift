import FoundationEssentials
import TestSupport
import Testing

@Suite("Whatever GitHub answers, a record says what it was", .timeLimit(.minutes(20)))
struct GitHubFaultTests {
    private func row(
        _ reply: LoopbackServer.Reply, _ arguments: [String] = [], token: String? = nil
    ) async throws -> (row: GitHubRow, result: ToolResult) {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { _, _ in reply }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let result = try await github.run(["--json", "--retry", "0"] + arguments + ["octocat"], token: token)
        let rows = try GitHubRow.array(result)
        return (try #require(rows.first), result)
    }

    @Test(arguments: [
        (#"{"login":"octocat","public_re"#, "the response is not JSON: at byte 29: the string is not closed"),
        (#"[{"login":"octocat"}]"#, "the response is an array, not a user"),
        ("<html>200</html>", "the response is not JSON: at byte 0: expected a value"),
        ("", "the response is not JSON: at byte 0: a value is missing"),
        ("\u{FEFF}{}", "the response is not JSON: at byte 0: expected a value"),
        (
            #"{"login":"octocat","public_repos":"8"}"#,
            "the response is not a user: public_repos is a string, not an integer"
        ),
        (#"{"login":null}"#, "the response is not a user: it has no login"),
        ("null", "the response is null, not a user"),
    ])
    func `an answer that is no user is unparsable, with where and why`(body: String, message: String) async throws {
        let (row, result) = try await row(.json(body))
        #expect(result.exit == 1)
        #expect(row.login == "octocat")
        #expect(row.error?.kind == "unparsable")
        #expect(row.error?.message == message)
        #expect(row.responseCode == 200)
        #expect(row.publicRepos == nil)
    }

    @Test func `Latin-1 is unparsable`() async throws {
        let body = Array(#"{"login":"octocat","name":"J"#.utf8) + [0xF6] + Array(#"rg"}"#.utf8)
        let (row, _) = try await row(.response(headers: [("Content-Type", "application/json")], body: body))
        #expect(row.error?.message == "the response is not JSON: at byte 28: not UTF-8")
    }

    @Test(arguments: ["rest", "graphql"])
    func `a hundred thousand levels are unparsable and no crash`(via: String) async throws {
        let body = #"{"data":"# + String(repeating: "[", count: 100_000)
        let (row, result) = try await row(.json(body), ["--via", via], token: GitHubTool.token)
        #expect(result.exit == 1)
        #expect(row.error?.kind == "unparsable")
    }

    @Test func `an answer that is cut off is truncated`() async throws {
        let (row, _) = try await row(.raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"login\":\"octocat\"}"))
        #expect(row.error?.kind == "truncated")
    }

    @Test func `an answer without end is too large`() async throws {
        let reply = LoopbackServer.Reply.stream(length: 1 << 24, of: [0x20])
        let (row, _) = try await row(reply, ["--max-filesize", "1M"])
        #expect(row.error?.kind == "too-large")
    }

    @Test(arguments: ["9007199254740993", "1000000000000000000", "0", "-1"])
    func `integers keep every digit`(digits: String) async throws {
        let (_, result) = try await row(
            .json(#"{"login":"octocat","id":\#(digits),"followers":\#(digits),"name":null}"#))
        #expect(result.exit == 0)
        #expect(result.stdout.contains(#""id":\#(digits),"#))
        #expect(result.stdout.contains(#""followers":\#(digits),"#))
        #expect(result.stdout.contains(#""name":null,"#))
    }

    @Test func `a partial GraphQL answer gives whole records and whole errors`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { _, number in
            guard number == 1 else { return nil }
            return .json(
                #"""
                {"data":{"u0":{"__typename":"User","login":"octocat","repositories":{"totalCount":8}},"u1":null,
                "u2":{"__typename":"User","login":"gvanrossum","repositories":null},
                "u3":{"__typename":"User","login":7}},
                "errors":[{"type":"FORBIDDEN","path":["u1"],"message":"SAML \u001b[31m"},
                {"type":"SERVICE","path":["u2","repositories"],"message":"m"}]}
                """#)
        }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let (rows, exit) = try await github.records(
            ["octocat", "torvalds", "gvanrossum", "swiftlang"], token: GitHubTool.token)
        #expect(exit == 1)
        try #require(rows.count == 4)
        #expect(rows[0].publicRepos == 8)
        #expect(rows[1].error?.message == "forbidden: SAML \\x1b[31m")
        #expect(rows[3].error?.kind == "unparsable")
        // The one that was answered in part is asked for again.
        #expect(rows[2].publicRepos == 25)
        #expect(github.server.requestCount == 2)
    }

    @Test(arguments: [nil, GitHubTool.token])
    func `what is no login is a record of its own and never sent`(token: String?) async throws {
        let github = try GitHubTool()
        let logins = [
            "a/../b", "../../repos/x", "a b", "a%2fb", "a?b=c", "a#b", "@", "http://127.0.0.1:1/x", "é",
            String(repeating: "x", count: 40),
        ]
        let (rows, exit) = try await github.records(["--", "octocat"] + logins, token: token)
        #expect(exit == 1)
        #expect(rows.map(\.login) == ["octocat"] + logins)
        #expect(rows.first?.error == nil)
        #expect(rows.dropFirst().allSatisfy { $0.error?.kind == "invalid-url" })
        #expect(github.server.log.map(\.target) == ["/users/octocat"])
    }

    @Test func `a server that is not there is told as such`() async throws {
        let port = try LoopbackServer.closedPort()
        let result = try await Tool.run(
            ["github", "--json", "--api-url", "http://127.0.0.1:\(port)", "octocat", "torvalds"],
            environment: ["GH_TOKEN": GitHubTool.token])
        #expect(result.exit == 1)
        #expect(try GitHubRow.array(result).allSatisfy { $0.error?.kind == "connection-refused" })
    }

    @Test(.enabled(if: TestData.isPresent, "no ../shared/data"))
    func `every recorded user is read over a real connection`() async throws {
        struct Recorded: Decodable {
            let url: String
            let status: Int
            let body: String
        }
        let rows = try TestData.rows("github/recorded_responses.jsonl", as: Recorded.self)
        let users = rows.filter {
            $0.url.hasPrefix("/users/") && !$0.url.dropFirst(7).contains("/") && $0.status == 200
        }
        let bodies = Dictionary(users.map { ($0.url.lowercased(), $0.body) }, uniquingKeysWith: { $1 })
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in bodies[request.path.lowercased()].map { .json($0) } }
        let github = try GitHubTool([], behaviour)
        let logins = bodies.keys.map { String($0.dropFirst(7)) }.sorted()
        let (found, exit) = try await github.records(logins)
        #expect(exit == 0)
        #expect(found.map { $0.login.lowercased() } == logins)
        #expect(found.allSatisfy { $0.publicRepos != nil && $0.id != nil })
        #expect(found.count > 10)
    }
}
