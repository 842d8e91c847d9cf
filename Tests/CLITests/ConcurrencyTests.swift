import FoundationEssentials
import TestSupport
import Testing

@Suite("Concurrency is what was asked for, seen from the server", .timeLimit(.minutes(20)))
struct ConcurrencyTests {
    @Test func `row 49: two thousand requests are never more than seven at once, and reach seven`() async throws {
        let server = try LoopbackServer { _ in .ok("x", after: .milliseconds(1)) }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--max", "7", "\(server.baseURL)/[1-2000]"])
        #expect(result.exit == 0)
        #expect(try Set(Row.lines(result).map(\.index)) == Set(0..<2000))
        #expect(server.requestCount == 2000)
        #expect(server.peakInFlight == 7)
        #expect(server.peakConnections == 7)
    }

    @Test(arguments: ["--max", "-j", "--parallel-max"])
    func `every name of the option bounds the requests`(option: String) async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", option, "3", "\(server.baseURL)/[1-30]"]) { _ in
            #expect(await server.waitUntil { $0.inFlight == 3 })
            gate.open()
        }
        #expect(result.exit == 0)
        #expect(server.requestCount == 30)
        #expect(server.peakInFlight == 3)
    }

    @Test func `ten at once is the default`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", "\(server.baseURL)/[1-50]"]) { _ in
            #expect(await server.waitUntil { $0.inFlight == 10 })
            gate.open()
        }
        #expect(result.exit == 0)
        #expect(server.peakInFlight == 10)
    }

    @Test(arguments: ["--max-host", "--parallel-max-host"])
    func `row 49: an origin has a bound of its own, and one that is full does not hold up the other`(
        option: String
    ) async throws {
        let gate = Gate()
        let handler: @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = { _ in
            LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps)
        }
        let first = try LoopbackServer(handler: handler)
        defer { first.stop() }
        let second = try LoopbackServer(handler: handler)
        defer { second.stop() }
        // The whole of one origin comes before the other.
        let urls = [first, second].map { "\($0.baseURL)/[1-40]" }
        let result = try await Tool.start(["--jsonl", "--max", "20", option, "3"] + urls) { _ in
            #expect(await first.waitUntil { $0.inFlight == 3 })
            #expect(await second.waitUntil { $0.inFlight == 3 })
            gate.open()
        }
        #expect(result.exit == 0)
        #expect(try Row.lines(result).count == 80)
        #expect([first.requestCount, second.requestCount] == [40, 40])
        #expect([first.peakInFlight, second.peakInFlight] == [3, 3])
    }

    @Test func `a retry waits outside: it holds no permit`() async throws {
        let gate = Gate()
        let busy = try LoopbackServer { _ in .status(503, headers: [("Retry-After", "1")]) }
        defer { busy.stop() }
        let other = try LoopbackServer { _ in LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) }
        defer { other.stop() }
        let urls = [busy, other].map { "\($0.baseURL)/" }
        let result = try await Tool.start(["--jsonl", "--max", "1", "--retry", "1"] + urls) { _ in
            // With the permit kept, the other host would be asked only after the second answer of the busy one.
            #expect(await other.waitUntil(requests: 1))
            #expect(busy.requestCount == 1)
            gate.open()
        }
        #expect(result.exit == 1)
        #expect([busy.requestCount, other.requestCount] == [2, 1])
    }

    @Test func `a server that asks for patience is left alone by all URLs of its host`() async throws {
        let server = try LoopbackServer { request in
            request.number == 1 ? .status(503, headers: [("Retry-After", "1")]) : .ok()
        }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--max", "1", "\(server.baseURL)/[1-5]"])
        #expect(result.exit == 0)
        #expect(server.requestCount == 6)
        let first = try #require(server.log.first)
        let early = server.log.dropFirst().count { $0.receivedAt - first.receivedAt < .milliseconds(990) }
        #expect(early == 0)
    }

    @Test func `row 123: few open files mean fewer requests at once, and not one is lost`() async throws {
        let server = try LoopbackServer { _ in .ok("x", after: .milliseconds(1)) }
        defer { server.stop() }
        let result = try await Tool.shell(
            "ulimit -n 64; exec \"$0\" --jsonl --max 100 \"$1\"", ["\(server.baseURL)/[1-200]"])
        #expect(result.exit == 0)
        #expect(try Row.lines(result).filter(\.ok).count == 200)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("64 open files"))
        #expect(server.peakInFlight < 64)
    }

    @Test func `row 104: the first request leaves while the list still comes`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.start(feeding: ["--jsonl", "-"]) { tool in
            for number in 1...3 {
                try await tool.write("\(server.baseURL)/\(number)\n")
                #expect(await server.waitUntil(requests: number))
            }
        }
        #expect(result.exit == 0)
        #expect(server.log.map(\.path) == ["/1", "/2", "/3"])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"), "no /proc"))
    func `a list into a file has its loops, its reader and the signals' thread, and starts no pool`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("x", after: .milliseconds(20)) }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            "$0" --max 8 --jsonl -o "$1" "$2" & run=$!
            while kill -0 $run; do cat /proc/$run/task/*/comm; echo ==; sleep 0.02; done 2>/dev/null
            wait $run
            """, [scratch("out"), "\(server.baseURL)/[1-200]"])
        #expect(result.exit == 0)
        #expect(server.requestCount == 200)
        let moments = result.stdout.split(separator: "==").map { $0.split(separator: "\n") }
        // What waits for a time (records for others, hosts for their turn) does so on the loop.
        #expect(!moments.joined().contains { $0.contains("qos") }, "libdispatch: \(Set(moments.joined()))")
        let most = moments.map(\.count).max() ?? 0
        #expect((3...6).contains(most), "\(most) threads")
    }
}
