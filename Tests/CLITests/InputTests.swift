import TestSupport
import Testing

@Suite("Where URLs come from", .timeLimit(.minutes(20)))
struct InputTests {
    /// Runs with a server that says OK; gives the records in input order and the paths that were asked for.
    private func run(
        _ arguments: (String) throws -> [String], stdin: ((String) -> String)? = nil
    ) async throws -> (rows: [Row], paths: [String]) {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--json", "--max", "1"] + arguments(server.baseURL), stdin: stdin?(server.baseURL) ?? "")
        return (try Row.array(result), server.log.map(\.target))
    }

    @Test func `globs expand, with steps and leading zeros, and combine`() async throws {
        let (rows, paths) = try await run { ["\($0)/[08-10]/{a,b}", "\($0)/[1-9:4]", "\($0)/[x-z]"] }
        #expect(
            paths == [
                "/08/a", "/08/b", "/09/a", "/09/b", "/10/a", "/10/b", "/1", "/5", "/9", "/x", "/y", "/z",
            ])
        #expect(rows.map(\.index) == Array(0..<12))
    }

    @Test(arguments: ["-g", "--globoff"])
    func `globoff takes brackets and braces as they are`(option: String) async throws {
        let (rows, paths) = try await run { [option, "\($0)/?q=[1-3]{a,b}"] }
        #expect(rows.count == 1)
        #expect(paths == ["/?q=[1-3]{a,b}"])
    }

    @Test func `rows 100, 101: a list has identifiers, comments, blank lines, a BOM and CRLF`() async throws {
        let (rows, paths) = try await run({ _ in ["-"] }) {
            "\u{FEFF}one\t\($0)/1\r\n\r\n# no\n  \n\($0)/2\r\nthree 3\t\($0)/3"
        }
        #expect(paths == ["/1", "/2", "/3"])
        #expect(rows.map(\.id) == ["one", nil, "three 3"])
    }

    @Test func `URLs, files and stdin are taken in the order they are named`() async throws {
        let scratch = try Scratch()
        let (rows, paths) = try await run({ base in
            ["\(base)/a", try scratch.write("list", "\(base)/b\n\(base)/c\n"), "-", "\(base)/e"]
        }) { "\($0)/d\n" }
        #expect(paths == ["/a", "/b", "/c", "/d", "/e"])
        #expect(rows.map(\.index) == Array(0..<5))
    }

    @Test func `a gzipped list is read as such, as a file and from stdin, also of several members`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let zipped =
            LoopbackServer.gzip(Array("\(server.baseURL)/1\n".utf8))
            + LoopbackServer.gzip(Array("\(server.baseURL)/2\n".utf8))
        let file = try scratch.write("list.gz", zipped)
        let fromFile = try await Tool.run(["--json", "--max", "1", file])
        #expect(fromFile.exit == 0)
        #expect(server.log.map(\.path) == ["/1", "/2"])
        let fromStdin = try await Tool.run(["--json", "-"], bytes: zipped)
        #expect(fromStdin.exit == 0)
        #expect(try Row.array(fromStdin).count == 2)
    }

    @Test func `a list that breaks in the middle ends itself and not the lists behind it`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let text = (0..<20_000).map { "\(server.baseURL)/first?\($0 &* 2_654_435_761 % 99_991)\n" }.joined()
        let broken = try scratch.write("broken.gz", LoopbackServer.gzip(Array(text.utf8)).dropLast(20_000))
        let other = try scratch.write("other", "\(server.baseURL)/second\n")
        let result = try await Tool.run(
            ["--jsonl", "--max", "50", broken, other, "\(server.baseURL)/third"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("\(broken): the gzip data ends too early"))
        let rows = try Row.lines(result)
        #expect(rows.count > 100 && rows.count < 20_000)
        #expect(rows.allSatisfy { $0.ok })
        #expect(server.log.contains { $0.path == "/second" } && server.log.contains { $0.path == "/third" })
    }

    @Test func `row 115: the same URL twice is two records`() async throws {
        let (rows, paths) = try await run { ["\($0)/x", "\($0)/x"] }
        #expect(rows.count == 2)
        #expect(paths == ["/x", "/x"])
    }

    @Test func `row 99: a line that is no URL is a record, names its line, and does not stop the others`() async throws
    {
        let (rows, paths) = try await run({ _ in ["-"] }) {
            "nonsense\n\($0)/a b\nftp://x/\n{\"url\":7}\n\($0)/ok\n"
        }
        #expect(paths == ["/ok"])
        #expect(rows.map(\.kind) == ["invalid-url", "invalid-url", "blocked-scheme", "invalid-url", nil])
        for (line, row) in rows.prefix(4).enumerated() {
            #expect(row.error?.message.contains(":\(line + 1)") == true, "\(row.error?.message ?? "")")
        }
    }

    @Test func `row 99: a line break that is encoded in a URL injects no header`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = #"{"url":"BASE/c\u0000"}"# + "\n" + #"{"url":"BASE/d\r\nX-Evil: 1"}"# + "\n"
        let result = try await Tool.run(
            ["--json", "\(server.baseURL)/a%0D%0AX-Evil:1", "\(server.baseURL)/b\r\nX-Evil: 1", "-"],
            stdin: list.replacing("BASE", with: server.baseURL))
        #expect(result.exit == 1)
        #expect(try Row.array(result).map(\.kind) == [nil, "invalid-url", "invalid-url", "invalid-url"])
        #expect(server.log.map(\.target) == ["/a%0D%0AX-Evil:1"])
        #expect(server.log.allSatisfy { $0.header("X-Evil") == nil })
    }

    @Test func `row 103: a line of a megabyte is one invalid-url, and its message is short`() async throws {
        let (rows, paths) = try await run({ _ in ["-"] }) {
            "\($0)/\(String(repeating: "x", count: 1 << 20))\n\($0)/ok\n"
        }
        #expect(paths == ["/ok"])
        #expect(rows.map(\.kind) == ["invalid-url", nil])
        #expect((rows.first?.url.utf8.count ?? 0) < 5000)
    }
}

@Suite("An output that is one of the lists is refused", .timeLimit(.minutes(20)))
struct OverwrittenListTests {
    @Test(arguments: ["-o", "--records", "--failed-to", "--sqlite", "--cookie-jar"])
    func `and the list stays as it was, whatever it is called`(option: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = "\(server.baseURL)/1\n\(server.baseURL)/2\n"
        try scratch.write("list", list)
        try scratch.write("ids", "1\n2\n")
        try scratch.write("users", "octocat\n")
        _ = try await Tool.shell("ln -s list other; ln list third", directory: scratch.path)
        let template = "\(server.baseURL)/{id}"
        for (arguments, output) in [
            (["list"], "list"), (["./list"], "other"), (["list"], "third"),
            (["map", "--url-template", template, "--each", "ids"], "ids"),
            (["gather", "a=\(template)", "--each", "ids"], "./ids"),
            (["github", "--api-url", server.baseURL, "--input", "users"], "users"),
        ] {
            let result = try await Tool.run(arguments + [option, output], directory: scratch.path)
            #expect(result.exit == 2, "\(arguments) \(result)")
            #expect(result.stdout == "")
            #expect(
                result.complaints == [
                    "fetchall: \(option): \(output) is a list that this run reads; write to another file"
                ], "\(arguments)")
        }
        #expect(server.requestCount == 0)
        #expect(try scratch.text("list") == list)
        #expect(try scratch.text("ids") == "1\n2\n")
    }

    @Test(arguments: [
        ["-o", "x", "--failed-to", "x"], ["--records", "x", "--failed-to", "x"], ["-D", "x", "-o", "x"],
        ["-o", "x", "--sqlite", "./x"], ["-o", "x", "--cookie-jar", "x"],
        ["--cache=x", "--sqlite", "x"], ["--resume", "x", "--cache=x", "-o", "y"],
        ["crawl", "--state", "x", "-o", "x"],
    ])
    func `one file for two purposes is refused, whether it is there or not`(arguments: [String]) async throws {
        let scratch = try Scratch()
        let command = arguments[0] == "crawl" ? [] : ["fetch"]
        for isThere in [false, true] {
            if isThere { try scratch.write("x", "kept") }
            let result = try await Tool.run(
                command + arguments + ["--jsonl", "http://127.0.0.1:1/"], directory: scratch.path)
            #expect(result.exit == 2, "\(arguments) \(result)")
            #expect(result.complaints.count == 1 && result.stderr.contains("need a file each"), "\(result.stderr)")
            #expect(try scratch.names() == (isThere ? ["x"] : []))
        }
        #expect(try scratch.text("x") == "kept")
    }

    @Test func `a device may be both`() async throws {
        let result = try await Tool.run([
            "--records", "/dev/null", "--failed-to", "/dev/null", "--retry", "0", "http://127.0.0.1:1/",
        ])
        #expect(result.exit == 1, "\(result.stderr)")
    }
}
