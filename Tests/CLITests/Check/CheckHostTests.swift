import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 25: fetchall check, many hosts", .timeLimit(.minutes(10)))
struct CheckHostTests {
    @Test func `dead hosts and hosts that answer 429 cost one wait each, and all verdicts are right`() async throws {
        // 10,000 is the number.
        let links = ProcessInfo.processInfo.environment["FETCHALL_CHECK_LINKS"].flatMap { Int($0) } ?? 1000
        let hosts = 200
        // 127.0.1.1 to 127.0.1.5 answer 429.
        let server = try LoopbackServer(host: "0.0.0.0", logLimit: 100_000) { request in
            let isLimited = (1...5).contains { request.host.hasPrefix("127.0.1.\($0):") }
            return isLimited ? .status(429, headers: [("Retry-After", "3600")]) : .ok()
        }
        defer { server.stop() }
        let closed = try (0..<5).map { _ in try LoopbackServer.closedPort() }
        let each = links / hosts
        var text = ""
        for link in 0..<each {
            for host in 1...hosts - 5 { text += "http://127.0.1.\(host):\(server.port)/\(link)\n" }
            for port in closed { text += "http://127.0.0.1:\(port)/\(link)\n" }
        }
        let scratch = try Scratch()
        let file = try scratch.write("urls.txt", text)
        let result = try await Tool.run([
            "check", "--jsonl", "--show-skipped", "--max", "50", "--retry", "1", "--retry-delay", "1ms", file,
        ])
        let rows = try CheckRow.lines(result)
        #expect(result.exit == 1)
        let dead = rows.filter { $0.kind == "connection-refused" }
        let limited = rows.filter { $0.kind == "rate-limit" }
        #expect(dead.count == 5 * each && limited.count == 5 * each && rows.count == 10 * each, "\(result.stderr)")
        #expect(dead.allSatisfy { row in closed.contains { row.url.contains(":\($0)/") } })
        #expect(limited.allSatisfy { row in (1...5).contains { row.url.hasPrefix("http://127.0.1.\($0):") } })
        let total = hosts * each
        #expect(
            result.complaints.last
                == "\(total) links on 1 page: \(total - 10 * each) ok, \(5 * each) broken, \(5 * each) not checked (rate limit)"
        )
        // Who says wait is asked once.
        for number in 1...5 {
            #expect(server.log.filter { $0.host.hasPrefix("127.0.1.\(number):") }.count <= 2)
        }
        let asked = server.log.map { "\($0.host)\($0.path)" }
        #expect(Set(asked).count == asked.count)
    }

    @Test func `a host that takes no connection costs two timeouts and not one for each link`() async throws {
        let stuck = try StuckListener()
        defer { stuck.stop() }
        let scratch = try Scratch()
        let file = try scratch.write(
            "urls.txt", (0..<40).map { "http://127.0.0.1:\(stuck.port)/\($0)\n" }.joined())
        let result = try await Tool.run(["check", "--jsonl", "--connect-timeout", "1s", file])
        let rows = try CheckRow.lines(result)
        #expect(rows.count == 40 && rows.allSatisfy { $0.kind == "connect-timed-out" }, "\(result.stderr)")
        #expect(result.duration < .seconds(8))
    }
}
