import Subprocess
import TestSupport
import Testing

@Suite("A host that says slow down is obeyed, and nobody else waits", .timeLimit(.minutes(20)))
struct PaceTests {
    @Test func `row 75: 429 with Retry-After pauses the whole host and no other`() async throws {
        let pause = Duration.seconds(2)
        // Five good answers, then one refusal for everything that is already there.
        let strict = try LoopbackServer { request in
            (6...10).contains(request.number) ? .status(429, headers: [("Retry-After", "2")]) : .ok()
        }
        defer { strict.stop() }
        let free = try LoopbackServer { _ in .ok() }
        defer { free.stop() }
        let result = try await Tool.run([
            "--jsonl", "--max", "5", "--retry", "1", "\(strict.baseURL)/[1-40]", "\(free.baseURL)/[1-2000]",
        ])
        #expect(result.exit == 0)
        let rows = try Row.lines(result)
        #expect(rows.filter(\.ok).count == 2040)
        // Nothing reached the strict host during its pause, from no URL.
        let arrivals = strict.log.map(\.receivedAt)
        let refused = try #require(strict.log.first { (6...10).contains($0.number) }).receivedAt
        let isPaused = { (arrival: ContinuousClock.Instant) in
            arrival - refused > .milliseconds(300) && arrival - refused < pause
        }
        #expect(!arrivals.contains(where: isPaused))
        // The other was served meanwhile: nearly all of it on an idle machine, and much of it on a busy one.
        let meanwhile = free.log.count { $0.receivedAt > refused && $0.receivedAt - refused < pause }
        #expect(meanwhile > 200, "\(meanwhile)")
        // Refusals are the server's wish and use no attempt up; they are told all the same.
        let again = rows.filter { $0.numRetries > 0 }
        #expect((1...5).contains(again.count))
        #expect(again.allSatisfy { $0.timeWait >= 1.9 })
    }

    /// The forms of RFC 9110 §5.6.7, written by the C library of Python for the moment of the answer.
    @Test(
        .enabled("no python3") { try await SystemLimitTests.hasPython() },
        arguments: ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"])
    func `row 75: a Retry-After that is a date is waited for, in each of the three forms`(form: String) async throws {
        let dates = try await Tool.shell(
            """
            exec python3 -c 'import sys, time
            now = int(time.time())
            for second in range(now, now + 3600): print(time.strftime(sys.argv[1], time.gmtime(second)))' "$1"
            """, [form]
        ).lines.map(String.init)
        let begin = ContinuousClock.now
        let server = try LoopbackServer { request in
            guard request.number == 1 else { return .ok() }
            // Three seconds from now; a date has no fractions. The run may have waited minutes for its turn.
            let index = Int((ContinuousClock.now - begin) / .seconds(1)) + 3
            return .status(429, headers: [("Retry-After", dates[index])])
        }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--retry", "1", "\(server.baseURL)/"])
        #expect(result.exit == 0, "\(result.stdout)")
        let log = server.log
        try #require(log.count == 2)
        let gap = log[1].receivedAt - log[0].receivedAt
        #expect(gap >= .milliseconds(900) && gap < .milliseconds(4500), "\(gap)")
    }

    @Test func `row 75: after a pause one request goes first`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            if request.number <= 4 { return .status(429, headers: [("Retry-After", "1")], after: .milliseconds(50)) }
            return request.number == 5
                ? LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) : .ok()
        }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", "--max", "4", "\(server.baseURL)/[1-20]"]) { _ in
            #expect(await server.waitUntil(requests: 5))
            try await Task.sleep(for: .milliseconds(200))
            #expect(server.requestCount == 5)
            gate.open()
        }
        #expect(result.exit == 0)
        #expect(server.requestCount == 24)
    }

    @Test func `no-adaptive keeps the pause and goes on at full speed after it`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            if request.number <= 4 { return .status(429, headers: [("Retry-After", "1")], after: .milliseconds(50)) }
            return LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps)
        }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", "--max", "4", "--no-adaptive", "\(server.baseURL)/[1-20]"]) { _ in
            #expect(await server.waitUntil { $0.inFlight == 4 && $0.requestCount == 8 })
            gate.open()
        }
        #expect(result.exit == 0)
        let log = server.log
        let refused = try #require(log.dropFirst(3).first).receivedAt
        #expect(log.dropFirst(4).allSatisfy { $0.receivedAt - refused >= .milliseconds(950) })
    }

    @Test func `row 77: more patience than there is ends all URLs of the host at once`() async throws {
        let server = try LoopbackServer { _ in .status(429, headers: [("Retry-After", "86400")]) }
        defer { server.stop() }
        let other = try LoopbackServer { _ in .ok() }
        defer { other.stop() }
        let result = try await Tool.run([
            "--jsonl", "--max", "2", "\(server.baseURL)/[1-50]", "\(other.baseURL)/[1-50]",
        ])
        #expect(result.exit == 5)
        let rows = try Row.lines(result)
        #expect(rows.filter(\.ok).count == 50)
        let limited = rows.filter { $0.kind == "rate-limited" }
        #expect(limited.count == 50)
        #expect(limited.allSatisfy { ($0.retryAfter ?? 0) > 86_000 })
        #expect(server.requestCount <= 2)
    }

    @Test func `a host that goes on refusing is given up after max-wait`() async throws {
        let server = try LoopbackServer { _ in .status(429, headers: [("Retry-After", "1")]) }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--max", "2", "--max-wait", "2s", "\(server.baseURL)/[1-9]"])
        #expect(result.exit == 5)
        #expect(try Row.lines(result).allSatisfy { $0.kind == "rate-limited" })
        #expect(server.requestCount <= 4)
    }

    @Test func `the last of a budget is the last for its time`() async throws {
        let server = try LoopbackServer { request in
            request.number == 3
                ? .response(headers: [("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1")], body: [])
                : .ok()
        }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--max", "1", "\(server.baseURL)/[1-6]"])
        #expect(result.exit == 0)
        let log = server.log
        #expect(log.count == 6)
        let spent = try #require(log.dropFirst(2).first).receivedAt
        #expect(try #require(log.dropFirst(3).first).receivedAt - spent >= .seconds(1))
    }

    @Test func `a host that cannot be reached is given up quickly for the rest of its URLs`() async throws {
        let port = try LoopbackServer.closedPort()
        let other = try LoopbackServer { _ in .ok() }
        defer { other.stop() }
        let result = try await Tool.run([
            "--jsonl", "--max", "4", "http://127.0.0.1:\(port)/[1-200]", "\(other.baseURL)/[1-20]",
        ])
        #expect(result.exit == 1)
        let rows = try Row.lines(result)
        #expect(rows.filter(\.ok).count == 20)
        #expect(rows.count { $0.kind == "host-down" } >= 190)
        #expect(rows.allSatisfy { $0.ok || $0.kind == "host-down" || $0.kind == "connection-refused" })
        #expect(rows.contains { $0.error?.message.contains("127.0.0.1:\(port)") == true })
    }

    @Test func `a dead host at the head of the list does not hold up a live one behind it`() async throws {
        let dead = try LoopbackServer { _ in LoopbackServer.Reply([.hold(Gate())]) }
        defer { dead.stop() }
        // Slow enough that what waits for it is used up now and then.
        let live = try LoopbackServer(logLimit: 10_000) { _ in .ok(after: .milliseconds(2)) }
        defer { live.stop() }
        let lines = (1...5000).map { "\(dead.baseURL)/\($0)" } + (1...5000).map { "\(live.baseURL)/\($0)" }
        let scratch = try Scratch()
        let list = try scratch.write("list", lines.joined(separator: "\n") + "\n")
        let result = try await Tool.start(
            ["--jsonl", "--max", "10", "--max-time", "60s", list]
        ) { tool in
            // Long before the dead one gives its permits back. That it has no more than its probe meanwhile is a matter
            // of who is read when, and tested without a clock (PermitStateTests).
            #expect(await live.waitUntil(requests: 5000))
            try tool.send(.interrupt)
        }
        #expect(result.exit == 130)
        let rows = try Row.lines(result)
        #expect(rows.filter(\.ok).count == 5000)
        #expect(rows.count == 10_000)
    }
}
