import TestSupport
import Testing

@Suite("Retries and what counts as success", .timeLimit(.minutes(20)))
struct RetryTests {
    private func outcome(
        _ arguments: [String], exit: Int32,
        handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) async throws -> (row: Row, log: [LoopbackServer.Request]) {
        let server = try LoopbackServer(handler: handler)
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl"] + arguments + ["\(server.baseURL)/"])
        #expect(result.exit == exit, "\(result.stderr)\(result.stdout)")
        return (try Row.only(result), server.log)
    }

    @Test func `row 71: a server that is busy twice is asked three times by default`() async throws {
        let (row, log) = try await outcome(["--retry-delay", "10ms"], exit: 0) {
            $0.number < 3 ? .status(503) : .ok()
        }
        #expect(row.numRetries == 2)
        #expect(log.count == 3)
    }

    @Test func `row 79: retry says how many attempts follow the first`() async throws {
        let (row, log) = try await outcome(["--retry", "4", "--retry-delay", "1ms"], exit: 1) { _ in .status(500) }
        #expect(row.numRetries == 4)
        #expect(row.kind == "http-status")
        #expect(log.count == 5)
    }

    @Test(arguments: [400, 401, 403, 404, 410, 501])
    func `row 72: an answer that another attempt does not change is asked for once`(status: Int) async throws {
        let (row, log) = try await outcome(["--retry", "5"], exit: status == 401 ? 4 : 1) { _ in .status(status) }
        #expect(row.responseCode == status)
        #expect(row.numRetries == 0)
        #expect(log.count == 1)
    }

    @Test func `a POST is not repeated`() async throws {
        let (_, log) = try await outcome(["-d", "x", "--retry", "3"], exit: 1) { _ in .status(503) }
        #expect(log.count == 1)
    }

    @Test func `row 71: the backoff is random below retry-delay, which doubles`() async throws {
        let (row, log) = try await outcome(["--retry", "3", "--retry-delay", "100ms"], exit: 1) { _ in .status(503) }
        let gaps = zip(log, log.dropFirst()).map { $1.receivedAt - $0.receivedAt }
        #expect(gaps.count == 3)
        // Never longer than its bound, with room for a machine that is busy.
        for (gap, bound) in zip(gaps, [100, 200, 400]) { #expect(gap < .milliseconds(bound + 300)) }
        #expect(row.timeWait < 1)
    }

    @Test func `row 79: no retry starts after retry-max-time`() async throws {
        let (row, log) = try await outcome(
            ["--retry", "1000", "--retry-delay", "0s", "--retry-max-time", "300ms"], exit: 1
        ) { _ in .status(503, after: .milliseconds(20)) }
        #expect(row.numRetries > 0)
        #expect(row.numRetries < 100)
        let first = try #require(log.first)
        let last = try #require(log.last)
        #expect(last.receivedAt - first.receivedAt < .milliseconds(500))
    }

    @Test func `retry-on takes the place of the statuses and of the broken connections`() async throws {
        let options = ["--retry", "1", "--retry-delay", "1ms"]
        let (_, teapots) = try await outcome(options + ["--retry-on", "418,429"], exit: 1) { _ in .status(418) }
        #expect(teapots.count == 2)
        let (_, busy) = try await outcome(options + ["--retry-on", "418"], exit: 1) { _ in .status(503) }
        #expect(busy.count == 1)
        let (_, resets) = try await outcome(options + ["--retry-on", "503"], exit: 1) { _ in .raw("H", then: .reset) }
        #expect(resets.count == 1)
        let (row, again) = try await outcome(options + ["--retry-on", "connection-reset"], exit: 1) { _ in
            .raw("H", then: .reset)
        }
        #expect(row.kind == "connection-reset")
        #expect(again.count == 2)
    }

    @Test func `row 75: a Retry-After within max-wait is waited for, and not much longer`() async throws {
        let (row, log) = try await outcome([], exit: 0) {
            $0.number == 1 ? .status(429, headers: [("Retry-After", "1")]) : .ok()
        }
        #expect(row.numRetries == 1)
        #expect(row.retryAfter == nil)
        let gap = try #require(log.last).receivedAt - #require(log.first).receivedAt
        #expect(gap >= .seconds(1))
        #expect(gap < .milliseconds(2500))
    }

    @Test func `row 75: 429 with Retry-After uses no attempt up, but no attempt is asked for means none`() async throws
    {
        let (row, log) = try await outcome(["--retry", "1"], exit: 0) {
            $0.number <= 3 ? .status(429, headers: [("Retry-After", "1")]) : .ok()
        }
        #expect(row.numRetries == 3)
        #expect(log.count == 4)
        #expect(row.timeWait >= 2.9)
        let (none, once) = try await outcome(["--retry", "0"], exit: 5) { _ in
            .status(429, headers: [("Retry-After", "1")])
        }
        #expect(none.kind == "rate-limited")
        #expect(none.retryAfter == 1)
        #expect(once.count == 1)
    }

    @Test func `a Retry-After over max-wait is rate-limited at once, with exit 5`() async throws {
        let (row, log) = try await outcome(["--max-wait", "1s"], exit: 5) { _ in
            .status(503, headers: [("Retry-After", "5")])
        }
        #expect(row.kind == "rate-limited")
        #expect(row.retryAfter == 5.0)
        #expect(row.responseCode == 503)
        #expect(log.count == 1)
    }

    @Test(arguments: ["-1", "1.5", "soon", "", "1, 2", "Sun, 06 Nov 1994 08:49:37 GMT", "0"])
    func `rows 76, 78: a Retry-After that says nothing, or a time that is past, leaves it to our own backoff`(
        value: String
    ) async throws {
        let (row, log) = try await outcome(["--retry-delay", "10ms"], exit: 0) {
            $0.number == 1 ? .status(503, headers: [("Retry-After", value)]) : .ok()
        }
        #expect(row.numRetries == 1)
        #expect(log.count == 2)
    }

    @Test(arguments: ["86400", "99999999999999999999999999", "Sun, 06 Nov 2094 08:49:37 GMT"])
    func `row 77: a Retry-After beyond all patience is rate-limited at once`(value: String) async throws {
        let (row, log) = try await outcome([], exit: 5) { _ in .status(503, headers: [("Retry-After", value)]) }
        #expect(row.kind == "rate-limited")
        #expect((row.retryAfter ?? 0) >= 86_400)
        #expect(log.count == 1)
    }

    @Test func `accept says which statuses are a success`() async throws {
        let (missing, _) = try await outcome(["--accept", "200..299,404"], exit: 0) { _ in .status(404) }
        #expect(missing.ok)
        #expect(missing.error == nil)
        let (good, _) = try await outcome(["--accept", "404"], exit: 1) { _ in .ok() }
        #expect(good.kind == "http-status")
    }

    @Test func `a status that is accepted is not retried`() async throws {
        let (row, log) = try await outcome(["--accept", "503"], exit: 0) { _ in .status(503) }
        #expect(row.ok)
        #expect(log.count == 1)
    }
}
