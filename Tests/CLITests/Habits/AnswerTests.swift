import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 23.1: the answer itself goes to stdout", .timeLimit(.minutes(20)))
struct AnswerTests {
    private typealias Reply = LoopbackServer.Reply

    /// Bytes of every value, longer than what waits in memory.
    private static let long: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    private static func crlf(_ lines: String...) -> String { lines.map { $0 + "\r\n" }.joined() }

    @Test func `a body is written byte for byte, and nothing else`() async throws {
        let server = try LoopbackServer { _ in .response(body: Self.long) }
        defer { server.stop() }
        let result = try await Tool.run(["--print", "body", "\(server.baseURL)/"])
        #expect(result.exit == 0 && result.stderr == "")
        #expect(result.bytes == Self.long)
    }

    @Test func `several are written in input order, whichever comes first`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/1": Reply([.hold(gate)] + Reply.ok("one,").steps)
            case "/2": .response(body: Self.long)
            default: .ok(",three")
            }
        }
        defer { server.stop() }
        let result = try await Tool.start(["--print", "body", "\(server.baseURL)/[1-3]"]) { _ in
            #expect(await server.waitUntil { $0.requestCount == 3 && $0.inFlight == 1 })
            gate.open()
        }
        #expect(result.exit == 0 && result.stderr == "")
        #expect(result.bytes == Array("one,".utf8) + Self.long + Array(",three".utf8))
    }

    /// Runs a pipe whose reader says in a file that the first line has come; the server stands still until then.
    private func whileArriving(_ options: [String], _ server: LoopbackServer, _ gate: Gate) async throws -> ToolResult {
        let scratch = try Scratch()
        async let running = Tool.shell(
            """
            { "$0" "$@"; echo $? > status; } | { read -r line; echo "$line" > seen; cat; }
            read -r status < status; exit $status
            """, options + ["\(server.baseURL)/"], directory: scratch.path)
        let deadline = ContinuousClock.now + .seconds(300)
        while try !scratch.names().contains("seen"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(!gate.isOpen)
        #expect(try scratch.text("seen") == "first\n")
        gate.open()
        return try await running
    }

    @Test func `it is written as it arrives`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in
            Reply([
                .text(Self.crlf("HTTP/1.1 200 OK", "Content-Length: 12", "")), .text("first\n"), .hold(gate),
                .text("second"),
            ])
        }
        defer { server.stop() }
        let result = try await whileArriving(["--print", "body"], server, gate)
        #expect(result.exit == 0 && result.stderr == "")
        #expect(result.stdout == "second")
    }

    @Test func `what is written in part is not requested again`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _ in
            Reply([
                .text(Self.crlf("HTTP/1.1 200 OK", "Content-Length: 99", "")), .text("first\n"), .hold(gate), .close,
            ])
        }
        defer { server.stop() }
        let result = try await whileArriving(["--print", "body", "--retry", "5"], server, gate)
        #expect(result.exit == 1)
        #expect(result.complaints.count == 1 && result.stderr.contains("truncated"), "\(result.stderr)")
        #expect(server.requestCount == 1)
    }

    @Test func `an attempt that is repeated is not written`() async throws {
        let count = Shared(0)
        let server = try LoopbackServer { _ in
            let number = count.update { count in
                count += 1
                return count
            }
            return number == 1 ? .status(503) : .ok("at last")
        }
        defer { server.stop() }
        let result = try await Tool.run(["-i", "--retry-delay", "1ms", "\(server.baseURL)/"])
        #expect(result.exit == 0 && result.stderr == "")
        #expect(result.stdout.hasPrefix("HTTP/1.1 200 OK\r\n") && result.stdout.hasSuffix("\r\n\r\nat last"))
        #expect(server.requestCount == 2)
    }

    @Test(arguments: [["-i"], ["--include"], ["--print", "both"]])
    func `the heads of a redirect and of the answer come before its body`(options: [String]) async throws {
        let server = try LoopbackServer { request in
            request.path == "/" ? .redirect(to: "/there") : .ok("the body", type: "text/x")
        }
        defer { server.stop() }
        let result = try await Tool.run(options + ["\(server.baseURL)/"])
        #expect(result.exit == 0 && result.stderr == "")
        let moved = Self.crlf(
            "HTTP/1.1 302 Found", "Content-Type: text/plain; charset=utf-8", "Location: /there", "Content-Length: 10",
            "")
        let head = Self.crlf("HTTP/1.1 200 OK", "Content-Type: text/x", "Content-Length: 8", "")
        #expect(result.stdout == moved + head + "the body")
        let headers = try await Tool.run(["--print", "headers", "\(server.baseURL)/"])
        #expect(headers.exit == 0 && headers.stdout == moved + head)
        let asked = try await Tool.run(["--print", "headers", "-I", "\(server.baseURL)/there"])
        #expect(asked.exit == 0 && asked.stdout == head)
        #expect(server.log.last?.method == "HEAD")
    }

    @Test func `a 404's body is written and told, and left out with fail`() async throws {
        let server = try LoopbackServer { $0.path == "/1" ? .status(404) : .ok("found") }
        defer { server.stop() }
        let url = "\(server.baseURL)/[1-2]"
        let failure = "fetchall: \(server.baseURL)/1: http-status: 404 Not Found"
        let result = try await Tool.run(["--print", "body", url])
        #expect(result.exit == 1 && result.complaints == [failure[...]], "\(result.stderr)")
        #expect(result.stdout == "404 Not Found\nfound")
        for option in ["-f", "--fail"] {
            let result = try await Tool.run(["--print", "body", option, url])
            #expect(result.exit == 1 && result.complaints == [failure[...]])
            #expect(result.stdout == "found")
        }
        let heads = try await Tool.run(["-i", "-f", "\(server.baseURL)/1"])
        #expect(heads.stdout.hasPrefix("HTTP/1.1 404 Not Found\r\n") && heads.stdout.hasSuffix("\r\n\r\n"))
        let accepted = try await Tool.run(["--print", "body", "-f", "--accept", "2xx,404", url])
        #expect(accepted.exit == 0 && accepted.stderr == "" && accepted.stdout == "404 Not Found\nfound")
    }

    @Test func `failures are one line each on stderr, and go to the list of failures`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("found") }
        defer { server.stop() }
        let closed = "http://127.0.0.1:\(try LoopbackServer.closedPort())/"
        let result = try await Tool.run([
            "--print", "body", "--retry", "0", "--failed-to", scratch("failed"), closed, "\(server.baseURL)/", closed,
        ])
        #expect(result.exit == 1)
        #expect(result.stdout == "found")
        #expect(result.complaints.count == 2)
        #expect(result.complaints.allSatisfy { $0.hasPrefix("fetchall: \(closed): connection-refused") })
        #expect(try scratch.text("failed") == "\(closed)\n\(closed)\n")
    }

    @Test func `a reader that leaves ends the run quietly`() async throws {
        let server = try LoopbackServer { _ in
            Reply([.text(Self.crlf("HTTP/1.1 200 OK", "")), .flood(Array("0123456789".utf8), times: nil)])
        }
        defer { server.stop() }
        let result = try await Tool.shell("\"$0\" --print body \"$1\" | head -c 7", ["\(server.baseURL)/"])
        #expect(result.stdout == "0123456")
        #expect(result.stderr == "")
    }

    @Test func `a full disk behind stdout is exit 3`() async throws {
        let server = try LoopbackServer { _ in .ok("found") }
        defer { server.stop() }
        let result = try await Tool.shell("exec \"$0\" --print body \"$1\" > /dev/full", ["\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write standard output: No space left on device\n")
    }

    @Test func `a folder for temporary files that is not there matters to large bodies only`() async throws {
        let server = try LoopbackServer { $0.path == "/small" ? .ok("small") : .response(body: Self.long) }
        defer { server.stop() }
        let environment = ["TMPDIR": "/nonexistent"]
        let small = try await Tool.run(["--print", "body", "\(server.baseURL)/small"], environment: environment)
        #expect(small.exit == 0 && small.stdout == "small")
        let large = try await Tool.run(
            ["--print", "body", "--retry", "0", "\(server.baseURL)/large"], environment: environment)
        // A writer that is quicker than the server needs no file.
        #expect(large.exit == 0 || large.exit == 3 && large.stderr.contains("/nonexistent"), "\(large.stderr)")
    }

    @Test func `answers come from the cache too`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in
            .response(headers: [("Cache-Control", "max-age=3600"), ("ETag", "\"1\"")], body: Self.long)
        }
        defer { server.stop() }
        for _ in 1...2 {
            let result = try await Tool.run(["-i", "--cache=\(scratch("cache"))", "\(server.baseURL)/"])
            #expect(result.exit == 0 && result.stderr == "")
            #expect(result.bytes.starts(with: "HTTP/1.1 200 OK\r\n".utf8))
            #expect(Array(result.bytes.suffix(Self.long.count)) == Self.long)
        }
        #expect(server.requestCount == 1)
    }

    @Test func `a dry run writes requests and no answers`() async throws {
        let result = try await Tool.run(["--print", "body", "--dry-run", "http://127.0.0.1:1/"])
        #expect(result.exit == 0 && result.stdout == "GET http://127.0.0.1:1/\n" && result.stderr == "")
    }

    @Test(arguments: [
        ["--json"], ["--jsonl"], ["--format", "csv"], ["-w", "x"], ["--jq", "."], ["--body", "--json"],
        ["--output-dir", "d"], ["-O"], ["-o", "x"], ["--records", "x"], ["--include-headers", "--json"],
        ["--sqlite", "x"], ["--resume", "x"], ["--dedupe"], ["-I"],
    ])
    func `options of records and files are refused, both named in one line`(options: [String]) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for print in [["--print", "body"], ["-i"]] where options != ["-I"] || print != ["-i"] {
            let result = try await Tool.run(print + options + ["\(server.baseURL)/"], directory: scratch.path)
            #expect(result.exit == 2 && result.stdout == "" && result.complaints.count == 1, "\(result)")
            let named = options.filter { $0.hasPrefix("-") }.contains { result.stderr.contains($0) }
            #expect(named && result.stderr.contains(print[0]), "\(result.stderr)")
        }
        #expect(try scratch.names().isEmpty && server.requestCount == 0)
    }

    @Test(arguments: [
        (["--print", "all"], "body"), (["--print", ""], "body"), (["--print", "body", "-i"], "--print body"),
        (["-D", ""], "-D"), (["-D", "-"], "--print headers"), (["-D", "x", "--resume", "y"], "--resume"),
        (["-D", "x", "--dedupe"], "--dedupe"),
    ])
    func `a value that makes no sense is one line`(options: [String], word: String) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.stdout == "" && result.complaints.count == 1, "\(result)")
        #expect(result.stderr.contains(word), "\(result.stderr)")
    }
}

@Suite(
    "issue 23.1: the answer on a terminal", .timeLimit(.minutes(20)),
    .enabled("there is no script command of util-linux") { try await Terminal.isThere() })
struct AnswerTerminalTests {
    @Test func `a binary body is not written to a terminal, a text is, without totals`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/text" ? .ok("a text\n") : .response(body: Array("\u{1}BIN\u{0}ARY".utf8))
        }
        defer { server.stop() }
        let command = "exec \"$FETCHALL\" --no-progress --print body \"$URL\""
        let binary = try await Terminal.screen(command, url: "\(server.baseURL)/binary")
        #expect(binary.exit == 3)
        #expect(!binary.stdout.contains("BIN") && binary.stdout.contains("--print body > FILE"), "\(binary.stdout)")
        #expect(Terminal.lines(binary.stdout).count { $0.contains("fetchall: ") } == 1)
        let text = try await Terminal.screen(command, url: "\(server.baseURL)/text")
        #expect(text.exit == 0 && text.stdout == "a text\r\n", "\(text.stdout)")
    }
}
