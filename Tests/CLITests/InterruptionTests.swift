import Subprocess
import TestSupport
import Testing

@Suite("A signal, a deadline or a reader that leaves ends the run in order", .timeLimit(.minutes(20)))
struct InterruptionTests {
    @Test(arguments: [(Signal.interrupt, Int32(130)), (Signal.terminate, Int32(143))])
    func `row 117: after a signal every input has one record and nothing new is sent`(signal: Signal, exit: Int32)
        async throws
    {
        let (result, requests) = try await Interruption.run(signal, ["--json"])
        #expect(result.exit == exit)
        #expect(result.stderr == "")
        let rows = try Row.array(result)
        #expect(rows.map(\.index) == Array(0..<Interruption.inputs))
        #expect(rows.prefix(Interruption.answered).allSatisfy { $0.ok })
        #expect(Set(rows.dropFirst(Interruption.answered).map(\.kind)) == ["cancelled"])
        #expect(requests == Interruption.answered + Interruption.hanging)
        #expect(result.duration < .seconds(20))
    }

    @Test func `row 117: a file has all its records and its end too`() async throws {
        let scratch = try Scratch()
        let (result, requests) = try await Interruption.run(.interrupt, ["--json", "-o", scratch("out")])
        #expect(result.exit == 130)
        #expect(result.stdout == "" && result.stderr == "")
        #expect(try Row.array(file: scratch("out")).map(\.index) == Array(0..<Interruption.inputs))
        #expect(requests == Interruption.answered + Interruption.hanging)
    }

    @Test func `row 117: what is in flight may finish within the grace`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", "--max", "2", "\(server.baseURL)/[1-5]"]) { tool in
            #expect(await server.waitUntil(requests: 2))
            try tool.send(.interrupt)
            // The signal must be there first; nothing outside shows that it is.
            try await Task.sleep(for: .milliseconds(300))
            gate.open()
        }
        #expect(result.exit == 130)
        let rows = try Row.lines(result)
        #expect(rows.count == 5)
        #expect(rows.filter(\.ok).count == server.requestCount)
        #expect(rows.filter(\.ok).count >= 2)
        #expect(Set(rows.filter { !$0.ok }.map(\.kind)).isSubset(of: ["cancelled"]))
    }

    @Test func `row 117: a second signal ends at once`() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        // A busy machine may take longer than the grace of 2 s to start and to stop; it does not do so each time.
        for attempt in 1...8 {
            let result = try await Tool.start(["--jsonl", "\(server.baseURL)/"]) { tool in
                #expect(await server.waitUntil(requests: attempt))
                try tool.send(.interrupt)
                try tool.send(.terminate)
            }
            #expect(result.exit == 130 || result.exit == 143)
            if result.duration < .milliseconds(1500) { return }
        }
        Issue.record("Eight runs took as long as the grace.")
    }

    /// timeout(1) sends its signal to the process and then to its group.
    @Test func `a signal that is sent twice within a moment is one`() async throws {
        let server = try LoopbackServer { $0.path == "/1" ? .ok() : LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let result = try await Tool.start(["--json", "\(server.baseURL)/[1-3]"]) { tool in
            #expect(await server.waitUntil { $0.requestCount == 3 && $0.inFlight == 2 })
            try tool.send(.terminate)
            try tool.send(.terminate)
        }
        #expect(result.exit == 143)
        #expect(try Row.array(result).map(\.ok) == [true, false, false])
    }

    @Test(arguments: [
        ["-b", "pipe"], ["-d", "@pipe"], ["--records", "pipe"], ["-D", "pipe"], ["--failed-to", "pipe"],
    ])
    func `a signal ends it while it waits for the other end of a pipe`(options: [String]) async throws {
        let scratch = try Scratch()
        _ = try await Tool.shell("mkfifo pipe", directory: scratch.path)
        let result = try await Tool.shell(
            """
            "$0" "$@" & child=$!
            # It may have been started, and be waiting, at any of these moments.
            for moment in 1 2 3 4 5 6 7 8; do sleep 0.5; kill -TERM $child 2>/dev/null; done
            wait $child; echo "exit $?"
            """, options + ["http://127.0.0.1:1/"], directory: scratch.path)
        #expect(result.stdout == "exit 143\n", "\(result.stderr)")
    }

    @Test func `row 117: an open stdin does not hold up the end`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.start(feeding: ["--json", "-"]) { tool in
            try await tool.write("\(server.baseURL)/\n")
            #expect(await server.waitUntil { $0.requestCount == 1 && $0.inFlight == 0 })
            try tool.send(.interrupt)
            // The process takes its connection with it; stdin is closed after that.
            #expect(await server.waitUntil { $0.openConnections == 0 })
        }
        #expect(result.exit == 130)
        #expect(try Row.array(result).map(\.ok) == [true])
    }

    @Test func `the deadline ends the run with exit 124 and a record for every input`() async throws {
        let server = try LoopbackServer { $0.path == "/1" ? .ok() : LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--json", "--max", "2", "--deadline", "700ms", "\(server.baseURL)/[1-6]"])
        #expect(result.exit == 124)
        #expect(result.stderr == "")
        let rows = try Row.array(result)
        #expect(rows.map(\.ok) == [true, false, false, false, false, false])
        #expect(Set(rows.dropFirst().map(\.kind)) == ["deadline"])
        #expect(server.requestCount == 3)
    }

    @Test(arguments: ["--jsonl", "--json", "--format=csv", "--format=table"])
    func `row 108: a reader that goes away ends the run quietly`(format: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            "{ \"$0\" \"$1\" \"$2\"; echo \"exit $?\" >&2; } | head -1",
            [format, "\(server.baseURL)/[1-100000]"])
        #expect(result.lines.count == 1)
        // Nothing but the code that the shell reports: no message, and no signal.
        #expect(result.stderr == "exit 0\n")
        #expect(server.requestCount < 100_000)
    }
}
