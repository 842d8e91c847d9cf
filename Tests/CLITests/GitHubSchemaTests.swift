import TestSupport
import Testing

@Suite("The published schema of fetchall github holds for what it writes", .timeLimit(.minutes(20)))
struct GitHubSchemaTests {
    private static let schema = "github.schema.json"

    private static func documents(_ result: ToolResult, isLines: Bool) -> [String] {
        isLines ? result.lines.map(String.init) : [result.stdout.replacing("\n", with: " ")]
    }

    @Test(
        .enabled("python3 with jsonschema is not installed") { try await Schema.isJudgeThere() },
        arguments: [nil, GitHubTool.token], [[], ["--repos"], ["--fields", "login,email,error_kind,response_code"]])
    func `users, missing ones and refused logins`(token: String?, options: [String]) async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.renamed = ["oldcat": 1]
        let github = try GitHubTool(GitHubTool.three, behaviour)
        for form in ["--json", "--jsonl"] {
            let result = try await github.run(
                [form] + options + ["octocat", "no-one", "swiftlang", "oldcat", "a/../b"], token: token)
            #expect(result.exit == 1)
            let documents = Self.documents(result, isLines: form == "--jsonl")
            #expect(documents.count == (form == "--json" ? 1 : 5))
            #expect(try await Schema.violations(of: documents, by: Self.schema) == "")
        }
    }

    @Test(.enabled("python3 with jsonschema is not installed") { try await Schema.isJudgeThere() })
    func `logins that a limit or the end of the run left`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.anonymousLimit = 2
        let github = try GitHubTool(GitHubAccount.numbered(1...6), behaviour)
        let limited = try await github.run(["--json", "--max", "1"] + GitHubTool.logins(6))
        #expect(limited.exit == 5)
        #expect(limited.stdout.contains("\"rate-limited\""))
        behaviour.fault = { _, _ in LoopbackServer.Reply([.silence]) }
        let silent = try GitHubTool([], behaviour)
        let late = try await silent.run(["--json", "--deadline", "300ms", "user-1"])
        #expect(late.exit == 124)
        let rejected = try await github.run(["--json", "user-1", "user-2"], token: "ghp_wr0ng")
        #expect(rejected.exit == 4)
        let empty = try await github.run(["--json", "--input", "-"])
        let documents = [limited, late, rejected, empty].flatMap { Self.documents($0, isLines: false) }
        #expect(try await Schema.violations(of: documents, by: Self.schema) == "")
    }

    @Test(.enabled("python3 with jsonschema is not installed") { try await Schema.isJudgeThere() })
    func `the judge does find fault with what is no record`() async throws {
        for text in [
            "{}", #"{"login":"a","stars":1}"#, #"{"login":"a","error":{"kind":"http-status"}}"#,
            #"{"login":null}"#, #"{"login":"a","public_repos":"8"}"#, #"{"login":"a","repos":[{"name":"r"}]}"#,
        ] {
            #expect(try await Schema.violations(of: [text], by: Self.schema) != "", "\(text)")
        }
    }
}
