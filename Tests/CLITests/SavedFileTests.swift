import FoundationEssentials
import TestSupport
import Testing

@Suite("Saved bodies are whole and stay in their folder", .timeLimit(.minutes(20)))
struct SavedFileTests {
    @Test func `row 113: a link that was planted under the name is replaced and not followed`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("new") }
        defer { server.stop() }
        try scratch.write("precious", "old")
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: scratch("out/file"), withDestinationPath: scratch("precious"))
        let result = try await Tool.run(["--jsonl", "--output-dir", scratch("out"), "\(server.baseURL)/file"])
        #expect(result.exit == 0)
        #expect(try scratch.text("precious") == "old")
        #expect(try scratch.text("out/file") == "new")
    }

    @Test func `row 116: a file of an earlier run is replaced by a whole one, and kept when the new one fails`()
        async throws
    {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            switch request.number {
            case 1: .ok("a long first version of the file")
            case 2: .raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ncut")
            default: .ok("second")
            }
        }
        defer { server.stop() }
        var texts: [String] = []
        for _ in 1...3 {
            let arguments = ["--jsonl", "--retry", "0", "--output-dir", scratch("out"), "\(server.baseURL)/file"]
            _ = try await Tool.run(arguments)
            texts.append(try scratch.text("out/file"))
        }
        #expect(texts == ["a long first version of the file", "a long first version of the file", "second"])
        #expect(try scratch.names("out") == ["file"])
    }

    @Test func `row 114: names of 240 bytes and more are cut and told apart`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { .ok($0.path) }
        defer { server.stop() }
        let stem = String(repeating: "n", count: 300)
        let result = try await Tool.run([
            "--json", "--output-dir", scratch("out"), "\(server.baseURL)/\(stem)[1-3].txt",
        ])
        #expect(result.exit == 0)
        let names = try Row.array(result).compactMap(\.filenameEffective)
        #expect(Set(names).count == 3)
        for (index, name) in names.enumerated() {
            #expect(name.utf8.count <= scratch("out/").utf8.count + 240)
            #expect(try scratch.text(name) == "/\(stem)\(index + 1).txt")
        }
    }

    @Test func `a megabyte arrives byte for byte, decoded, and with the size that the record says`() async throws {
        let scratch = try Scratch()
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let server = try LoopbackServer { _ in
            .response(headers: [("Content-Encoding", "gzip")], body: LoopbackServer.gzip(bytes))
        }
        defer { server.stop() }
        let row = try Row.only(await Tool.run(["--jsonl", "--output-dir", scratch("out"), "\(server.baseURL)/bytes"]))
        #expect(row.sizeDownload == bytes.count)
        let saved = try Data(contentsOf: URL(filePath: scratch("out/bytes")))
        #expect(saved == Data(bytes))
    }

    @Test(arguments: [
        ["LC_ALL": "C"], ["LC_ALL": ""], ["LC_ALL": "C.UTF-8"], ["LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"],
    ])
    func `row 126: locale and time zone change nothing`(environment: [String: String]) async throws {
        let server = try LoopbackServer { _ in .ok("é") }
        defer { server.stop() }
        let format = #"%{urlnum};%{size_download};%{url_effective};%{content_type}\n"#
        let result = try await Tool.run(["-w", format, "\(server.baseURL)/IÏ?é"], environment: environment)
        #expect(result.stdout == "0;2;\(server.baseURL)/I%C3%8F?%C3%A9;text/plain; charset=utf-8\n")
        let row = try Row.only(await Tool.run(["--jsonl", "--body", "\(server.baseURL)/"], environment: environment))
        #expect(row.body == "é")
        // UTC, whatever the zone.
        let record = try await Tool.run(["--jsonl", "\(server.baseURL)/"], environment: environment).stdout
        let now = Date.now.ISO8601Format()
        #expect(record.contains("\"started_at\":\"\(now.prefix(13))") || now.dropFirst(14).hasPrefix("00"))
    }
}
