import FoundationEssentials
import TestSupport
import Testing

@Suite("A mistake is one line on stderr, exit 2, and nothing is sent", .timeLimit(.minutes(20)))
struct UsageErrorTests {
    /// A mistake, and words that the message about it has to hold.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let words: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    private func check(
        _ mistake: Mistake, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let arguments = mistake.arguments.map { $0.replacing("BASE", with: server.baseURL) }
        let result = try await Tool.run(arguments)
        #expect(result.exit == 2, sourceLocation: location)
        #expect(result.stdout == "", sourceLocation: location)
        #expect(result.complaints.count == 1, "\(result.stderr)", sourceLocation: location)
        #expect(result.stderr.hasPrefix("fetchall: "), sourceLocation: location)
        #expect(result.stderr.hasSuffix("\n"), sourceLocation: location)
        for word in mistake.words {
            #expect(result.stderr.contains(word), "\(result.stderr)", sourceLocation: location)
        }
        #expect(server.requestCount == 0, sourceLocation: location)
    }

    /// stdin is known for what it is only when it is read; nothing has been written by then.
    private func checkStandardInput(_ bytes: [UInt8], words: [String]) async throws {
        for options in [["--json"], ["--jsonl"], ["--format=table"], ["--format=csv"], ["--json", "--dry-run"]] {
            let result = try await Tool.run(options + ["-"], bytes: bytes)
            #expect(result.exit == 2)
            #expect(result.stdout == "", "\(options)")
            #expect(result.complaints.count == 1)
            for word in words { #expect(result.stderr.contains(word), "\(result.stderr)") }
        }
    }

    @Test(arguments: [
        Mistake(arguments: [], words: ["a URL", "--help"]),
        Mistake(arguments: ["--json"], words: ["a URL"]),
        Mistake(arguments: ["BASE/", "/nonexistent/list"], words: ["/nonexistent/list", "no such file"]),
        Mistake(arguments: ["BASE/", "example.com"], words: ["example.com", "https://"]),
        Mistake(arguments: ["BASE/", "/tmp"], words: ["/tmp", "directory"]),
        Mistake(arguments: ["BASE/", "-", "-"], words: ["standard input", "once"]),
        Mistake(arguments: ["BASE/[3-1]"], words: ["--globoff"]),
        Mistake(arguments: ["BASE/[1-"], words: ["--globoff"]),
        Mistake(arguments: ["BASE/{a,b"], words: ["--globoff"]),
        Mistake(arguments: ["BASE/[1-99999999999999999999]"], words: ["--globoff"]),
    ])
    func `rows 105, 106: a source that cannot be`(mistake: Mistake) async throws { try await check(mistake) }

    @Test(arguments: [
        Mistake(arguments: ["--max", "0", "BASE/"], words: ["--max", "between 1 and 100000"]),
        Mistake(arguments: ["--max", "-1", "BASE/"], words: ["--max", "between 1 and 100000"]),
        Mistake(arguments: ["--max", "1e9", "BASE/"], words: ["--max", "between 1 and 100000"]),
        Mistake(arguments: ["--max", "1000000000", "BASE/"], words: ["--max", "between 1 and 100000"]),
        Mistake(arguments: ["--max-host", "0", "BASE/"], words: ["--max-host", "between 1 and"]),
        Mistake(arguments: ["-m", "0.5ms", "BASE/"], words: ["at least 1ms", "0 for no limit"]),
        Mistake(arguments: ["-m", "-1", "BASE/"], words: ["negative"]),
        Mistake(arguments: ["-m", "NaN", "BASE/"], words: ["NaN"]),
        Mistake(arguments: ["-m", "1e308", "BASE/"], words: ["1e308"]),
        Mistake(arguments: ["--deadline", "5 parsecs", "BASE/"], words: ["5 parsecs"]),
        Mistake(arguments: ["--max-filesize", "10q", "BASE/"], words: ["10q"]),
        Mistake(arguments: ["--accept", "2..", "BASE/"], words: ["--accept", "200..299"]),
        Mistake(arguments: ["--retry-on", "sometimes", "BASE/"], words: ["--retry-on", "sometimes"]),
        Mistake(arguments: ["--retry", "two", "BASE/"], words: ["--retry", "between 0 and"]),
        Mistake(arguments: ["-H", "no colon", "BASE/"], words: ["-H", "Name: value"]),
        Mistake(arguments: ["-H", "A: b\r\nEvil: 1", "BASE/"], words: ["control character"]),
        Mistake(arguments: ["-X", "GET /", "BASE/"], words: ["-X"]),
        Mistake(arguments: ["-d", "@/nonexistent", "BASE/"], words: ["-d", "/nonexistent"]),
        Mistake(arguments: ["-I", "-d", "x", "BASE/"], words: ["-I", "-d"]),
        Mistake(arguments: ["--cacert", "/nonexistent", "BASE/"], words: ["/nonexistent"]),
        Mistake(arguments: ["-x", "gopher://h", "BASE/"], words: ["-x", "socks5", "gopher"]),
        Mistake(arguments: ["--resolve", "host", "BASE/"], words: ["HOST:PORT:ADDRESS"]),
        Mistake(arguments: ["-w", "%{nothing}", "BASE/"], words: ["%{nothing}", "http_code"]),
        Mistake(arguments: ["--format", "xml", "BASE/"], words: ["xml"]),
        Mistake(arguments: ["--filename-template", "{name}", "BASE/"], words: ["--output-dir"]),
    ])
    func `row 128: a value that cannot be`(mistake: Mistake) async throws { try await check(mistake) }

    @Test(arguments: [
        Mistake(arguments: ["--maxx", "5", "BASE/"], words: ["--maxx", "Did you mean '--max'?"]),
        Mistake(arguments: ["--jsn", "BASE/"], words: ["--jsn"]),
        Mistake(arguments: ["--max"], words: ["--max"]),
        Mistake(arguments: ["--json", "--jsonl", "BASE/"], words: ["--json and --jsonl"]),
        Mistake(arguments: ["--format", "csv", "--json", "BASE/"], words: ["--format csv and --json"]),
        Mistake(arguments: ["--json", "-w", "x", "BASE/"], words: ["--json and --write-out"]),
        Mistake(arguments: ["--body", "--output-dir", "/tmp", "BASE/"], words: ["--body", "--output-dir"]),
    ])
    func `options that cannot be, or not together`(mistake: Mistake) async throws { try await check(mistake) }

    @Test func `row 102: a list that is UTF-16 is told from one that is text`() async throws {
        let utf16: [UInt8] = [0xFF, 0xFE] + "http://x/\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let scratch = try Scratch()
        let file = try scratch.write("list", utf16)
        try await check(Mistake(arguments: ["BASE/", file], words: [file, "UTF-16", "iconv"]))
        try await checkStandardInput(utf16, words: ["standard input", "UTF-16"])
    }

    @Test func `row 102: a list with NUL in it is no text`() async throws {
        let binary: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0]
        let scratch = try Scratch()
        let file = try scratch.write("program", binary)
        try await check(Mistake(arguments: ["BASE/", file], words: [file, "not a text file"]))
        try await checkStandardInput(binary, words: ["standard input", "not a text file"])
    }

    // Readable by its mode, and an error when it is read: a case that root can test too.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/mem"), "no /proc"))
    func `row 106: a list that cannot be read is no list`() async throws {
        try await check(Mistake(arguments: ["BASE/", "/proc/self/mem"], words: ["/proc/self/mem: input/output error"]))
    }

    @Test func `row 107: stdin that is closed is told`() async throws {
        let result = try await Tool.shell("exec \"$0\" - <&-")
        #expect(result.exit == 2)
        #expect(result.stderr == "fetchall: standard input is closed\n")
        #expect(result.stdout == "")
    }

    @Test(arguments: [["--max", "URL"], ["-m", "URL", "x"], ["--rate", "URL"], ["crawl", "--delay", "URL"]])
    func `a password in a URL that became an option's value is hidden`(arguments: [String]) async throws {
        let result = try await Tool.run(arguments.map { $0 == "URL" ? "http://me:s3cr3t@host/" : $0 })
        #expect(result.exit == 2)
        #expect(result.stderr.contains("http://***@host/") && !result.stderr.contains("s3cr3t"), "\(result.stderr)")
    }
}
