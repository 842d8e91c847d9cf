import FetchStore
import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("SIGHUP, SIGQUIT and a terminal that goes away end the run in order", .timeLimit(.minutes(20)))
struct HangupTests {
    @Test(arguments: [(Signal.terminalClosed, Int32(129)), (Signal.quit, Int32(131)), (Signal.terminate, Int32(143))])
    func `issue 20.8: SIGHUP and SIGQUIT end as SIGTERM does`(signal: Signal, exit: Int32) async throws {
        let scratch = try Scratch()
        let options = ["--json", "--failed-to", scratch("failed"), "--sqlite", scratch("db")]
        let (result, requests) = try await Interruption.run(signal, options)
        #expect(result.exit == exit)
        #expect(result.stderr == "")
        let rows = try Row.array(result)
        #expect(rows.map(\.index) == Array(0..<Interruption.inputs))
        #expect(rows.prefix(Interruption.answered).allSatisfy { $0.ok })
        #expect(Set(rows.dropFirst(Interruption.answered).map(\.kind)) == ["cancelled"])
        #expect(requests == Interruption.answered + Interruption.hanging)
        #expect(try scratch.text("failed").split(separator: "\n").count == Interruption.inputs - Interruption.answered)
    }

    @Test(arguments: [(Signal.terminalClosed, Int32(129)), (Signal.quit, Int32(131))])
    func `issue 20.8: so in a crawl, and before and after anything is in flight`(signal: Signal, exit: Int32)
        async throws
    {
        let server = try LoopbackServer { request in
            request.path == "/" ? .html("<a href=/slow>x</a>") : LoopbackServer.Reply([.silence])
        }
        defer { server.stop() }
        let crawl = try await Tool.start(["crawl", "--json", "--no-robots", "\(server.baseURL)/"]) { tool in
            #expect(await server.waitUntil { $0.requestCount == 2 && $0.inFlight == 1 })
            try tool.send(signal)
        }
        #expect(crawl.exit == exit, "\(crawl.stderr)")
        #expect(crawl.stdout.hasPrefix("[\n{") && crawl.stdout.hasSuffix("}\n]\n"))
        let waiting = try await Tool.start(feeding: ["--dry-run", "--json", "-"]) { tool in
            try await tool.write("http://a.test/\n")
            // Nothing outside shows when it receives signals; its input goes on for longer than a busy machine takes to start.
            for _ in 0..<20 {
                try? tool.send(signal)
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        #expect(waiting.exit == exit || waiting.exit == 1000 + signal.rawValue)
    }

    /// A terminal that goes away sends it more than once: by its shell and by the kernel.
    @Test func `issue 20.8: a second SIGHUP cuts nothing off`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) }
        defer { server.stop() }
        let result = try await Tool.start(["--json", "--max", "2", "\(server.baseURL)/[1-5]"]) { tool in
            #expect(await server.waitUntil(requests: 2))
            for _ in 0..<3 {
                try tool.send(.terminalClosed)
                try await Task.sleep(for: .milliseconds(100))
            }
            gate.open()
        }
        #expect(result.exit == 129)
        let rows = try Row.array(result)
        #expect(rows.count == 5)
        #expect(rows.filter(\.ok).count >= 2)
    }

    @Test func `issue 20.8: any other second signal ends the run immediately`() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let result = try await Tool.start(["--jsonl", "\(server.baseURL)/"]) { tool in
            #expect(await server.waitUntil(requests: 1))
            try tool.send(.terminalClosed)
            try tool.send(.quit)
        }
        // Whoever receives both takes the lower number first.
        #expect(result.exit == 131)
    }

    @Test(arguments: ["HUP", "QUIT"])
    func `issue 20.8: a signal that was ignored at the start stays ignored`(signal: String) async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            if request.path == "/sent" { gate.open() }
            return request.path == "/held"
                ? LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) : .ok()
        }
        defer { server.stop() }
        // The second run says that the signal was sent.
        let result = try await Tool.shell(
            """
            (trap '' \(signal); exec "$0" --json "$1/held") & pid=$!
            for i in 1 2 3 4 5; do sleep 0.1; kill -\(signal) $pid; done
            "$0" -q --jsonl -o /dev/null "$1/sent"; wait $pid
            """, [server.baseURL])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(try Row.array(result).map(\.ok) == [true])
    }

    /// Runs the command in a terminal, closes that when the server has what it waits for and so many lines were read, and
    /// gives the exit code.
    private static let terminal = """
        import os, pty, signal, sys, time
        ready, ignores, lines = sys.argv[1], sys.argv[2] == "ignored", int(sys.argv[3])
        open(ready + ".started", "w").close()
        pid, master = pty.fork()
        if pid == 0:
            if ignores:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.execv(sys.argv[4], sys.argv[4:])
        os.set_blocking(master, False)
        end = time.monotonic() + 60
        while not os.path.exists(ready) or lines > 0 and time.monotonic() < end:
            try:
                lines -= os.read(master, 65536).count(b"\\n")
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
        os.close(master)
        open(ready + ".closed", "w").close()
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.exit(code if code >= 0 else 100)
        """

    /// Runs 23 URLs, of which three answer, five hang and fifteen do not start; the terminal goes away when five hang.
    private func hangUp(
        _ arguments: [String], ignored: Bool = false, lines: Int = 0, in scratch: Scratch
    ) async throws -> ToolResult {
        let gate = Gate()
        let server = try LoopbackServer { request in
            request.path.hasPrefix("/fast") || gate.isOpen
                ? .ok() : LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps)
        }
        defer { server.stop() }
        try scratch.write("terminal.py", Self.terminal)
        async let running = Tool.shell(
            "exec python3 \"$@\"",
            ["terminal.py", scratch("ready"), ignored ? "ignored" : "", "\(lines)", Tool.binary] + arguments + [
                "--max", "5", "\(server.baseURL)/fast[1-3]", "\(server.baseURL)/held[1-20]",
            ], environment: ["TERM": "xterm"], directory: scratch.path)
        // The command starts when few others run.
        let started = scratch("ready.started")
        while !FileManager.default.fileExists(atPath: started) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await server.waitUntil { $0.requestCount == 8 && $0.inFlight == 5 })
        try scratch.write("ready", "")
        let closed = scratch("ready.closed")
        let deadline = ContinuousClock.now + .seconds(60)
        while !FileManager.default.fileExists(atPath: closed), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        // The signal comes with the close; the command needs a moment to take it.
        try await Task.sleep(for: .milliseconds(300))
        gate.open()
        return try await running
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() }, arguments: [[], ["--json"], ["-v"]])
    func `issue 20.8: a terminal that goes away takes its own records with it, and nothing else`(
        options: [String]
    ) async throws {
        let scratch = try Scratch()
        let result = try await hangUp(
            options + ["--sqlite", scratch("db"), "--failed-to", scratch("failed"), "--cookie-jar", scratch("jar")],
            in: scratch)
        #expect(result.exit == 129, "\(result.stderr)")
        let failed = try scratch.text("failed").split(separator: "\n").count
        let rows = try await withStore(scratch("db")) {
            try await $0.rows("SELECT ok, count(*) AS n FROM records GROUP BY ok ORDER BY ok")
        }
        // What was in flight finished within its grace.
        #expect(failed <= 15)
        #expect(rows.last?["n"] == .integer(Int64(23 - failed)))
        #expect(rows.count == 1 || rows.first?["n"] == .integer(Int64(failed)))
        #expect(try scratch.text("jar").hasPrefix("# Netscape"))
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `issue 20.8: records in a file are whole when the terminal of the messages goes away`() async throws {
        let scratch = try Scratch()
        let result = try await hangUp(["--json", "-v", "-o", scratch("out")], in: scratch)
        #expect(result.exit == 129, "\(result.stderr)")
        let rows = try Row.array(file: scratch("out"))
        #expect(rows.map(\.index) == Array(0..<23))
        #expect(rows.filter(\.ok).count >= 8)
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `issue 20.8: where SIGHUP is ignored, the run goes on without its terminal and says so by its code`()
        async throws
    {
        let scratch = try Scratch()
        let result = try await hangUp(["--sqlite", scratch("db")], ignored: true, in: scratch)
        #expect(result.exit == 3, "\(result.stderr)")
        let rows = try await withStore(scratch("db")) {
            try await $0.rows("SELECT count(*) AS n FROM records WHERE ok")
        }
        #expect(rows == [["n": 23]])
        let other = try Scratch()
        let file = try await hangUp(["--json", "-o", other("out")], ignored: true, in: other)
        #expect(file.exit == 0, "\(file.stderr)")
        #expect(try Row.array(file: other("out")).filter(\.ok).count == 23)
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `issue 20.8: with a journal, what the terminal took is fetched again`() async throws {
        let scratch = try Scratch()
        let result = try await hangUp(["--jsonl", "--resume", scratch("journal")], lines: 3, in: scratch)
        #expect(result.exit == 129, "\(result.stderr)")
        // A line for the header, and one for each record that the terminal had.
        #expect(try scratch.text("journal").split(separator: "\n").count == 1 + 3)
    }
}
