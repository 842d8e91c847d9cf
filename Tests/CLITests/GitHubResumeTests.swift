import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("fetchall github --resume", .timeLimit(.minutes(20)))
struct GitHubResumeTests {
    /// A server whose limit is used up after so many users, for as long as the flag says.
    private func limited(after count: Int, while isLimited: Shared<Bool>) throws -> GitHubTool {
        let answered = Shared(0)
        let reset = Int(Date().timeIntervalSince1970) + 3500
        var behaviour = GitHubServer.Behaviour()
        behaviour.anonymousLimit = 100_000
        behaviour.fault = { _, _ in
            guard isLimited.value else { return nil }
            let number = answered.update { answered in
                answered += 1
                return answered
            }
            guard number > count else { return nil }
            return .json(
                #"{"message":"API rate limit exceeded"}"#, status: 403,
                headers: [
                    ("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(reset)"),
                ])
        }
        return try GitHubTool(GitHubAccount.numbered(1...100), behaviour)
    }

    private func rows(_ text: String) throws -> [GitHubRow] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([GitHubRow].self, from: Data(text.utf8))
    }

    @Test func `what the limit left is asked by the second run, and its output completes the first`() async throws {
        let scratch = try Scratch()
        let isLimited = Shared(true)
        let github = try limited(after: 5, while: isLimited)
        let options = ["--json", "--max", "1", "--resume", scratch("j"), "-o", scratch("out")]
        let arguments = options + GitHubTool.logins(12)
        let first = try await github.run(arguments)
        #expect(first.exit == 5)
        #expect(try rows(scratch.text("out")).map(\.login) == GitHubTool.logins(5))
        #expect(first.stderr.contains("7 logins were not fetched: all 60 requests of this hour are used up until 20"))
        #expect(first.stderr.contains("7 not done; run the same command with --resume \(scratch("j")) to continue"))
        #expect(!first.stderr.contains("--input"))
        isLimited.update { $0 = false }
        let before = github.server.requestCount
        let second = try await github.run(arguments)
        #expect(second.exit == 0, "\(second.stderr)")
        #expect(second.stderr == "")
        #expect(try rows(scratch.text("out")).map(\.login) == GitHubTool.logins(12))
        #expect(github.server.log[before...].map(\.path) == (6...12).map { "/users/user-\($0)" })
        let third = try await github.run(arguments)
        #expect(third.exit == 0)
        #expect(try rows(scratch.text("out")).map(\.login) == GitHubTool.logins(12))
        #expect(github.server.requestCount == before + 7)
    }

    @Test func `a token may come with the second run, which then asks in one request`() async throws {
        let scratch = try Scratch()
        let isLimited = Shared(true)
        let github = try limited(after: 5, while: isLimited)
        let arguments = ["--jsonl", "--max", "1", "--resume", scratch("j"), "-o", scratch("out")]
        #expect(try await github.run(arguments + GitHubTool.logins(12)).exit == 5)
        isLimited.update { $0 = false }
        // The list may grow, too.
        #expect(try await github.run(arguments + GitHubTool.logins(20), token: GitHubTool.token).exit == 0)
        let request = try #require(github.server.log.last)
        #expect(request.method == "POST")
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.contains("\"user-6\"") && body.contains("\"user-20\"") && !body.contains("\"user-5\""))
        #expect(github.server.log.filter { $0.method == "POST" }.count == 1)
        let names = try scratch.text("out").split(separator: "\n").map { line in
            try #require(try JSONDecoder().decode([String: Loose].self, from: Data(line.utf8))["login"]?.text)
        }
        #expect(names.sorted() == GitHubTool.logins(20).sorted())
        #expect(try !scratch.text("j").contains(GitHubTool.token))
    }

    private struct Loose: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    @Test(arguments: ["json", "jsonl", "csv", "tsv"])
    func `kill -9 at random moments loses nothing, doubles nothing and asks for nothing done again`(
        format: String
    ) async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent(200)
        let arguments = [
            "--format", format, "--max", "4", "--rate", "50/s", "--keep-order", "--fields", "login", "--resume",
            scratch("j"), "-o",
            scratch("out"),
        ]
        // Whole records only: what a killed process left of the last line is no record.
        func names() throws -> [String] {
            let text = try scratch.text("out")
            let end = text.utf8.lastIndex(of: 0x0A).map { text.utf8.index(after: $0) } ?? text.startIndex
            return text[..<end].split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "-" })
                .map(String.init).filter { $0.hasPrefix("user-") }
        }
        var done: Set<String> = []
        var seen = 0
        var kills = 0
        for _ in 1...8 {
            let target = github.server.requestCount + Int.random(in: 1...30)
            let result = try await Tool.start(
                ["github"] + arguments + GitHubTool.logins(200), environment: github.environment()
            ) { tool in
                await github.server.waitUntil(timeout: .seconds(5)) { $0.requestCount >= target }
                try? tool.send(.kill)
            }
            if result.exit == 1009 { kills += 1 }
            let log = github.server.log
            for request in log[seen...] { #expect(!done.contains(String(request.path.dropFirst("/users/".count)))) }
            seen = log.count
            let records = try names()
            #expect(Set(records).count == records.count)
            #expect(done.isSubset(of: records))
            // In JSON the record at the end may lack its line break, and the journal know it all the same.
            done = Set(records)
            if result.exit == 0 { break }
        }
        #expect(kills > 0 && !done.isEmpty)
        let last = try await github.run(arguments + GitHubTool.logins(200))
        #expect(last.exit == 0, "\(last.stderr)")
        #expect(try names() == GitHubTool.logins(200))
        if format == "json" { #expect(try rows(scratch.text("out")).map(\.login) == GitHubTool.logins(200)) }
    }

    @Test func `a table is written at its end, and only then is anything done`() async throws {
        let scratch = try Scratch()
        let isSilent = Shared(true)
        let github = try GitHubTool.silent { isSilent.value && $0.path == "/users/user-3" }
        let arguments = ["--resume", scratch("j"), "-o", scratch("out")] + GitHubTool.logins(4)
        let killed = try await Tool.start(["github"] + arguments, environment: github.environment()) { tool in
            #expect(await github.server.waitUntil(requests: 4))
            try await Task.sleep(for: .milliseconds(100))
            try tool.send(.kill)
        }
        #expect(killed.exit == 1009)
        #expect(try scratch.text("out") == "")
        let late = try await github.run(["--deadline", "1s"] + arguments)
        #expect(late.exit == 124)
        #expect(late.stderr.contains("1 not done; run the same command with --resume"))
        let first = try scratch.text("out")
        #expect(first.split(separator: "\n").map { $0.prefix(6) } == ["LOGIN ", "user-1", "user-2", "user-4"])
        isSilent.update { $0 = false }
        let before = github.server.requestCount
        #expect(try await github.run(arguments).exit == 0)
        let second = try scratch.text("out")
        #expect(second.hasPrefix(first))
        #expect(second.dropFirst(first.count).split(separator: "\n").map { $0.prefix(6) } == ["LOGIN ", "user-3"])
        #expect(github.server.requestCount == before + 1)
        #expect(try await github.run(arguments).exit == 0)
        #expect(try scratch.text("out") == second)
    }

    @Test func `what an interrupt prevented has no record until it is done`() async throws {
        let scratch = try Scratch()
        let isSilent = Shared(true)
        let github = try GitHubTool.silent { isSilent.value && $0.path == "/users/user-1" }
        let arguments = ["--json", "--max", "2", "--resume", scratch("j"), "-o", scratch("out")] + GitHubTool.logins(4)
        let first = try await Tool.start(["github"] + arguments, environment: github.environment()) { tool in
            #expect(await github.server.waitUntil(requests: 4))
            try await Task.sleep(for: .milliseconds(100))
            try tool.send(.interrupt)
        }
        #expect(first.exit == 130)
        #expect(first.stderr.contains("1 not done"))
        #expect(try rows(scratch.text("out")).map(\.login) == ["user-2", "user-3", "user-4"])
        isSilent.update { $0 = false }
        #expect(try await github.run(arguments).exit == 0)
        #expect(try rows(scratch.text("out")).map(\.login) == ["user-2", "user-3", "user-4", "user-1"])
        #expect(github.server.requestCount == 5)
    }

    @Test func `a failure that stands is done, listed and still a failure; a rejected token is none`() async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent()
        let arguments = [
            "--json", "--resume", scratch("j"), "-o", scratch("out"), "--failed-to", scratch("failed"), "user-1",
            "no-one", "a/../b",
        ]
        let rejected = try await github.run(arguments, token: "ghp_wr0ngT0ken")
        #expect(rejected.exit == 4)
        #expect(rejected.stderr.contains("2 not done; run the same command with --resume"))
        #expect(try rows(scratch.text("out")).map(\.login) == ["a/../b"])
        for _ in 1...2 { #expect(try await github.run(arguments).exit == 1) }
        #expect(try rows(scratch.text("out")).map(\.login) == ["a/../b", "user-1", "no-one"])
        #expect(try scratch.text("failed") == "a/../b\nno-one\n")
        #expect(github.server.requestCount == 3)
    }

    @Test func `a token that the server says back makes no journal wrong`() async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in
            let login = String(request.path.dropFirst("/users/".count))
            return .json(#"{"login":"\#(login)","name":"\#(request.header("authorization") ?? "")"}"#)
        }
        let github = try GitHubTool([], behaviour)
        let scratch = try Scratch()
        for count in 1...4 {
            let arguments = [
                "--json", "--via", "rest", "--fields", "login,name", "--resume", scratch("j"), "-o", scratch("out"),
            ]
            #expect(
                try await github.run(arguments + GitHubTool.logins(count), token: GitHubTool.token).exit == 0)
            let rows = try rows(scratch.text("out"))
            #expect(rows.map(\.login) == GitHubTool.logins(count))
            #expect(rows.allSatisfy { $0.name == "Bearer ***" })
        }
        #expect(github.server.requestCount == 4)
    }

    @Test func `without --resume the message says how to use it`() async throws {
        let isLimited = Shared(true)
        let github = try limited(after: 1, while: isLimited)
        let result = try await github.run(["--json", "--max", "1"] + GitHubTool.logins(3))
        #expect(result.exit == 5)
        #expect(result.stderr.contains("use --resume FILE to record progress"))
    }
}
