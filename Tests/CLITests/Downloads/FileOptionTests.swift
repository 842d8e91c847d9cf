import FoundationEssentials
import TestSupport
import Testing

/// The options of saved files.
@Suite("issue 22: names and versions of saved files", .timeLimit(.minutes(20)))
struct FileOptionTests {
    private func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            let date = ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
            if request.header("If-Modified-Since") == date.1 { return .status(304) }
            switch request.path {
            case "/named":
                return .response(
                    headers: [("Content-Disposition", "attachment; filename=\"x/../report 1.pdf\""), date],
                    body: Array("named".utf8))
            default: return .response(headers: [date], body: Array(request.path.utf8))
            }
        }
    }

    private static func modified(_ path: String) throws -> Double? {
        let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        return date?.timeIntervalSince1970
    }

    @Test func `issue 22.3: -O saves into the working directory, and -OJ under the server's name`() async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        let plain = try await Tool.run(["--jsonl", "-O", "\(server.baseURL)/a/b.txt"], directory: scratch.path)
        #expect(try Row.only(plain).filenameEffective == "b.txt")
        let named = try await Tool.run(["--jsonl", "-OJ", "\(server.baseURL)/named"], directory: scratch.path)
        let name = try #require(try Row.only(named).filenameEffective)
        #expect(name == "report 1.pdf", "\(name)")
        #expect(try scratch.text(name) == "named")
        #expect(try scratch.names() == ["b.txt", "report 1.pdf"])
    }

    @Test(arguments: ["-O", "--remote-name", "--remote-name-all"])
    func `issue 22.3: all names of -O, and of what belongs to it`(option: String) async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        let more = ["--remote-header-name", "--remote-time", "--continue", "--continue-at", "-"]
        let result = try await Tool.run(
            ["--jsonl", option] + more + ["\(server.baseURL)/a"], directory: scratch.path)
        #expect(result.exit == 0 && scratch.exists("a"), "\(result.stderr)")
        let again = try await Tool.run(
            ["--jsonl", option, "--timestamping", "\(server.baseURL)/a"], directory: scratch.path)
        #expect(try Row.only(again).responseCode == 304)
    }

    @Test(arguments: ["-P", "--directory-prefix", "--output-dir"])
    func `issue 22.3: directories are made, and the record has the path from here`(option: String) async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", option, "x/y/z", "\(server.baseURL)/a"], directory: scratch.path)
        #expect(try Row.only(result).filenameEffective == "x/y/z/a")
        #expect(try scratch.text("x/y/z/a") == "/a")
    }

    @Test func `issue 22.4: --skip-existing sends nothing for what is there`() async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        try scratch.write("a", "old")
        let result = try await Tool.run(
            ["--json", "-O", "--skip-existing", "\(server.baseURL)/{a,b}"], directory: scratch.path)
        #expect(result.exit == 0)
        let rows = try JSONDecoder().decode([Saved].self, from: Data(result.bytes))
        #expect(rows.map(\.skipped) == ["exists", nil] && rows.map(\.ok) == [true, true])
        #expect(rows.map(\.filename_effective) == ["a", "b"])
        #expect(try scratch.text("a") == "old" && scratch.text("b") == "/b")
        #expect(server.log.map(\.path) == ["/b"])
        let table = try await Tool.run(["-O", "--skip-existing", "\(server.baseURL)/a"], directory: scratch.path)
        #expect(table.lines.last?.hasSuffix("/a  a  skipped: exists") == true, "\(table.stdout)")
    }

    @Test func `issue 22.4: --no-clobber keeps what is there, and numbers the new file`() async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        try scratch.write("a", "old")
        for number in 1...3 {
            let result = try await Tool.run(
                ["--jsonl", "-O", "--no-clobber", "\(server.baseURL)/a"], directory: scratch.path)
            #expect(try Row.only(result).filenameEffective == "a.\(number)")
        }
        #expect(try scratch.text("a") == "old")
        #expect(try scratch.names() == ["a", "a.1", "a.2", "a.3"])
    }

    @Test func `issue 22.4: -R sets the time, and -N asks only for what is newer`() async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        let arguments = ["--jsonl", "-O", "\(server.baseURL)/a"]
        _ = try await Tool.run(arguments + ["-R"], directory: scratch.path)
        #expect(try Self.modified(scratch("a")) == 784_111_777)
        try await Task.sleep(for: .milliseconds(10))
        let again = try await Tool.run(arguments + ["-N"], directory: scratch.path)
        let row = try JSONDecoder().decode(Saved.self, from: Data(again.bytes))
        #expect(again.exit == 0 && row.ok && row.skipped == "not-modified" && row.filename_effective == "a")
        #expect(server.log.last?.header("If-Modified-Since") == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(try scratch.text("a") == "/a")
        // An older file is replaced.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: scratch("a"))
        let newer = try await Tool.run(arguments + ["-N"], directory: scratch.path)
        #expect(try Row.only(newer).responseCode == 200)
        #expect(try Self.modified(scratch("a")) == 784_111_777)
        #expect(try scratch.names() == ["a"])
    }

    @Test func `issue 22.4: digests of saved files, also of continued ones`() async throws {
        let scratch = try Scratch()
        let content = ServedFile.bytes(3_000_000)
        let server = try LoopbackServer { request in
            var file = ServedFile(content)
            if request.number == 1 { file.cut = 1_500_000 }
            return file.reply(to: request)
        }
        defer { server.stop() }
        let url = "\(server.baseURL)/file"
        let summed = try await Tool.shell("sha256sum \"$1\" | cut -c1-64", [try scratch.write("whole", content)])
        let sum = try #require(summed.lines.first.map(String.init))
        try FileManager.default.removeItem(atPath: scratch("whole"))
        // Taken up by another run, so that a part of the bytes is read from the file.
        _ = try await Tool.run(["--jsonl", "-O", "--retry", "0", url], directory: scratch.path)
        let options = ["--jsonl", "-O", "--hash", "sha256", "--checksum", "sha256=\(sum)"]
        let result = try await Tool.run(options + [url], directory: scratch.path)
        let row = try JSONDecoder().decode(Saved.self, from: Data(result.bytes))
        #expect(row.ok && row.sha256 == sum && row.resumed_from == 1_500_000, "\(result.stdout)")
        // Another one leaves nothing under the name, and no part.
        try FileManager.default.removeItem(atPath: scratch("file"))
        let wrong = try await Tool.run(
            ["--jsonl", "-O", "--checksum", "sha256=\(String(repeating: "0", count: 64))", url], directory: scratch.path
        )
        #expect(wrong.exit == 1)
        #expect(try Row.only(wrong).kind == "checksum-mismatch")
        #expect(try scratch.names() == [])
    }

    @Test(arguments: [
        ["-J"], ["-C", "-"], ["--continue"], ["--no-continue"], ["--segments", "2"], ["--skip-existing"],
        ["--no-clobber"], ["-N"], ["-R"],
        ["-O", "-C", "5"], ["-O", "-C", "-", "--no-continue"], ["-O", "-J", "-N"], ["-O", "-N", "--no-clobber"],
        ["-O", "--segments", "0"], ["-O", "--segments", "2", "--no-continue"],
        ["-O", "--segments", "2", "--http2"],
        ["-O", "--body", "--json"],
    ])
    func `issue 22: options that mean nothing are refused by name`(options: [String]) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
        #expect(options.contains { $0.hasPrefix("-") && $0 != "-" && result.stderr.contains($0) }, "\(result.stderr)")
    }

    private struct Saved: Decodable {
        let ok: Bool
        let filename_effective: String?
        let skipped: String?
        let resumed_from: Int?
        let sha256: String?
    }
}
