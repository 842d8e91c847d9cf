import Subprocess
import TestSupport
import Testing

@Suite("fetchall github --resume refuses what does not belong together", .timeLimit(.minutes(20)))
struct GitHubResumeRefusalTests {
    @Test(arguments: [
        (["--json"], "--format"), (["--jsonl", "--fields", "login"], "--fields"), (["--jsonl", "--repos"], "--repos"),
        (["--jsonl", "--via", "rest"], "--via"), (["--jsonl", "--api-url", "http://127.0.0.1:1"], "--api-url"),
        (["--jsonl", "--jq", ".login"], "--jq"), (["--jsonl", "-H", "Accept: x"], "--header"),
    ])
    func `other options are refused by name, and nothing is touched`(options: [String], named: String) async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent()
        let common = ["--resume", scratch("j"), "-o", scratch("out"), "user-1", "user-2"]
        #expect(try await github.run(["--jsonl"] + common).exit == 0)
        let before = (try scratch.text("j"), try scratch.text("out"))
        let result = try await github.run(options + common)
        #expect(result.exit == 2)
        #expect(result.stderr == "fetchall: --resume: \(named) is not the same as when \(scratch("j")) was started\n")
        #expect((try scratch.text("j"), try scratch.text("out")) == before)
        #expect(github.server.requestCount == 2)
    }

    @Test func `a list that was changed is refused before anything is sent`() async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent()
        let arguments = ["--jsonl", "--resume", scratch("j"), "-o", scratch("out")]
        #expect(try await github.run(arguments + ["user-1", "user-2"]).exit == 0)
        let before = try scratch.text("out")
        for (logins, reason) in [
            (["user-2", "user-1", "user-3"], "input 0 differs from the one in"),
            (["user-1"], "the list is shorter than the one that"),
        ] {
            let result = try await github.run(arguments + logins)
            #expect(result.exit == 2)
            #expect(result.complaints.count == 1)
            #expect(result.stderr.contains(reason), "\(result.stderr)")
            #expect(try scratch.text("out") == before)
        }
        #expect(github.server.requestCount == 2)
    }

    @Test func `a second process on the same journal is told so`() async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent { _ in true }
        let arguments = ["--jsonl", "-m", "1h", "--resume", scratch("j"), "-o", scratch("out"), "user-1"]
        let first = try await Tool.start(["github"] + arguments, environment: github.environment()) { tool in
            #expect(await github.server.waitUntil(requests: 1))
            let second = try await github.run(arguments)
            #expect(second.exit == 2)
            #expect(second.stderr == "fetchall: --resume: another process uses \(scratch("j"))\n")
            try tool.send(.kill)
        }
        #expect(first.exit == 1009)
        #expect(github.server.requestCount == 1)
    }

    @Test func `a journal of its own, and no program that needs the whole document`() async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent()
        let list = try scratch.write("list", "user-1\n")
        let refused: [(arguments: [String], why: String)] = [
            (["--input", list], "--resume: \(list) is a list that this run reads; write to another file"),
            (["-o", list, "user-1"], "-o and --resume need a file each; both name \(list)"),
            (["--sqlite", list, "user-1"], "--sqlite and --resume need a file each; both name \(list)"),
        ]
        for (arguments, why) in refused {
            let result = try await github.run(["--resume", list] + arguments)
            #expect(result.exit == 2)
            #expect(result.stderr == "fetchall: \(why)\n")
        }
        let other = try await github.run(["--resume", list, "user-1"])
        #expect(other.exit == 3)
        #expect(other.stderr.contains("this is not a journal of fetchall; it is left unchanged"))
        #expect(try scratch.text("list") == "user-1\n")
        let whole = try await github.run(["--resume", scratch("j"), "--jq", ".[].login", "user-1"])
        #expect(whole.exit == 2)
        #expect(whole.stderr.contains("--resume and --jq need --jsonl"))
        #expect(github.server.requestCount == 0)
        // Line by line, each record has its program.
        let arguments = ["--jsonl", "--jq", ".login", "--resume", scratch("j"), "user-1"]
        #expect(try await github.run(arguments).stdout == "user-1\n")
        #expect(try await github.run(arguments + ["user-2"]).stdout == "user-2\n")
    }
}
