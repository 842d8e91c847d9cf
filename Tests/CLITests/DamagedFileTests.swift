import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 20.16: damage of what is kept is seen", .timeLimit(.minutes(20)))
struct DamagedFileTests {
    /// Changes all places of a file where these bytes are: pages may have old copies in their free space.
    private static func change(_ path: String, _ old: [UInt8], to new: [UInt8]) throws {
        var bytes = try Array(Data(contentsOf: URL(filePath: path)))
        let ranges = bytes.ranges(of: old)
        try #require(!ranges.isEmpty)
        for range in ranges { bytes.replaceSubrange(range, with: new) }
        try Data(bytes).write(to: URL(filePath: path))
    }

    private static func aside(_ scratch: Scratch, _ name: String) throws -> [String] {
        try scratch.names().filter { $0.hasPrefix(name + ".corrupt-") && !$0.hasSuffix("-wal") }
    }

    @Test(arguments: ["body", "headers", "version", "key"])
    func `issue 20.16: a cache gives no damaged response as fresh; it is put aside, said once, and fetched again`(
        place: String
    ) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            .response(
                headers: [("Cache-Control", "max-age=600"), ("X-Field", "value-of-\(request.path.dropFirst())")],
                body: Array("body of \(request.path.dropFirst())".utf8))
        }
        defer { server.stop() }
        let file = scratch("c.sqlite")
        let arguments = [
            "--cache=" + file, "--jsonl", "--body", "--include-headers", "--keep-order", "\(server.baseURL)/[10-29]",
        ]
        let first = try await Tool.run(arguments)
        #expect(first.exit == 0)
        switch place {
        case "body": try Self.change(file, Array("body of 17".utf8), to: Array("body of 71".utf8))
        case "headers": try Self.change(file, Array("value-of-17".utf8), to: Array("value-of-18".utf8))
        case "version":
            var bytes = try Array(Data(contentsOf: URL(filePath: file)))
            bytes[60..<64] = [0, 0, 0, 0]
            try Data(bytes).write(to: URL(filePath: file))
        default:
            // The digest of the record that holds the key is where its table is, on the second page.
            var bytes = try Array(Data(contentsOf: URL(filePath: file)))
            bytes[8191] ^= 1
            try Data(bytes).write(to: URL(filePath: file))
        }
        let second = try await Tool.run(arguments)
        #expect(second.exit == 0)
        #expect(second.complaints.count == 1 && second.stderr.contains("is damaged"), "\(second.stderr)")
        #expect(try Self.aside(scratch, "c.sqlite").count == 1)
        let rows = try Row.lines(second)
        #expect(rows.map(\.body) == (10...29).map { "body of \($0)" })
        #expect((10...29).allSatisfy { second.stdout.contains("value-of-\($0)\"") })
        let third = try await Tool.run(arguments)
        #expect(third.stderr == "")
        #expect(try Row.lines(third).map(\.body) == (10...29).map { "body of \($0)" })
    }

    @Test(arguments: [0, 1, 25, 49])
    func `issue 20.16: a journal with a damaged line is copied aside, and each record is there once`(
        line: Int
    ) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let list = try scratch.write("list", (0..<50).map { "\(server.baseURL)/\($0)\n" }.joined())
        let arguments = ["--jsonl", "--max", "4", "--resume", scratch("j"), "-o", scratch("out"), list]
        #expect(try await Tool.run(arguments).exit == 0)
        var lines = try scratch.text("j").split(separator: "\n").map(String.init)
        if line == 0 {
            lines[0].replace("\"--", with: "\"-_", maxReplacements: 1)
        } else {
            // One less, as a number: the output would be cut in the middle of a record, or too early.
            var fields = lines[line].split(separator: " ").map(String.init)
            fields[3] = String((Int(fields[3]) ?? 0) / 10)
            lines[line] = fields.joined(separator: " ")
        }
        let damaged = lines.map { $0 + "\n" }.joined()
        try scratch.write("j", damaged)
        try scratch.write("list", (0..<60).map { "\(server.baseURL)/\($0)\n" }.joined())
        let second = try await Tool.run(arguments)
        #expect(second.exit == 0)
        #expect(second.complaints.count == 1)
        #expect(second.stderr.contains("j is damaged (line \(line + 1))"), "\(second.stderr)")
        let copies = try Self.aside(scratch, "j")
        #expect(try copies.map { try scratch.text($0) } == [damaged])
        #expect(ResumeTests.indices(try scratch.text("out")).sorted() == Array(0..<60))
        #expect(server.requestCount == 50 + 60 - max(0, line - 1))
        let third = try await Tool.run(arguments)
        #expect(third.exit == 0 && third.stderr == "")
        #expect(server.requestCount == 110 - max(0, line - 1))
    }

    @Test func `issue 20.16: a journal without checksums is continued without them`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let arguments = ["--jsonl", "--resume", scratch("j"), "-o", scratch("out"), "\(server.baseURL)/[0-9]"]
        #expect(try await Tool.run(arguments).exit == 0)
        // As the build before this one wrote it, with six of the ten inputs.
        var lines = try scratch.text("j").split(separator: "\n").map(String.init)
        lines[0].replace("\"fetchall-journal\":2", with: "\"fetchall-journal\":1")
        lines[0].removeLast(",\"crc\":\"01234567\"}".count)
        lines[0] += "}"
        let old = [lines[0]] + lines[1...6].map { $0.split(separator: " ").dropLast().joined(separator: " ") }
        try scratch.write("j", old.map { $0 + "\n" }.joined())
        let second = try await Tool.run(arguments)
        #expect(second.exit == 0 && second.stderr == "")
        #expect(server.requestCount == 14)
        #expect(ResumeTests.indices(try scratch.text("out")).sorted() == Array(0...9))
        let after = try scratch.text("j").split(separator: "\n")
        #expect(after.count == 11 && after.prefix(7).map(String.init) == old)
        #expect(after.dropFirst().allSatisfy { $0.split(separator: " ").count == 5 })
    }

    @Test(arguments: ["a URL", "the output's name"])
    func `issue 20.16: a crawl state that is damaged is put aside with the records, and each page is there once`(
        place: String
    ) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            guard let number = Int(request.path.dropFirst(2)) else { return .status(404) }
            return .html((1...2).map { "<a href=/p\(number * 2 + $0)>x</a>" }.joined())
        }
        defer { server.stop() }
        func arguments(_ limit: Int) -> [String] {
            [
                "crawl", "--jsonl", "-o", scratch("out"), "--state", scratch("s"), "--no-robots", "--delay", "0",
                "--max-depth", "4", "--max-pages", "\(limit)", "\(server.baseURL)/p0",
            ]
        }
        _ = try await Tool.run(arguments(12))
        let records = try scratch.text("out")
        if place == "a URL" {
            try Self.change(scratch("s"), Array("/p20".utf8), to: Array("/p90".utf8))
        } else {
            let mark = Array("jsonl \(scratch("out"))".utf8)
            try Self.change(scratch("s"), mark, to: Array("jsonl ".utf8) + mark.dropFirst(6).dropLast() + [0x58])
        }
        let state = try Array(Data(contentsOf: URL(filePath: scratch("s"))))
        let explained = try await Tool.run(["crawl", "--explain", "\(server.baseURL)/p1", "--state", scratch("s")])
        #expect(explained.exit == 3 && explained.stderr.contains("it was left unchanged"), "\(explained.stderr)")
        let second = try await Tool.run(arguments(100))
        #expect(second.exit == 0)
        // The other line says that there are deeper pages.
        #expect(second.complaints.count { $0.contains("s is damaged (a row of") } == 1, "\(second.stderr)")
        let aside = try Self.aside(scratch, "s")
        #expect(try aside.map { try Array(Data(contentsOf: URL(filePath: scratch($0)))) } == [state])
        #expect(try Self.aside(scratch, "out").map { try scratch.text($0) } == [records])
        #expect(try PageRow.file(scratch("out")).map(\.path).sorted() == (0...30).map { "/p\($0)" }.sorted())
    }
}
