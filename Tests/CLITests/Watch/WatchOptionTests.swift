import TestSupport
import Testing

@Suite("issue 26: the option of the live page", .timeLimit(.minutes(20)))
struct WatchOptionTests {
    @Test func `issue 26: a port in use is said before anything is sent or written, and is exit 3`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        try scratch.write("out", "before")
        let result = try await Tool.run(
            ["--json", "--watch-port", "\(server.port)", "-o", scratch("out"), "\(server.baseURL)/"])
        #expect(result.exit == 3 && server.requestCount == 0)
        #expect(
            result.stderr
                == "fetchall: --watch-port \(server.port): cannot listen on 127.0.0.1: Address already in use; use another port, or 0 for a free one\n"
        )
        #expect(try scratch.text("out") == "before")
    }

    @Test(arguments: ["", "x", "-1", "65536", "80.5"])
    func `issue 26: a port that is not valid is exit 2`(port: String) async throws {
        let result = try await Tool.run(["--watch-port=\(port)", "http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.stderr.contains("--watch-port"), "\(result.stderr)")
    }

    @Test func `issue 26: the file of a folder may not open a port, the user's own may`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        try scratch.write("fetchall.toml", "watch-port = 0\n")
        let refused = try await Tool.run(["\(server.baseURL)/"], directory: scratch.path)
        #expect(refused.exit == 2 && refused.stderr.contains("watch-port"), "\(refused.stderr)")
        #expect(server.requestCount == 0)
        let config = scratch("fetchall.toml")
        let taken = try await Tool.run(["--config", config, "\(server.baseURL)/"])
        #expect(taken.exit == 0 && taken.stderr.contains("fetchall: watch http://127.0.0.1:"))
        let planned = try await Tool.run(["--config", config, "--dry-run", "\(server.baseURL)/"])
        #expect(planned.exit == 0 && !planned.stderr.contains("watch"), "\(planned.stderr)")
    }

    @Test(arguments: ["fetch", "crawl", "check", "gather", "map"])
    func `issue 26: what each command counts is in the metrics at its end`(command: String) async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            let isJSON = command == "gather" || command == "map"
            let reply: LoopbackServer.Reply = isJSON ? .json("1") : .html("<a href=/page>a</a><a href=/slow>b</a>")
            if request.path == "/slow" { return LoopbackServer.Reply([.hold(gate)] + reply.steps) }
            return request.path == "/page" ? reply : .status(404)
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let url = server.baseURL
        let arguments =
            switch command {
            case "fetch": ["fetch", "\(url)/page", "\(url)/slow"]
            case "gather": ["gather", "a=\(url)/page", "b=\(url)/slow"]
            case "map": ["map", "--url-template", "\(url)/{id}", "page", "slow"]
            default: [command, "--no-robots", "\(url)/page"]
            }
        let result = try await Tool.start(arguments + ["--watch-port", "0", "--stderr", scratch("messages")]) { _ in
            defer { gate.open() }
            let address = try #require(await WatchAddress(in: scratch))
            #expect(await server.waitUntil { _ in gate.waiterCount > 0 })
            var metrics = ""
            for _ in 0..<100 {
                metrics = try address.answer("metrics")
                if metrics.contains("fetchall_responses_total{status=\"200\"} 1\n") { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(metrics.contains("fetchall_info{version=") && metrics.contains("command=\"\(command)\"} 1\n"))
            #expect(
                metrics.contains("fetchall_host_requests_total{host=\"127.0.0.1\",result=\"ok\"} 1\n"), "\(metrics)")
            #expect(metrics.contains("fetchall_response_duration_seconds_count 1\n"))
        }
        let messages = try scratch.text("messages")
        #expect(result.exit == 0, "\(messages)")
    }
}
