import FoundationEssentials
import TestSupport
import Testing

/// A terminal is made by `script`.
enum Terminal {
    /// Whether there is one that is known to work.
    static func isThere() async throws -> Bool {
        try await Tool.shell("script --version").stdout.contains("util-linux")
    }

    static let escape = "\u{1B}["

    /// Runs a command line in a terminal of 60 columns; gives what came to the screen.
    static func screen(
        _ command: String, url: String, environment: [String: String] = [:]
    ) async throws -> ToolResult {
        var all = ["TERM": "xterm", "FETCHALL": Tool.binary, "URL": url, "COMMAND": "stty cols 60 rows 20; \(command)"]
        all.merge(environment) { $1 }
        return try await Tool.shell("exec script -qec \"$COMMAND\" /dev/null </dev/null", environment: all)
    }

    /// The lines that are left on a screen that is wide enough: an erased line leaves nothing.
    static func lines(_ text: String) -> [String] {
        text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.split(separator: "\r\(escape)K", omittingEmptySubsequences: false).last ?? "")
        }
    }

    static func withoutColour(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: escape) {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...].drop { !$0.isLetter }.dropFirst()
        }
        return result + rest
    }
}

@Suite(
    "On a terminal", .timeLimit(.minutes(20)),
    .enabled("there is no script command of util-linux") { try await Terminal.isThere() })
struct TerminalTests {
    @Test func `row 127: the table is cut at the width, in colour, and the end is a line of totals`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let long = "\(server.baseURL)/\(String(repeating: "x", count: 100))"
        let result = try await Terminal.screen("exec \"$FETCHALL\" --no-progress \"$URL\" \"$URL\"", url: long)
        #expect(result.exit == 0)
        #expect(result.stdout.contains(Terminal.escape))
        let lines = Terminal.withoutColour(result.stdout).split(whereSeparator: \.isNewline)
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.count <= 60 })
        #expect(lines.filter { $0.contains("127.0.0.1") && $0.count == 60 && $0.hasSuffix("…") }.count == 2)
        #expect(lines.last?.hasPrefix("2 ok, 0 failed in ") == true)
    }

    @Test func `the progress line erases no data that has not ended its line, and messages begin their own`()
        async throws
    {
        let server = try LoopbackServer { _ in .status(404, after: .milliseconds(250)) }
        defer { server.stop() }
        let result = try await Terminal.screen(
            "exec \"$FETCHALL\" -v --max 1 -w '%{http_code} ' \"$URL\"", url: "\(server.baseURL)/[1-4]")
        let lines = Terminal.lines(result.stdout)
        let data = lines.filter { $0.hasPrefix("404") }.joined()
        #expect(data.split(separator: "404 ", omittingEmptySubsequences: false).count == 5, "\(lines)")
        #expect(lines.count { $0.hasPrefix("fetchall: http://") } == 4, "\(lines)")
        #expect(!lines.contains { $0.contains("404 [") || $0.contains("404 fetchall") }, "\(lines)")
        #expect(result.stdout.contains("in flight"), "the progress line was drawn at least once")
    }

    @Test func `row 127: in twenty columns no line is wider, with characters of two columns and of none`() async throws
    {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let paths = ["日本語日本語日本語日本語日本語", "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", "👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻"]
        let result = try await Terminal.screen(
            "stty cols 20; exec \"$FETCHALL\" --summary \"$URL\"",
            url: "\(server.baseURL)/{\(paths.joined(separator: ","))}",
            environment: ["LC_ALL": "C.UTF-8"])
        #expect(result.exit == 1)
        let lines = Terminal.withoutColour(result.stdout).split(whereSeparator: \.isNewline)
        #expect(lines.filter { $0.contains("404") }.count >= 3, "\(lines)")
        let table = lines.prefix { !$0.contains("requests in") }
        for line in table {
            let columns = line.unicodeScalars.reduce(0) { sum, scalar in
                let isWide = (0x3000...0x9FFF).contains(scalar.value) || scalar.value >= 0x1F300
                return sum + (isWide ? 2 : scalar.value == 0x301 || scalar.value == 0x200D ? 0 : 1)
            }
            #expect(columns <= 20, "\(line)")
        }
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
    func `row 127: NO_COLOR and a dumb terminal get no escape sequence`(environment: [String: String]) async throws {
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        let result = try await Terminal.screen(
            "exec \"$FETCHALL\" --no-progress \"$URL\"", url: "\(server.baseURL)/", environment: environment)
        #expect(result.exit == 1)
        #expect(result.stdout.contains("404"))
        #expect(!result.stdout.contains(Terminal.escape))
    }

    @Test func `a live line counts while requests are under way and is gone at the end`() async throws {
        let server = try LoopbackServer { $0.path == "/2" ? .ok(after: .milliseconds(700)) : .ok() }
        defer { server.stop() }
        let result = try await Terminal.screen("exec \"$FETCHALL\" \"$URL\" >/dev/null", url: "\(server.baseURL)/[1-2]")
        #expect(result.exit == 0)
        let line = "1/2  1 ok  0 failed  1 in flight"
        #expect(result.stdout.contains(line))
        // Wiped before anything else is written, and after its last time.
        let rest = try #require(result.stdout.ranges(of: line).last.map { result.stdout[$0.upperBound...] })
        #expect(rest.contains("\r\(Terminal.escape)K"))
        #expect(Terminal.withoutColour(String(rest)).contains("\r2 ok, 0 failed in "))
        #expect(result.stdout.split(separator: "\r\(Terminal.escape)K").allSatisfy { $0.count <= 60 })
    }

    @Test(arguments: ["--no-progress", "-q"])
    func `the live line can be turned off`(option: String) async throws {
        let server = try LoopbackServer { _ in .ok(after: .milliseconds(350)) }
        defer { server.stop() }
        let result = try await Terminal.screen(
            "exec \"$FETCHALL\" \(option) \"$URL\" >/dev/null", url: "\(server.baseURL)/")
        #expect(result.exit == 0)
        #expect(!result.stdout.contains("in flight"))
        #expect(result.stdout.contains("1 ok, 0 failed") == (option != "-q"))
    }

    @Test func `stdout in a file has no trace of the terminal beside it`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok(after: .milliseconds(250)) }
        defer { server.stop() }
        let result = try await Terminal.screen(
            "exec \"$FETCHALL\" --jsonl \"$URL\" >\"$OUT\"", url: "\(server.baseURL)/",
            environment: ["OUT": scratch("out")])
        #expect(result.exit == 0)
        let text = try scratch.text("out")
        #expect(text.hasPrefix("{\"id\":null,"))
        #expect(text.split(separator: "\n").count == 1)
        #expect(!text.contains(Terminal.escape))
    }
}
