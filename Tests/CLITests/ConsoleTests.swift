import TestSupport
import Testing

@Suite("What is said beside the data", .timeLimit(.minutes(20)))
struct ConsoleTests {
    private func run(
        _ arguments: [String], environment: [String: String] = [:],
        handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = DemoRoutes().reply
    ) async throws -> (result: ToolResult, base: String, requests: Int) {
        let server = try LoopbackServer(handler: handler)
        defer { server.stop() }
        let arguments = arguments.map { $0.replacing("BASE", with: server.baseURL) }
        let result = try await Tool.run(["--retry", "0"] + arguments, environment: environment)
        return (result, server.baseURL, server.requestCount)
    }

    @Test(arguments: ["-q", "--quiet"])
    func `quiet leaves errors only`(option: String) async throws {
        let quiet = try await Tool.shell(
            "ulimit -n 64; exec \"$0\" --jsonl --max 100 \"$1\" http://127.0.0.1:1/", [option])
        #expect(quiet.exit == 1)
        #expect(quiet.stderr == "")
        let error = try await Tool.run([option, "/nonexistent"])
        #expect(error.exit == 2)
        #expect(error.complaints.count == 1)
    }

    @Test(arguments: ["-v", "--verbose"])
    func `verbose says versions, bounds and each failure, on stderr`(option: String) async throws {
        let (result, base, _) = try await run(["--jsonl", option, "--max", "3", "BASE/status/404", "BASE/products/1"])
        #expect(try Row.lines(result).count == 2)
        #expect(result.stderr.contains("fetchall 0.1.0, libcurl"))
        #expect(result.stderr.contains("maximum concurrent requests: 3"))
        #expect(result.complaints.contains { $0.contains("\(base)/status/404") && $0.contains("404 Not Found") })
        #expect(!result.complaints.contains { $0.hasPrefix("fetchall: ") && $0.contains("/products/1") })
    }

    @Test func `quiet and verbose exclude each other`() async throws {
        let (result, _, requests) = try await run(["-q", "-v", "BASE/"])
        #expect(result.exit == 2)
        #expect(requests == 0)
    }

    @Test func `colour comes only when it is asked for or stdout is a terminal`() async throws {
        let escape = "\u{1B}["
        #expect(try await !run(["BASE/"]).result.stdout.contains(escape))
        #expect(try await !run(["--color", "auto", "BASE/"]).result.stdout.contains(escape))
        #expect(try await run(["--color", "always", "BASE/"]).result.stdout.contains(escape))
        #expect(try await !run(["--color", "never", "BASE/"]).result.stdout.contains(escape))
        // Who says "always" means it: NO_COLOR is a default, not a ban.
        let both = try await run(["--color", "always", "BASE/"], environment: ["NO_COLOR": "1"])
        #expect(both.result.stdout.contains(escape))
        let wrong = try await run(["--color", "sometimes", "BASE/"])
        #expect(wrong.result.exit == 2)
        #expect(wrong.result.complaints.count == 1)
    }

    @Test(arguments: [[], ["--no-progress"]])
    func `there is no live line where stderr is no terminal`(options: [String]) async throws {
        let (result, _, _) = try await run(["--jsonl"] + options + ["BASE/delay/350"])
        #expect(result.exit == 0)
        #expect(result.stderr == "")
    }

    @Test func `row 96: control characters of a server cannot reach the terminal`() async throws {
        let reply = "HTTP/1.1 404 \u{1B}]0;owned\u{7}\r\nContent-Type: \u{1B}[31m\r\nContent-Length: 0\r\n\r\n"
        let (result, _, _) = try await run(
            ["-v", "--summary", "BASE/\u{202E}x", "BASE/y"], handler: { _ in .raw(reply, then: .keep) })
        #expect(result.exit == 1)
        for text in [result.stdout, result.stderr] {
            #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202E })
        }
        #expect(result.lines.count == 3)
    }

    /// C0, DEL, C1 in UTF-8, and what turns the direction of text.
    private static let hostile = "a\u{8}\r\n\u{1B}[2J\u{7F}\u{9B}31m\u{85}\u{202A}\u{202E}\u{2066}\u{2069}z"

    @Test(arguments: [["--format=table"], ["--format=csv"], ["--format=tsv"], ["-w", "%{id} %{content_type}\n"]])
    func `row 96: what a list or a server names reaches no terminal as it is`(format: [String]) async throws {
        let server = try LoopbackServer { _ in
            .response(headers: [("Content-Type", Self.hostile.replacing("\r\n", with: ""))])
        }
        defer { server.stop() }
        let id = Self.hostile.unicodeScalars.map { "\\u" + String($0.value + 0x10000, radix: 16).dropFirst() }.joined()
        let list = "{\"id\":\"\(id)\",\"url\":\"\(server.baseURL)/\"}\n\(server.baseURL)/\(Self.hostile)\n"
        let result = try await Tool.run(format + ["-v", "--summary", "--keep-order", "-"], stdin: list)
        #expect(result.exit == 1)
        let isCSV = format == ["--format=csv"]
        for text in [result.stdout, result.stderr] {
            let controls = text.unicodeScalars.filter { scalar in
                switch scalar.value {
                case 0x09: format != ["--format=tsv"]
                case 0x0A: false
                // Lines of CSV end with it, and a quoted field may hold it (RFC 4180).
                case 0x0D: !isCSV
                case ..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
                default: false
                }
            }
            #expect(controls.isEmpty, "\(controls.map { String($0.value, radix: 16) })")
        }
    }

    @Test(arguments: ["--json", "--jsonl"])
    func `row 96: in JSON they are escaped, and the record is whole`(format: String) async throws {
        let type = Self.hostile.replacing("\r\n", with: "")
        let server = try LoopbackServer { _ in .response(headers: [("Content-Type", type)]) }
        defer { server.stop() }
        let result = try await Tool.run([format, "--include-headers", "\(server.baseURL)/"])
        let rows = format == "--json" ? try Row.array(result) : try Row.lines(result)
        #expect(rows.first?.contentType == type)
        #expect(
            result.stdout.contains("\\u001b") && result.stdout.contains("\\u009b") && result.stdout.contains("\\u202e"))
        #expect(
            !result.stdout.unicodeScalars.contains {
                $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
            })
    }

    @Test func `a dry run shows what would be sent and sends nothing`() async throws {
        let (result, base, requests) = try await run(["--dry-run", "-d", "x=1", "BASE/a[1-3]", "nonsense://x/"])
        #expect(requests == 0)
        #expect(result.exit == 1)
        #expect(result.lines == (1...3).flatMap { ["POST \(base)/a\($0)", "  body: 3 bytes"] as [Substring] })
        #expect(result.complaints.count == 1)
    }

    @Test func `a dry run as JSON is a list that works as input`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let planned = try await Tool.run(
            ["--dry-run", "--jsonl", "-X", "PUT", "-H", "X-A: 1", "-d", "b", "-"], stdin: "n\t\(server.baseURL)/p\n")
        #expect(planned.exit == 0)
        #expect(server.requestCount == 0)
        let result = try await Tool.run(["--jsonl", "-"], stdin: planned.stdout)
        #expect(try Row.only(result).id == "n")
        let request = try #require(server.log.first)
        #expect(request.method == "PUT")
        #expect(request.header("X-A") == "1")
        #expect(request.body == Array("b".utf8))
    }

    @Test func `help and version go to stdout`() async throws {
        let help = try await Tool.run(["--help"])
        #expect(help.exit == 0)
        #expect(help.stderr == "")
        #expect(help.stdout.contains("USAGE: fetchall"))
        #expect(help.lines.allSatisfy { $0.count <= 100 })
        let version = try await Tool.run(["--version"])
        #expect(version.exit == 0)
        #expect(
            version.stdout.hasPrefix("fetchall 0.1.0\nlibcurl/") || version.stdout.hasPrefix("fetchall 0.1.0\nlibcurl ")
        )
    }
}
