import TestSupport
import Testing

@Suite("issue 22.1: a body that is saved has the time that it needs", .timeLimit(.minutes(20)))
struct AttemptLimitTests {
    /// A body of which a piece comes every 50 ms, and which takes a minute.
    private static let drip = LoopbackServer.Reply([
        .text("HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n"),
        .drip([UInt8](repeating: 0x61, count: 1200), every: .milliseconds(50)),
    ])

    @Test func `what drips below the speed limit is too-slow, though no speed limit is given`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in Self.drip }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry", "0", "--speed-time", "1s", "--output-dir", scratch("out"), "\(server.baseURL)/a",
        ])
        let row = try Row.only(result)
        #expect(row.kind == "too-slow")
        #expect(row.error?.exitcode == 28)
        #expect(try scratch.names("out").isEmpty)
    }

    @Test func `max-time ends it where it is given`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in Self.drip }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry", "0", "-m", "1s", "--output-dir", scratch("out"), "\(server.baseURL)/a",
        ])
        #expect(try Row.only(result).kind == "timed-out")
        #expect(try scratch.names("out").isEmpty)
    }

    @Test func `speed-limit 0 lets it drip`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in
            LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"),
                .drip([UInt8](repeating: 0x61, count: 40), every: .milliseconds(60)),
            ])
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--retry", "0", "--speed-limit", "0", "--speed-time", "1s", "--output-dir", scratch("out"),
            "\(server.baseURL)/a",
        ])
        #expect(try Row.only(result).ok)
        #expect(try scratch.text("out/a").utf8.count == 40)
    }

    @Test(arguments: [
        ([], "30.0 s", "no limit"),
        (["--output-dir", "DIR/out"], "no limit", "1024 bytes/s for 30.0 s"),
        (["--output-dir", "DIR/out", "-m", "9s"], "9.00 s", "1024 bytes/s for 30.0 s"),
        (["-m", "0", "--speed-limit", "2k"], "no limit", "2048 bytes/s for 30.0 s"),
        (["--speed-limit", "0", "--speed-time", "4s"], "30.0 s", "no limit"),
    ])
    func `the limits are those of the help`(arguments: [String], time: String, speed: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let arguments = arguments.map { $0.replacing("DIR", with: scratch.path) }
        let fetch = try await Tool.run(["-v", "--jsonl", "\(server.baseURL)/a"] + arguments)
        #expect(fetch.complaints.contains("time of an attempt: \(time), minimum speed: \(speed)"), "\(fetch.stderr)")
        // A crawl that saves bodies keeps a limit.
        let crawl = try await Tool.run(["crawl", "-v", "--jsonl", "--no-robots", "\(server.baseURL)/a"] + arguments)
        let kept = arguments == ["--output-dir", scratch("out")] ? "600 s" : time
        #expect(crawl.complaints.contains("time of an attempt: \(kept), minimum speed: \(speed)"), "\(crawl.stderr)")
    }

    @Test(arguments: ["-m", "--connect-timeout", "--deadline", "--retry-max-time", "--speed-limit", "--speed-time"])
    func `zero is no limit`(option: String) async throws {
        let server = try LoopbackServer { $0.number == 1 ? .status(503) : .ok("x", after: .milliseconds(50)) }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--retry-delay", "1ms", option, "0", "\(server.baseURL)/a"])
        let row = try Row.only(result)
        #expect(row.ok && row.numRetries == 1, "\(result.stderr)")
    }
}
