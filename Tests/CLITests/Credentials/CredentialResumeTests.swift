import Subprocess
import TestSupport
import Testing

@Suite("issue 24.1: a resumed run gives credentials to the same origin", .timeLimit(.minutes(20)))
struct CredentialResumeTests {
    private typealias Pair = CredentialScopeTests.Pair

    @Test func `a resumed list in another order does not move the secret`() async throws {
        let isBusy = Shared(true)
        let pair = try Pair {
            $0.path == "/busy" && isBusy.value
                ? .response(status: 429, headers: [("Retry-After", "3600")]) : .ok()
        }
        defer { pair.stop() }
        let scratch = try Scratch()
        func run(_ list: String) async throws -> ToolResult {
            try await Tool.run(
                [
                    "--jsonl", "--max", "1", "--max-wait", "1s", "--resume", scratch("journal"), "-o", scratch("out"),
                    "-u", "u:p", "-",
                ], stdin: pair.written(list))
        }
        let first = try await run("A/busy\nB/done\n")
        #expect(first.exit == 5, "\(first.stderr)")
        #expect(pair.values("authorization").second == [[]])
        #expect(try !scratch.text("journal").contains("dTpw"))
        isBusy.update { $0 = false }
        let second = try await run("B/new\nB/done\nA/busy\n")
        #expect(second.exit == 0, "\(second.stderr)")
        #expect(pair.second.log.map(\.path) == ["/done", "/new"])
        #expect(pair.values("authorization").second == [[], []])
        #expect(pair.first.log.allSatisfy { $0.values("authorization") == ["Basic dTpw"] })
        #expect(CredentialScopeTests.notices(second).count == 1, "\(second.stderr)")
    }

    @Test func `a run that is killed before its first outcome has noted whose the secret is`() async throws {
        let isBusy = Shared(true)
        let pair = try Pair { _ in isBusy.value ? LoopbackServer.Reply([.silence]) : .ok() }
        defer { pair.stop() }
        let scratch = try Scratch()
        let arguments = ["--jsonl", "--resume", scratch("journal"), "-o", scratch("out"), "-u", "u:p"]
        let killed = try await Tool.start(arguments + [pair.written("A/1"), pair.written("B/2")]) { tool in
            #expect(await pair.first.waitUntil { $0.requestCount == 1 })
            try tool.send(.kill)
        }
        #expect(killed.exit == 1009)
        #expect(try scratch.text("journal").contains("\n@ \(pair.first.baseURL) "))
        isBusy.update { $0 = false }
        let second = try await Tool.run(arguments + [pair.written("B/2"), pair.written("A/1")])
        #expect(second.exit == 0, "\(second.stderr)")
        #expect(pair.values("authorization").second.allSatisfy { $0.isEmpty })
        #expect(pair.values("authorization").first.allSatisfy { $0 == ["Basic dTpw"] })
        #expect(
            pair.second.log.contains { $0.path == "/2" } && CredentialScopeTests.notices(second).count == 1,
            "\(second.stderr)")
    }

    @Test func `a run that ends at its deadline has noted whose the secret is`() async throws {
        let isBusy = Shared(true)
        let pair = try Pair { _ in isBusy.value ? LoopbackServer.Reply([.silence]) : .ok() }
        defer { pair.stop() }
        let scratch = try Scratch()
        let arguments = ["--jsonl", "--resume", scratch("journal"), "-o", scratch("out"), "-u", "u:p"]
        for time in ["1ms", "300ms"] {
            _ = try await Tool.run(arguments + ["--deadline", time, pair.written("A/1")])
            let isNoted = try scratch.text("journal").contains("\n@ \(pair.first.baseURL) ")
            #expect(isNoted || pair.first.requestCount == 0)
        }
        #expect(try scratch.text("journal").split(separator: "\n").filter { $0.hasPrefix("@ ") }.count == 1)
    }
}
