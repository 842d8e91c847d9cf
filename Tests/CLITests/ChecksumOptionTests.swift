import FoundationEssentials
import TestSupport
import Testing

@Suite("Digests of bodies: --hash, --checksum, --checksums and JSON members", .timeLimit(.minutes(20)))
struct ChecksumOptionTests {
    /// Digests of `abc`.
    private static let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private static let sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d"
    private static let md5 = "900150983cd24fb0d6963f7d28e17f72"
    /// A digest of something else.
    private static let wrong = String(repeating: "0", count: 32)

    private static func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            switch request.path {
            case "/other": .ok("other")
            case "/missing": .status(404)
            case "/cut": .raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc")
            default: .ok("abc")
            }
        }
    }

    @Test func `issue 22.4: --hash puts the digest of each kept body into its record`() async throws {
        let server = try Self.server()
        defer { server.stop() }
        let url = "\(server.baseURL)/{abc,missing,cut}"
        let base = ["--body", "--retry", "0", "--keep-order"]
        for (name, digest) in [("sha256", Self.sha256), ("SHA1", Self.sha1), ("md5", Self.md5)] {
            let result = try await Tool.run(base + ["--jsonl", "--hash", name, url])
            let member = #""filename_effective":null,"\#(name.lowercased())":"#
            try #require(result.lines.count == 3, "\(result.stderr)")
            #expect(result.lines[0].contains("\(member)\"\(digest)\""))
            // Of an error page the record has the body, and so its digest; of a part of a body it has none.
            #expect(result.lines[1].contains("\(member)\""))
            #expect(result.lines[2].contains("\(member)null"))
            #expect(result.exit == 1)
        }
        let plain = try await Tool.run(base + ["--jsonl", url])
        #expect(!plain.stdout.contains("sha256"))
        let written = try await Tool.run(base + ["-w", "%{json}\n", "--hash", "md5", "\(server.baseURL)/abc"])
        #expect(written.stdout.contains(#""md5":"\#(Self.md5)""#), "\(written.stderr)")
    }

    @Test func `issue 22.4: --hash works with --dedupe and --sqlite, and jq is told where it is missing`() async throws
    {
        let scratch = try Scratch()
        let server = try Self.server()
        defer { server.stop() }
        let result = try await Tool.run([
            "--jsonl", "--body", "--dedupe", "--hash", "md5", "--sqlite", scratch("r.db"), "--jq", ".md5, .sha256",
            "\(server.baseURL)/{a,a}",
        ])
        #expect(result.stdout == "\(Self.md5)\nnull\n\(Self.md5)\nnull\n")
        #expect(result.stderr.contains("a record has .sha256 with --hash sha256 only"))
        #expect(!result.stderr.contains(".md5 with"))
        #expect(server.requestCount == 1)
    }

    @Test func `issue 22.4: a line with a checksum is refused where bodies are neither saved nor kept`() async throws {
        let server = try Self.server()
        defer { server.stop() }
        let lines = ["\(server.baseURL)/one", #"{"url":"\#(server.baseURL)/abc","md5":"\#(Self.md5)"}"#]
        let result = try await Tool.run(["--json", "-"], stdin: lines.joined(separator: "\n"))
        let rows = try Row.array(result)
        #expect(result.exit == 1 && rows.map(\.ok) == [true, false])
        #expect(rows.last?.error?.message.contains("--output-dir, or keep them with --body") == true, "\(rows)")
        #expect(server.log.map(\.path) == ["/one"])
        let kept = try await Tool.run(["--json", "--body", "-"], stdin: lines.joined(separator: "\n"))
        #expect(kept.exit == 0)
    }

    @Test func `issue 22.4: --checksum fails the URL whose body is another`() async throws {
        let server = try Self.server()
        defer { server.stop() }
        for text in ["sha256=\(Self.sha256)", "SHA1:\(Self.sha1.uppercased())", "md5=\(Self.md5)"] {
            let result = try await Tool.run(["--jsonl", "--body", "--checksum", text, "\(server.baseURL)/abc"])
            #expect(result.exit == 0, "\(result.stderr)")
            #expect(try Row.only(result).ok)
        }
        let result = try await Tool.run([
            "--jsonl", "--body", "--hash", "md5", "--checksum", "md5=\(Self.wrong)", "\(server.baseURL)/abc",
        ])
        let row = try Row.only(result)
        #expect(result.exit == 1)
        #expect(row.kind == "checksum-mismatch")
        #expect(row.error?.message == "the body has md5=\(Self.md5), but md5=\(Self.wrong) is expected")
        #expect(row.responseCode == 200 && !row.ok)
        #expect(result.stdout.contains(#""md5":"\#(Self.md5)""#))
        // A body that is not the file is not compared with it.
        let missing = try await Tool.run([
            "--jsonl", "--body", "--checksum", "md5=\(Self.wrong)", "\(server.baseURL)/missing",
        ])
        #expect(try Row.only(missing).kind == "http-status")
    }

    @Test func `issue 22.4: a JSON line has its checksum, and so has the list of what failed`() async throws {
        let scratch = try Scratch()
        let server = try Self.server()
        defer { server.stop() }
        let list = """
            {"url":"\(server.baseURL)/1","sha1":"\(Self.sha1)"}
            {"url":"\(server.baseURL)/2","md5":"\(Self.wrong)"}
            {"url":"\(server.baseURL)/3"}
            {"url":"\(server.baseURL)/4","md5":"12"}

            """
        let arguments = ["--json", "--body", "--failed-to", scratch("failed")]
        let result = try await Tool.run(arguments + ["-"], stdin: list)
        let rows = try Row.array(result)
        #expect(rows.map(\.kind) == [nil, "checksum-mismatch", nil, "invalid-url"])
        #expect(rows.last?.error?.message.contains("md5 needs 32 hexadecimal digits") == true)
        #expect(server.requestCount == 3)
        let again = try await Tool.run(["--json", "--body", scratch("failed")])
        #expect(try Row.array(again).map(\.kind) == ["checksum-mismatch", "invalid-url"])
        let dry = try await Tool.run(["--jsonl", "--body", "--dry-run", scratch("failed")])
        #expect(dry.stdout.contains(#""md5":"\#(Self.wrong)""#))
    }

    @Test func `issue 22.4: --dedupe fetches a URL once for each checksum`() async throws {
        let server = try Self.server()
        defer { server.stop() }
        let lines = ["\"md5\":\"\(Self.wrong)\"", "\"md5\":\"\(Self.md5)\"", "\"md5\":\"\(Self.md5)\""]
        let list = lines.map { "{\"url\":\"\(server.baseURL)/\",\($0)}\n" }.joined()
        let result = try await Tool.run(["--json", "--body", "--dedupe", "-"], stdin: list)
        #expect(try Row.array(result).map(\.kind) == ["checksum-mismatch", nil, nil])
        #expect(server.requestCount == 2)
    }

    @Test func `issue 22.4: --checksums verifies by URL and by name, and says what it does not have`() async throws {
        let scratch = try Scratch()
        let server = try Self.server()
        defer { server.stop() }
        let sums = """
            # sums
            \(Self.sha256)  ./dir/one
            MD5 (\(server.baseURL)/two?v=1) = \(Self.md5)
            \(Self.wrong) *three

            """
        let path = try scratch.write("SUMS", sums)
        let result = try await Tool.run([
            "--json", "--body", "--checksums", path, "\(server.baseURL)/{one,two?v=1,three,four,five}",
        ])
        #expect(try Row.array(result).map(\.kind) == [nil, nil, "checksum-mismatch", nil, nil])
        #expect(result.exit == 1)
        #expect(
            result.stderr.contains(
                "fetchall: not verified, because \(path) has no checksum for it: \(server.baseURL)/four and 1 more\n"))
        let quiet = try await Tool.run(
            ["--json", "--body", "-q", "--checksums", "-", "\(server.baseURL)/{one,four}"], stdin: sums)
        #expect(quiet.exit == 0 && quiet.stderr == "")
    }

    @Test func `issue 22.4: the pages of a crawl have the digests of what was saved`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { $0.path == "/" ? .html("<a href=/abc>x</a>") : .ok("abc") }
        defer { server.stop() }
        let base = ["crawl", "--no-robots", "--output-dir", scratch("out"), "--hash", "sha256"]
        let result = try await Tool.run(base + ["--jsonl", "\(server.baseURL)/"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(result.lines.count == 2)
        #expect(result.lines.contains { $0.contains(#"","sha256":"\#(Self.sha256)","depth":1"#) })
        // A table that is continued has the same columns.
        let csv = base + ["--format", "csv", "--state", scratch("s"), "-o", scratch("o"), "--max-pages"]
        let first = try await Tool.run(csv + ["1", "\(server.baseURL)/"])
        #expect(first.exit == 0, "\(first.stderr)")
        let header = try scratch.text("o").prefix { !$0.isNewline }
        #expect(header.contains("filename_effective,sha256,depth"))
        let other = csv.filter { $0 != "--hash" && $0 != "sha256" }
        let refused = try await Tool.run(other + ["9", "\(server.baseURL)/"])
        #expect(refused.exit == 2)
        #expect(refused.stderr.contains("as csv with --hash sha256: use the same format"), "\(refused.stderr)")
        let second = try await Tool.run(csv + ["9", "\(server.baseURL)/"])
        #expect(second.exit == 0, "\(second.stderr)")
        #expect(try scratch.text("o").contains(Self.sha256))
    }

    @Test func `issue 22.4: a resumed run has the same --hash and the same checksums`() async throws {
        let scratch = try Scratch()
        let server = try Self.server()
        defer { server.stop() }
        let base = ["--jsonl", "--body", "--resume", scratch("j"), "-o", scratch("o")]
        let checked = ["--hash", "md5", "--checksum", "md5=\(Self.md5)", "\(server.baseURL)/abc"]
        #expect(try await Tool.run(base + checked).exit == 0)
        #expect(try await Tool.run(base + checked).exit == 0)
        #expect(server.requestCount == 1)
        let otherHash = try await Tool.run(base + ["--hash", "sha1"] + checked.dropFirst(2))
        #expect(otherHash.exit == 2 && otherHash.stderr.contains("--hash"), "\(otherHash.stderr)")
        let otherSum = try await Tool.run(
            base + ["--hash", "md5", "--checksum", "md5=\(Self.wrong)", "\(server.baseURL)/abc"])
        #expect(otherSum.exit == 2, "\(otherSum.stderr)")
        #expect(server.requestCount == 1)
    }

    /// A mistake, and words of the message about it. `SUMS`, `BAD` and `LIST` are files of the test.
    private struct Mistake: Sendable {
        let arguments: [String]
        let part: String

        init(_ arguments: [String], _ part: String) {
            self.arguments = arguments
            self.part = part
        }
    }

    private static let mistakes: [Mistake] = [
        Mistake(["--checksum", "abc"], "sha256=HEX"),
        Mistake(["--checksum", "md5=12"], "32 hexadecimal digits"),
        Mistake(["--checksum", "crc32=12345678"], "sha256, sha512, sha1 or md5"),
        Mistake(["--hash", "crc32"], "sha256, sha512, sha1 or md5"),
        Mistake(["--hash", "sha256", "--jsonl"], "--output-dir"),
        Mistake(["--hash", "sha256", "--jsonl", "--body", "-I"], "-I"),
        Mistake(["--hash", "sha256", "--output-dir", "/tmp"], "--hash: a table has no place for it"),
        Mistake(["--hash", "sha256", "--output-dir", "/tmp", "-w", "%{url}"], "--hash: this -w has no place"),
        Mistake(["--checksum", "md5=\(md5)"], "--output-dir"),
        Mistake(["--checksums", "SUMS"], "--output-dir"),
        Mistake(["--checksum", "md5=\(md5)", "--checksums", "SUMS"], "--checksum and --checksums"),
        Mistake(["--checksums", "", "--body", "--json"], "file name"),
        Mistake(["--checksums", "/nonexistent", "--body", "--json"], "/nonexistent: no such file"),
        Mistake(["--checksums", "BAD", "--body", "--json"], "BAD:2: 'nonsense'"),
        Mistake(["--checksums", "-", "--body", "--json", "-"], "only once"),
        Mistake(["--checksums", "SUMS", "--body", "--json", "-o", "SUMS"], "-o"),
        Mistake(["--checksum", "md5=\(md5)", "--body", "--json", "BASE/2"], "one URL, but 2 are given"),
        Mistake(["--checksum", "md5=\(md5)", "--body", "--json", "BASE/[1-20]"], "one URL, but 21 are given"),
        Mistake(["--checksum", "md5=\(md5)", "--body", "--json", "LIST"], "one URL, not for a list"),
    ]

    @Test(arguments: mistakes.indices)
    func `issue 22.4: what cannot be is one line, exit 2, and nothing is sent`(index: Int) async throws {
        let (arguments, part) = (Self.mistakes[index].arguments, Self.mistakes[index].part)
        let scratch = try Scratch()
        let server = try Self.server()
        defer { server.stop() }
        try scratch.write("SUMS", "\(Self.md5)  x\n")
        try scratch.write("BAD", "\(Self.md5)  x\nnonsense\n")
        try scratch.write("LIST", "\(server.baseURL)/x\n")
        let given = arguments.map { argument in
            ["SUMS", "BAD", "LIST"].contains(argument)
                ? scratch(argument) : argument.replacing("BASE", with: server.baseURL)
        }
        let result = try await Tool.run(given + ["\(server.baseURL)/1"])
        #expect(result.exit == 2)
        #expect(result.stdout == "")
        #expect(result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains(part), "\(result.stderr)")
        #expect(server.requestCount == 0)
    }

    @Test func `issue 22.3: the values of globs and the date are in the names of files`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { .ok($0.path) }
        defer { server.stop() }
        let template = ["--jsonl", "--output-dir", scratch("out"), "--filename-template"]
        let result = try await Tool.run(
            template + ["{2}/{1}-{3}.{ext}", "\(server.baseURL)/{a,b}/f[08-09].bin", "\(server.baseURL)/plain.txt"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(try scratch.text("out/08/b-.bin") == "/b/f08.bin")
        #expect(
            try scratch.names("out").filter { $0.contains(".") } == [
                "08/a-.bin", "08/b-.bin", "09/a-.bin", "09/b-.bin", "_.txt",
            ])
        let dated = try await Tool.run(template + ["{date}.txt", "\(server.baseURL)/x"])
        let name = try #require(Row.only(dated).filenameEffective)
        #expect(name.dropFirst(scratch("out/").count).wholeMatch(of: /20\d\d-[01]\d-[0-3]\d\.txt/) != nil, "\(name)")
        for more in [["\(server.baseURL)/x"], ["-g", "\(server.baseURL)/x", "\(server.baseURL)/y"]] {
            let refused = try await Tool.run(template + ["{1}"] + more)
            #expect(refused.exit == 2 && refused.complaints.count == 1)
            #expect(refused.stderr.contains("{1} is the value of a glob"), "\(refused.stderr)")
        }
        let crawl = try await Tool.run(["crawl"] + template + ["{1}", "\(server.baseURL)/x"])
        #expect(crawl.exit == 2 && crawl.stderr.contains("{1}"), "\(crawl.stderr)")
        #expect(server.requestCount == 6)
    }
}
