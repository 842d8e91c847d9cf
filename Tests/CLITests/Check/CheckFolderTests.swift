import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 25: fetchall check, files and folders", .timeLimit(.minutes(5)))
struct CheckFolderTests {
    /// A folder with these files.
    private static func folder(_ files: [String: String]) throws -> Scratch {
        let scratch = try Scratch()
        for (name, text) in files {
            if let slash = name.lastIndex(of: "/") {
                try FileManager.default.createDirectory(
                    atPath: scratch(String(name[..<slash])), withIntermediateDirectories: true)
            }
            try scratch.write(name, text)
        }
        return scratch
    }

    @Test func `30 kinds of links in files have exactly their verdicts`() async throws {
        let server = try LoopbackServer { $0.path == "/alive" ? .ok() : .status(404) }
        defer { server.stop() }
        let url = server.baseURL
        let lines: [(text: String, kind: String?)] = [
            ("# A title", nil), ("[x](b.md)", nil), ("[x](b.md#an-intro)", nil), ("[x](b.md#nope)", "fragment-missing"),
            ("[x](missing.md)", "file-missing"), ("[x](sub/)", nil), ("[x](empty)", "file-missing"),
            ("![x](pic.png)", nil), ("![x](nopic.png)", "file-missing"), ("[x](B.md)", "file-missing"),
            ("[x](/root.md)", nil), ("[x](/none.md)", "file-missing"), ("[x](#a-title)", nil),
            ("[x](#other)", "fragment-missing"), ("`[x](gone.md)`", nil), ("    [x](gone.md)", nil),
            ("<!-- [x](gone.md) -->", nil), ("[x](with%20space.md)", nil), ("<\(url)/alive>", nil),
            ("<\(url)/gone>", "http-status"), ("[x](mailto:nobody)", "mail-invalid"),
            ("[x](http://h:99999/)", "malformed"), ("[x](page.html#in)", nil),
            ("[x](page.html#out)", "fragment-missing"),
            ("<a href=\"gone.html\">x</a>", "file-missing"), ("[x](./b.md \"title\")", nil), ("[x](../root.md)", nil),
        ]
        let scratch = try Self.folder([
            "d/a.md": lines.map { $0.text + "\n\n" }.joined(), "d/b.md": "# An intro\n", "d/sub/index.html": "",
            "d/empty/keep": "", "d/pic.png": "x", "root.md": "", "d/with space.md": "",
            "d/page.html": "<p id=in>\n<a href=a.md>x</a><a href=gone.html>y</a>",
            "d/n.rst": "See `x <\(url)/gone>`_.\n",
            "d/n.txt": "\(url)/alive and\n\(url)/gone.\n", "d/skip.md": "[x](gone.md)",
            "d/.fetchallignore": "skip.md\n",
            "d/out/z.md": "[x](gone.md)",
        ])
        let result = try await Tool.run([
            "check", "--jsonl", "--root-dir", scratch.path, "--exclude-path", "out/**", scratch("d"),
        ])
        let rows = try CheckRow.lines(result)
        for (index, line) in lines.enumerated() {
            let found = rows.filter { $0.fileName == "a.md" && $0.line == 2 * index + 1 }
            #expect(found.map(\.kind) == (line.kind.map { [$0] } ?? []), "\(line.text): \(found)")
        }
        let others = rows.filter { $0.fileName != "a.md" }.map { "\($0.fileName):\($0.line ?? 0) \($0.kind)" }
        #expect(
            others.sorted() == ["n.rst:1 http-status", "n.txt:2 http-status", "page.html:2 file-missing"], "\(others)")
        #expect(result.exit == 1)
        #expect(server.log.map { "\($0.method) \($0.path)" }.sorted() == ["GET /gone", "HEAD /alive", "HEAD /gone"])
    }

    @Test func `offline nothing is sent, and with a base URL relative links are URLs`() async throws {
        let server = try LoopbackServer { $0.path == "/site/b.html" ? .ok() : .status(404) }
        defer { server.stop() }
        let scratch = try Self.folder([
            "a.html": "<a href=b.html>b</a>\n<a href=c.html>c</a>\n<a href=\(server.baseURL)/x>x</a>"
        ])
        let offline = try await Tool.run(["check", "--jsonl", "--offline", scratch("a.html")])
        #expect(try CheckRow.lines(offline).map(\.kind) == ["file-missing", "file-missing"])
        #expect(server.requestCount == 0)
        #expect(offline.stderr == "3 links on 1 page: 0 ok, 2 broken, 1 not checked (offline)\n")
        let based = try await Tool.run(
            ["check", "--jsonl", "--base-url", "\(server.baseURL)/site/a.html", scratch("a.html")])
        #expect(try CheckRow.lines(based).map(\.url) == ["\(server.baseURL)/site/c.html", "\(server.baseURL)/x"])
    }

    @Test func `--dump lists the links of files and sends nothing`() async throws {
        let scratch = try Self.folder(["a.html": "<a href=https://example.org/x>x</a>\n <a href=b.html#f>b</a>"])
        let result = try await Tool.run(["check", "--dump", scratch("a.html")])
        let lines = result.stdout.split(separator: "\n").map { String($0.dropFirst(scratch("a.html").count)) }
        #expect(lines.count == 2 && lines[0].hasPrefix(":1:") && lines[0].hasSuffix("\thttps://example.org/x"))
        #expect(lines.last?.hasPrefix(":2:") == true && lines.last?.hasSuffix("/b.html#f") == true, "\(lines)")
        #expect(result.exit == 0 && result.stderr.isEmpty)
    }

    @Test func `with a token links to github.com are found through the API`() async throws {
        let api = try LoopbackServer { request in
            ["/repos/o/r", "/repos/o/r/issues/7", "/repos/o/r/pulls/8"].contains(request.path)
                ? .json("{}") : .status(404)
        }
        defer { api.stop() }
        let links = ["", "/", "/issues/7", "/pull/8"].map { "https://github.com/o/r\($0)\n" }.joined()
        let result = try await Tool.run(
            ["check", "--jsonl", "-"], stdin: links, environment: ["GH_TOKEN": "s3cr3t", "GITHUB_API_URL": api.baseURL])
        #expect(result.exit == 0 && result.stderr == "4 links on 1 page: 4 ok, 0 broken\n", "\(result)")
        #expect(api.log.count == 4 && api.log.allSatisfy { $0.header("authorization") == "Bearer s3cr3t" })
        #expect(!(result.stdout + result.stderr).contains("s3cr3t"))
    }

    @Test func `standard input is a text whose URLs are checked`() async throws {
        let server = try LoopbackServer { $0.path == "/alive" ? .ok() : .status(404) }
        defer { server.stop() }
        let result = try await Tool.run(
            ["check", "--jsonl", "-"], stdin: "see \(server.baseURL)/alive\nand (\(server.baseURL)/gone)\n")
        let rows = try CheckRow.lines(result)
        #expect(rows.map(\.line) == [2] && rows.map(\.file) == ["-"] && result.exit == 1)
    }

    @Test(arguments: [
        ["/nonexistent"], ["--root-dir", "", "/etc/hosts"], ["--base-url", "x", "/etc/hosts"], [],
        ["--offline", "http://127.0.0.1:1/"], ["--dump", "http://127.0.0.1:1/"], ["--include", "(", "/etc/hosts"],
    ])
    func `what is not valid is refused with one line and exit 2`(arguments: [String]) async throws {
        let result = try await Tool.run(["check"] + arguments)
        #expect(result.exit == 2 && result.stdout.isEmpty, "\(result)")
        #expect(result.complaints.count == 1, "\(result.stderr)")
    }
}
