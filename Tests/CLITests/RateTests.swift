import TestSupport
import Testing

@Suite("Rates hold in every window, seen from the server", .timeLimit(.minutes(20)))
struct RateTests {
    @Test func `row 80: a rate holds in every window, together with concurrency`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--max", "20", "--rate", "10/2s", "\(server.baseURL)/[1-25]"])
        #expect(result.exit == 0)
        #expect(server.requestCount == 25)
        #expect(server.starts(in: .seconds(2)) <= 10)
        // No faster, and not much slower: three windows, of which the last costs nothing.
        let log = server.log
        let span = try #require(log.last).receivedAt - #require(log.first).receivedAt
        #expect(span >= .seconds(4))
        #expect(span < .seconds(6))
    }

    @Test func `rows 79, 80: redirects and retries count`() async throws {
        let server = try LoopbackServer { request in
            if request.path.hasPrefix("/go") { return .redirect(to: "/end") }
            return request.number % 3 == 0 ? .status(503) : .ok()
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--max", "20", "--retry", "9", "--retry-delay", "1ms", "--rate", "12/2s", "--no-adaptive",
            "\(server.baseURL)/go/[1-16]",
        ])
        #expect(result.exit == 0)
        #expect(server.requestCount > 32)
        #expect(server.starts(in: .seconds(2)) <= 12)
    }

    @Test func `rate-host bounds each host on its own`() async throws {
        let servers = try (0..<2).map { _ in try LoopbackServer { _ in .ok() } }
        defer { for server in servers { server.stop() } }
        let result = try await Tool.run(
            ["--jsonl", "--max", "20", "--rate-host", "5/2s"] + servers.map { "\($0.baseURL)/[1-12]" })
        #expect(result.exit == 0)
        for server in servers {
            #expect(server.requestCount == 12)
            #expect(server.starts(in: .seconds(2)) <= 5)
        }
        // Side by side: the second does not wait for the first.
        let firsts = try servers.map { try #require($0.log.first).receivedAt }
        #expect(firsts[1] - firsts[0] < .milliseconds(1500))
    }

    @Test(arguments: ["5", "0/s", "-1/s", "5/0s", "1e9/s", "5/fortnight", "/s", "nan/s"])
    func `what is no rate is refused`(text: String) async throws {
        for option in ["--rate", "--rate-host"] {
            let result = try await Tool.run([option, text, "http://127.0.0.1:1/"])
            #expect(result.exit == 2)
            #expect(result.stdout == "")
            #expect(result.complaints.count == 1)
            #expect(result.stderr.contains("5/s"))
        }
    }
}
