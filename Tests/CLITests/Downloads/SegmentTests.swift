import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("issue 22.7: one file in segments", .timeLimit(.minutes(20)))
struct SegmentTests {
    private static let size = 12_345_678
    private static let content = ServedFile.bytes(size)

    private func fetch(_ server: LoopbackServer, _ scratch: Scratch, _ options: [String] = ["--segments", "4"])
        async throws -> ToolResult
    {
        try await Tool.run(
            ["--jsonl", "--retry-delay", "1ms", "--output-dir", scratch("out")] + options + ["\(server.baseURL)/file"])
    }

    private static func ranges(_ server: LoopbackServer) -> [String?] { server.log.map { $0.header("Range") } }

    @Test func `ranges are fetched at once, and the file is right`() async throws {
        let scratch = try Scratch()
        let gate = Gate()
        // The segments wait for each other.
        let server = try LoopbackServer { request in
            if request.number == 5 { gate.open() }
            let reply = ServedFile(Self.content).reply(to: request)
            return (2...5).contains(request.number) ? LoopbackServer.Reply([.hold(gate)] + reply.steps) : reply
        }
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch))
        #expect(row.ok && row.responseCode == 206 && row.sizeDownload == Self.size && row.numRetries == 0, "\(row)")
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(try scratch.names("out") == ["file"])
        #expect(Self.ranges(server).first == "bytes=0-1048575")
        #expect(server.log.dropFirst().allSatisfy { $0.header("If-Range") == "\"v1\"" })
        #expect(server.requestCount >= 5)
    }

    @Test(arguments: ["no ranges", "no validator", "weak", "no length", "small", "empty", "packed"])
    func `without what they need, the file is fetched with one request`(what: String) async throws {
        let scratch = try Scratch()
        let content = what == "small" ? Array(Self.content[..<1000]) : what == "empty" ? [] : Self.content
        let server = try LoopbackServer { request in
            var file = ServedFile(content)
            switch what {
            case "no ranges": file.fault = .ignoresRange
            case "no validator": file.tag = nil
            case "weak": file.tag = "W/\"v1\""
            case "no length" where request.header("Range") != nil:
                return .response(
                    status: 206, headers: [("ETag", "\"v1\""), ("Content-Range", "bytes 0-9/*")],
                    body: Array(Self.content[..<10]))
            case "packed": file.fault = .packedPart
            default: break
            }
            return file.reply(to: request)
        }
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch, ["--segments", "4", "--retry", "0"]))
        #expect(row.ok && row.numRetries == 0, "\(row)")
        #expect(try scratch.bytes("out/file") == content)
        #expect(server.requestCount == (what == "no ranges" || what == "small" ? 1 : 2))
    }

    @Test(arguments: [503, 416, 200])
    func `a range that is refused is fetched by the others`(status: Int) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let file = ServedFile(Self.content)
            guard request.number == 3 else { return file.reply(to: request) }
            if status == 200 { return .response(headers: [("ETag", "\"v2\"")], body: Self.content) }
            return .response(status: status, headers: [("Content-Range", "bytes */5")])
        }
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch, ["--segments", "4", "--retry", "0"]))
        #expect(row.ok, "\(row)")
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `a server that sends no further range is asked for the rest with one request`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let range = request.header("Range") ?? ""
            return range.hasPrefix("bytes=") && !range.hasSuffix("-") && request.number > 1
                ? .response(status: 416, headers: [("Content-Range", "bytes */5")])
                : ServedFile(Self.content).reply(to: request)
        }
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch))
        #expect(row.ok && Self.ranges(server).last == "bytes=1048576-", "\(row) \(Self.ranges(server))")
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test(arguments: [
        ServedFile.Fault.otherRange, .liesAboutRange, .otherLength, .noContentRange, .otherTag, .packedPart, .noLength,
        .tooMuch, .refusesRanges,
    ])
    func `whatever a server does with ranges, the file is right or not there`(fault: ServedFile.Fault) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            if request.number > 1 { file.fault = fault }
            return file.reply(to: request)
        }
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--segments", "4", "--retry", "2"])
        let names = try scratch.names("out")
        #expect(try Row.only(result).ok == names.contains("file"), "\(names)")
        if names.contains("file") {
            // What follows the length is not a part of the body.
            let count = fault == .tooMuch ? try scratch.bytes("out/file").count : Self.size
            #expect(try scratch.bytes("out/file")[...] == Self.content[..<count])
        }
    }

    @Test func `more bytes than a range has never reach the next one`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let ends = (request.header("Range") ?? "").dropFirst(6).split(separator: "-").compactMap { Int($0) }
            guard request.number > 1, ends.count == 2 else { return ServedFile(Self.content).reply(to: request) }
            let body = Array(Self.content[ends[0]...ends[1]]) + [UInt8](repeating: 0, count: 300_000)
            return LoopbackServer.Reply([
                .text(
                    "HTTP/1.1 206 OK\r\nETag: \"v1\"\r\nContent-Range: bytes \(ends[0])-\(ends[1])/\(Self.size)\r\n\r\n"
                ),
                .send(body), .close,
            ])
        }
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--segments", "4", "--retry", "1"])
        let names = try scratch.names("out")
        #expect(try Row.only(result).ok == names.contains("file"))
        if names.contains("file") { #expect(try scratch.bytes("out/file") == Self.content) }
    }

    /// A server that sends fewer bytes than it was asked for, and more than it says.
    @Test func `a short range with more bytes than it says costs nothing of the others`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let ends = (request.header("Range") ?? "").dropFirst(6).split(separator: "-").compactMap { Int($0) }
            guard request.number == 4, ends.count == 2 else { return ServedFile(Self.content).reply(to: request) }
            let end = ends[0] + 100_000
            return LoopbackServer.Reply([
                .text(
                    "HTTP/1.1 206 OK\r\nETag: \"v1\"\r\nContent-Range: bytes \(ends[0])-\(end - 1)/\(Self.size)\r\n\r\n"
                ),
                .wait(.milliseconds(200)), .send([UInt8](repeating: 0, count: 150_000)), .close,
            ])
        }
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch, ["--segments", "4"]))
        #expect(row.ok, "\(row)")
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    /// What a run leaves that was killed before its first segment was complete, but not the others: bytes behind a gap.
    private func leaveGap(_ server: LoopbackServer, _ scratch: Scratch, length: Int = size) async throws {
        _ = try await fetch(server, scratch, ["--retry", "0"])
        let note = try scratch.text("out/file.part.json").replacing("\"version\":1", with: "\"version\":2")
            .replacing("\"length\":\(Self.size)}", with: "\"length\":\(length),\"missing\":[[1048576,\(length)]]}")
        try scratch.write("out/file.part.json", note)
        try scratch.write(
            "out/file.part", Self.content[..<1_048_576] + [UInt8](repeating: 0, count: 4_000_000))
    }

    @Test(arguments: [[], ["--segments", "4"]])
    func `bytes behind a gap are never taken for the file, and one request notes its progress`(options: [String])
        async throws
    {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            if request.number == 1 { file.cut = 2_000_000 }
            if request.number == 2 || request.number == 3 { file.cut = 300_000 }
            return file.reply(to: request)
        }
        defer { server.stop() }
        try await leaveGap(server, scratch)
        #expect(try await fetch(server, scratch, ["--retry", "0"]).exit == 1)
        #expect(server.log.last?.header("Range") == "bytes=1048576-")
        #expect(try scratch.bytes("out/file.part")[...] == Self.content[..<1_348_576])
        let row = try Row.only(await fetch(server, scratch, options))
        #expect(row.ok)
        #expect(server.log.dropFirst(2).first?.header("Range")?.hasPrefix("bytes=1348576-") == true)
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `a length that only the note has keeps no run from asking`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            if request.number == 1 { file.cut = 2_000_000 }
            return file.reply(to: request)
        }
        defer { server.stop() }
        try await leaveGap(server, scratch, length: 1 << 50)
        let row = try Row.only(await fetch(server, scratch))
        #expect(row.ok, "\(row)")
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `-N asks for no segments of a file that is as new as the server's`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            file.headers = [("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")]
            return file.reply(to: request)
        }
        defer { server.stop() }
        #expect(try await fetch(server, scratch, ["--segments", "4", "-N"]).exit == 0)
        let before = server.requestCount
        let again = try await fetch(server, scratch, ["--segments", "4", "-N"])
        #expect(again.exit == 0 && again.stdout.contains("\"skipped\":\"not-modified\""), "\(again.stdout)")
        #expect(server.requestCount == before + 1)
        #expect(try scratch.names("out") == ["file"])
    }

    @Test(arguments: [true, false])
    func `a killed run is taken up, in segments or with one request`(inSegments: Bool) async throws {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            let reply = ServedFile(Self.content).reply(to: request)
            // The segments that come first are never answered, and those behind them are.
            return [2, 3].contains(request.number) ? LoopbackServer.Reply([.hold(gate)] + reply.steps) : reply
        }
        defer { server.stop() }
        let killed = try await Tool.start([
            "--jsonl", "--output-dir", scratch("out"), "--segments", "4", "\(server.baseURL)/file",
        ]) { tool in
            #expect(await server.waitUntil { $0.requestCount >= 8 && $0.inFlight == 2 })
            try await Task.sleep(for: .milliseconds(100))
            try tool.send(.kill)
        }
        #expect(killed.exit == 1009)
        gate.open()
        #expect(try scratch.names("out") == ["file.part", "file.part.json"])
        #expect(try scratch.text("out/file.part.json").contains("\"missing\":[["))
        let before = server.requestCount
        let row = try Row.only(await fetch(server, scratch, inSegments ? ["--segments", "4"] : []))
        #expect(row.ok, "\(row)")
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(try scratch.names("out") == ["file"])
        let later = server.log.dropFirst(before)
        if inSegments {
            #expect((row.sizeDownload ?? 0) < Self.size / 2, "\(row)")
        } else {
            #expect(later.map { $0.header("Range") } == ["bytes=1048576-"])
        }
    }

    @Test func `the body changes between two runs, and the new one is fetched`() async throws {
        let scratch = try Scratch()
        let other = ServedFile.bytes(Self.size, seed: 9)
        let server = try LoopbackServer { request in
            var file = ServedFile(request.number > 4 ? other : Self.content)
            if request.number > 4 { file.tag = "\"v2\"" }
            return request.number == 4 ? .status(404) : file.reply(to: request)
        }
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--segments", "2", "--retry", "0"])
        let result = try await fetch(server, scratch, ["--segments", "2", "--retry", "3"])
        #expect(result.exit == 0, "\(result)")
        #expect(try scratch.bytes("out/file") == other)
    }

    @Test func `limits hold: the size of a body, the digest, and --max`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { ServedFile(Self.content).reply(to: $0) }
        defer { server.stop() }
        let large = try Row.only(await fetch(server, scratch, ["--segments", "4", "--max-filesize", "5M"]))
        #expect(large.kind == "too-large", "\(large)")
        let wrong = "sha256=" + String(repeating: "0", count: 64)
        let other = try Row.only(await fetch(server, scratch, ["--segments", "4", "--checksum", wrong]))
        #expect(other.kind == "checksum-mismatch")
        #expect(try scratch.names("out") == [])
        let one = try Row.only(await fetch(server, scratch, ["--segments", "4", "--max", "1"]))
        #expect(one.ok)
        #expect(try scratch.bytes("out/file") == Self.content)
    }
}
