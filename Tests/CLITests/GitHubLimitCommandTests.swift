import Subprocess
import TestSupport
import Testing

@Suite("GitHub's limits are kept to", .timeLimit(.minutes(20)))
struct GitHubLimitCommandTests {
    private func tool(
        _ accounts: Int = 20, _ change: (inout GitHubServer.Behaviour) -> Void
    ) throws -> GitHubTool {
        var behaviour = GitHubServer.Behaviour()
        change(&behaviour)
        return try GitHubTool(GitHubAccount.numbered(1...accounts), behaviour)
    }

    @Test func `a limit that is full again soon is waited for`() async throws {
        let github = try tool {
            $0.anonymousLimit = 8
            $0.resetsIn = 2
        }
        let result = try await github.run(["--json", "--max", "4"] + GitHubTool.logins(12))
        #expect(result.exit == 0)
        #expect(try GitHubRow.array(result).map(\.login) == GitHubTool.logins(12))
        #expect(result.complaints.filter { $0.contains("waiting") }.count == 1, "\(result.stderr)")
        // The fields tell when nothing is left, so that nothing is sent into the limit.
        #expect(github.server.requestCount == 12)
    }

    @Test(arguments: [403, 429])
    func `a refusal is waited for once`(status: Int) async throws {
        let first = FirstRequest()
        let github = try tool {
            $0.latency = .milliseconds(20)
            $0.fault = { request, _ in
                guard first.isWithin(.milliseconds(700), request) else { return nil }
                return .json(
                    #"{"message":"API rate limit exceeded"}"#, status: status,
                    headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1"), ("X-RateLimit-Limit", "60")],
                    after: .milliseconds(30))
            }
        }
        let result = try await github.run(["--json", "--max", "4"] + GitHubTool.logins(10))
        #expect(result.exit == 0)
        #expect(try GitHubRow.array(result).map(\.login) == GitHubTool.logins(10))
        #expect(result.complaints.filter { $0.contains("waiting") }.count == 1, "\(result.stderr)")
        #expect(first.refused <= 4)
        #expect(github.server.requestCount == first.refused + 10)
        #expect(github.server.log[first.refused].counts.inFlight == 1)
    }

    @Test func `a limit that is full again in an hour ends the run, and the rest are listed`() async throws {
        let github = try tool {
            $0.anonymousLimit = 5
            $0.resetsIn = 58 * 60
        }
        let scratch = try Scratch()
        let result = try await github.run(
            ["--json", "--max", "2", "--failed-to", scratch("rest")] + GitHubTool.logins(12))
        #expect(result.exit == 5)
        let rows = try GitHubRow.array(result)
        #expect(rows.map(\.login) == GitHubTool.logins(12))
        #expect(rows.filter { $0.error == nil }.count == 5)
        let rest = rows.filter { $0.error?.kind == "rate-limited" }
        #expect(rest.count == 7)
        #expect((rest.first?.retryAfter ?? 0) > 3000)
        #expect(rest.first?.error?.message.contains(" UTC, in 5") == true)
        #expect(try scratch.text("rest") == rest.map { $0.login + "\n" }.joined())
        #expect(result.stderr.contains("7 logins were not fetched: all 5 requests of this hour are used up until 20"))
        #expect(result.stderr.contains("set GH_TOKEN"))
        #expect(result.stderr.contains("--input \(scratch("rest"))"))
        #expect(github.server.requestCount <= 6)
    }

    @Test func `a list that is longer than what is left is refused up front`() async throws {
        let github = try tool { $0.anonymousLimit = 10 }
        let result = try await github.run(["--json", "--max-wait", "0"] + GitHubTool.logins(20))
        #expect(result.exit == 5)
        #expect(try GitHubRow.array(result).allSatisfy { $0.error?.kind == "rate-limited" })
        #expect(result.stderr.contains("20 requests are needed and 10 are left until 20"))
        #expect(github.server.log.map(\.path) == ["/rate_limit"])
    }

    @Test func `a secondary limit with Retry-After is waited for`() async throws {
        let first = FirstRequest()
        let github = try tool {
            $0.latency = .milliseconds(10)
            $0.fault = { request, _ in
                guard first.isWithin(.milliseconds(700), request) else { return nil }
                return .json(
                    #"{"message":"You have exceeded a secondary rate limit."}"#, status: 403,
                    headers: [("Retry-After", "1"), ("X-RateLimit-Remaining", "4000")])
            }
        }
        let result = try await github.run(["--json", "--max", "8"] + GitHubTool.logins(20))
        #expect(result.exit == 0)
        #expect(try GitHubRow.array(result).allSatisfy { $0.error == nil })
        #expect(first.refused <= 8)
        let retried = github.server.log.dropFirst(first.refused)
        #expect(retried.count == 20)
        #expect(retried.map(\.counts.inFlight).max() ?? 8 <= 4)
        let gap = retried.first.map { $0.receivedAt - github.server.log[0].receivedAt } ?? .zero
        #expect(gap >= .seconds(1))
    }

    @Test func `a secondary limit without a time is known by its words`() async throws {
        let github = try tool {
            $0.fault = { _, _ in
                .json(
                    #"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again"}"#,
                    status: 403, headers: [("X-RateLimit-Remaining", "4000"), ("X-RateLimit-Reset", "4000000000")])
            }
        }
        let (rows, exit) = try await github.records(["--max-wait", "59s", "user-1"])
        #expect(exit == 5)
        #expect(rows.first?.error?.kind == "rate-limited")
        #expect(rows.first?.retryAfter == 60)
        #expect(github.server.requestCount == 1)
    }

    @Test(arguments: [403, 404, 451])
    func `another refusal is final`(status: Int) async throws {
        let github = try tool {
            $0.fault = { _, _ in
                .json(
                    #"{"message":"Not for you \u001b[31m"}"#, status: status, headers: [("X-RateLimit-Remaining", "9")])
            }
        }
        let result = try await github.run(["--retry", "3", "user-1"])
        #expect(result.exit == 1)
        #expect(result.stdout.contains("user-1  http-status: \(status) "))
        #expect(!result.stdout.contains("\u{1B}"))
        #expect(github.server.requestCount == 1)
    }

    @Test func `GitHub's unicorn is tried again`() async throws {
        let github = try tool {
            $0.fault = { _, number in number <= 2 ? .html("<title>Unicorn!</title>", status: 502) : nil }
        }
        let arguments = ["--retry-delay", "10ms", "user-1"]
        #expect(try await github.records(arguments).exit == 0)
        #expect(github.server.requestCount == 3)
        let down = try tool { $0.fault = { _, _ in .html("<title>Unicorn!</title>", status: 502) } }
        let (rows, exit) = try await down.records(arguments)
        #expect(exit == 1)
        #expect(rows.first?.error?.kind == "http-status")
        #expect(down.server.requestCount == 3)
    }

    @Test func `an interrupted run closes its document and names all logins`() async throws {
        let github = try tool {
            $0.fault = { request, _ in request.path == "/users/user-1" ? nil : LoopbackServer.Reply([.silence]) }
        }
        let result = try await Tool.start(
            ["github", "--json", "--max", "2"] + GitHubTool.logins(10), environment: github.environment()
        ) { tool in
            #expect(await github.server.waitUntil { $0.requestCount == 3 && $0.inFlight == 2 })
            try tool.send(.interrupt)
        }
        #expect(result.exit == 130)
        let rows = try GitHubRow.array(result)
        #expect(rows.map(\.login) == GitHubTool.logins(10))
        #expect(rows.filter { $0.error?.kind == "cancelled" }.count == 9)
    }

    @Test func `a deadline ends it with 124`() async throws {
        let github = try tool { $0.fault = { _, _ in LoopbackServer.Reply([.silence]) } }
        let (rows, exit) = try await github.records(["--deadline", "300ms", "user-1", "user-2"])
        #expect(exit == 124)
        #expect(rows.allSatisfy { $0.error?.kind == "deadline" })
    }

    @Test func `a reader that goes away ends the run quietly`() async throws {
        let github = try tool { $0.latency = .milliseconds(50) }
        let result = try await Tool.shell(
            #""$0" github --jsonl --max 1 user-1 user-2 user-3 user-4 user-5 user-6 user-7 user-8 | head -1"#,
            environment: github.environment())
        #expect(result.lines.count == 1)
        #expect(result.stderr == "")
        #expect(github.server.requestCount < 8)
    }
}

/// When the first request came, and how many were refused soon after it.
private final class FirstRequest: Sendable {
    private let state = Shared((first: ContinuousClock.Instant?.none, refused: 0))

    /// How many came within the time.
    var refused: Int { state.value.refused }

    /// Whether a request came so soon after the first.
    func isWithin(_ time: Duration, _ request: LoopbackServer.Request) -> Bool {
        let moment = request.receivedAt
        return state.update { state in
            let first = state.first ?? moment
            state.first = first
            guard moment - first < time else { return false }
            state.refused += 1
            return true
        }
    }
}
