import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("issue 22: downloads that finish", .timeLimit(.minutes(20)))
struct ContinuedFileTests {
    typealias Fault = ServedFile.Fault

    private static let size = 3_000_000
    private static let content = ServedFile.bytes(size)

    /// A server whose first responses are cut after so many bytes, and whose further ones have the fault.
    private func server(
        cuts: [Int], fault: Fault = .none, change: @escaping @Sendable (inout ServedFile, Int) -> Void = { _, _ in }
    ) throws -> LoopbackServer {
        try LoopbackServer { request in
            var file = ServedFile(Self.content)
            let number = request.number - 1
            file.cut = number < cuts.count ? cuts[number] : nil
            // The first response is a good one that breaks off.
            if number > 0 { file.fault = fault }
            change(&file, number)
            return file.reply(to: request)
        }
    }

    private func fetch(_ server: LoopbackServer, _ scratch: Scratch, _ options: [String] = []) async throws
        -> ToolResult
    {
        try await Tool.run(
            ["--jsonl", "--retry-delay", "1ms", "--output-dir", scratch("out")] + options + [
                "\(server.baseURL)/file?t=secret"
            ])
    }

    @Test func `issue 22.2: the next attempt continues where the body broke off`() async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_200_000, 1_100_000])
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch))
        #expect(row.ok && row.responseCode == 206 && row.filenameEffective == scratch("out/file"))
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(try scratch.names("out") == ["file"])
        #expect(server.log.map { $0.header("Range") } == [nil, "bytes=1200000-", "bytes=2300000-"])
        #expect(server.log.map { $0.header("If-Range") } == [nil, "\"v1\"", "\"v1\""])
        #expect(server.log.last?.values("Accept-Encoding") == ["identity"])
    }

    @Test func `issue 22.2: so does the next run, and nobody else reads the note`() async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [700_000])
        defer { server.stop() }
        let failed = try await fetch(server, scratch, ["--retry", "0"])
        #expect(failed.exit == 1)
        #expect(try scratch.names("out") == ["file.part", "file.part.json"])
        let note = try scratch.text("out/file.part.json")
        #expect(!note.contains("secret") && note.contains("\"length\":3000000"))
        let mode = try FileManager.default.attributesOfItem(atPath: scratch("out/file.part.json"))[.posixPermissions]
        #expect(mode as? UInt16 == 0o600 || mode as? Int == 0o600)
        let result = try await fetch(server, scratch, ["-C", "-"])
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(try scratch.names("out") == ["file"])
        #expect(server.log.last?.header("Range") == "bytes=700000-")
    }

    @Test(arguments: [Signal.interrupt, .kill])
    func `issue 22.2: what has come of a small body is kept when the run is interrupted`(signal: Signal) async throws {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            guard request.number == 1 else { return ServedFile(Self.content).reply(to: request) }
            let head = "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: \(Self.size)\r\n\r\n"
            return LoopbackServer.Reply([
                .text(head), .send(Array(Self.content[..<100_000])), .wait(.milliseconds(1200)),
                .send(Array(Self.content[100_000..<300_000])), .hold(gate),
            ])
        }
        defer { server.stop() }
        let result = try await Tool.start([
            "--jsonl", "--output-dir", scratch("out"), "\(server.baseURL)/file",
        ]) { tool in
            if signal == .kill {
                while !scratch.exists("out/file.part.json") { try await Task.sleep(for: .milliseconds(20)) }
            } else {
                #expect(await server.waitUntil(requests: 1))
                try await Task.sleep(for: .milliseconds(600))
            }
            try tool.send(signal)
        }
        gate.open()
        if signal == .interrupt {
            #expect(result.exit == 130)
            #expect(result.stderr.contains("one unfinished file is kept (NAME.part); the same command continues it"))
        }
        #expect(try scratch.names("out") == ["file.part", "file.part.json"])
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(server.log.last?.header("Range")?.hasPrefix("bytes=") == true)
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `issue 22.2: with --no-continue nothing without its final name stays`() async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [2_000_000, 2_000_000])
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--retry", "1", "--no-continue"])
        #expect(result.exit == 1)
        #expect(try scratch.names("out") == [])
        #expect(server.log.allSatisfy { $0.header("Range") == nil })
    }

    @Test(arguments: Fault.allCases.filter { $0 != .none })
    func `issue 22.2: whatever a server does with ranges, the file is right or not there`(fault: Fault) async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_500_000], fault: fault)
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--retry", "3"])
        let row = try Row.only(result)
        let names = try scratch.names("out")
        #expect(row.ok == names.contains("file"), "\(names)")
        #expect(row.ok, "\(String(describing: row.error))")
        // What follows the length is not a part of the body.
        let right = fault == .tooMuch ? Self.content.dropLast(3) : Self.content[...]
        #expect(try scratch.bytes("out/file")[...] == right)
        #expect(server.requestCount <= 5)
    }

    @Test func `issue 22.2: a file that changed between attempts begins again`() async throws {
        let scratch = try Scratch()
        let other = ServedFile.bytes(Self.size, seed: 2)
        let server = try server(cuts: [1_500_000]) { file, number in
            guard number > 0 else { return }
            file.content = other
            file.tag = "\"v2\""
        }
        defer { server.stop() }
        let row = try Row.only(await fetch(server, scratch))
        #expect(row.ok && row.responseCode == 200)
        #expect(try scratch.bytes("out/file") == other)
    }

    @Test(arguments: [nil, "W/\"v1\""])
    func `issue 22.2: without a strong validator the next attempt begins again`(tag: String?) async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_500_000]) { file, _ in file.tag = tag }
        defer { server.stop() }
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(server.log.allSatisfy { $0.header("Range") == nil })
    }

    @Test func `issue 22.2: a Last-Modified is a validator too`() async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_500_000]) { file, _ in
            file.tag = nil
            file.headers = [
                ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 08:50:00 GMT"),
            ]
        }
        defer { server.stop() }
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(server.log.last?.header("If-Range") == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test func `issue 22.2: a compressed body that breaks off begins again`() async throws {
        let scratch = try Scratch()
        let packed = LoopbackServer.gzip(Self.content)
        let server = try LoopbackServer { request in
            let head =
                "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
            let count = request.number == 1 ? 2_000_000 : packed.count
            let steps: [LoopbackServer.Step] = [.text(head), .send(Array(packed.prefix(count)))]
            return LoopbackServer.Reply(steps + (request.number == 1 ? [.close] : []))
        }
        defer { server.stop() }
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(server.log.allSatisfy { $0.header("Range") == nil })
    }

    @Test func `issue 22.2: a part that is complete needs no more than a question`() async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_500_000])
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        try scratch.write("out/file.part", Self.content)
        let row = try Row.only(await fetch(server, scratch))
        #expect(row.ok && row.responseCode == 416 && row.sizeDownload == 0)
        #expect(try scratch.names("out") == ["file"])
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test(arguments: ["another URL", "a damaged note", "no note", "too long", "empty", "a link"])
    func `issue 22.2: what cannot be continued is put aside or left alone, and said`(what: String) async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_500_000])
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        let part = scratch("out/file.part")
        switch what {
        case "another URL":
            let note = try scratch.text("out/file.part.json")
            try scratch.write("out/file.part.json", note.replacing("/file", with: "/other"))
        case "a damaged note": try scratch.write("out/file.part.json", "{\"version\":1")
        case "no note": try FileManager.default.removeItem(atPath: part + ".json")
        case "too long": try scratch.write("out/file.part", Self.content + [1])
        case "empty": try scratch.write("out/file.part", "")
        default:
            try FileManager.default.removeItem(atPath: part)
            try scratch.write("precious", "precious")
            try FileManager.default.createSymbolicLink(atPath: part, withDestinationPath: scratch("precious"))
        }
        let result = try await fetch(server, scratch)
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(server.log.last?.header("Range") == nil)
        if what == "a link" { #expect(try scratch.text("precious") == "precious") }
        let isForeign = what == "no note" || what == "a link"
        #expect(result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains("file.part cannot be continued") == !isForeign, "\(result.stderr)")
        let names = try scratch.names("out")
        #expect(names.contains(isForeign ? "file.part" : "file.part.1"), "\(names)")
    }

    @Test(arguments: [404, 302, 503])
    func `issue 22.2: an accepted error is a file of its own, and any other leaves the part`(status: Int) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            file.cut = 1_500_000
            return request.number == 1
                ? file.reply(to: request) : .response(status: status, headers: [("Location", "/x")], body: [0x78])
        }
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        let refused = try await fetch(server, scratch, ["--retry", "0", "--no-location"])
        #expect(refused.exit == 1 && server.log.last?.header("Range") == "bytes=1500000-")
        #expect(try scratch.bytes("out/file.part").count == 1_500_000)
        let accepted = try await fetch(server, scratch, ["--no-location", "--accept", "\(status)"])
        #expect(accepted.exit == 0, "\(accepted.stdout)")
        #expect(try scratch.bytes("out/file") == [0x78])
        #expect(try scratch.names("out") == ["file"])
    }

    @Test(arguments: [["-X", "POST"], ["-d", "x"], ["-H", "Range: bytes=0-99"]])
    func `issue 22.2: another request than a plain GET continues nothing`(options: [String]) async throws {
        let scratch = try Scratch()
        let server = try server(cuts: [1_500_000])
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        let result = try await fetch(server, scratch, options)
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(server.log.last?.header("If-Range") == nil)
        #expect(try scratch.bytes("out/file")[...] == Self.content.prefix(options[0] == "-H" ? 100 : Self.size))
        #expect(try scratch.names("out") == ["file", "file.part", "file.part.json"])
    }

    @Test func `issue 22.2: a second run at the same folder says so, and takes no part of the first`() async throws {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            let head = "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: \(Self.size)\r\n\r\n"
            return LoopbackServer.Reply([
                .text(head), .send(Array(Self.content[..<2_000_000])), .hold(gate),
                .send(Array(Self.content[2_000_000...])),
            ])
        }
        defer { server.stop() }
        let arguments = ["--jsonl", "--output-dir", scratch("out"), "\(server.baseURL)/file"]
        let first = try await Tool.start(arguments) { _ in
            let end = ContinuousClock.now + .seconds(60)
            while (try? scratch.names("out").contains("file.part")) != true, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            let second = try await Tool.run(arguments)
            #expect(second.exit == 3 && second.stderr.contains("another run saves files here"), "\(second.stderr)")
            #expect(try Row.only(second).error?.message.contains("in use by another run") == true)
            gate.open()
        }
        #expect(first.exit == 0)
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(try scratch.names("out") == ["file"])
    }

    @Test func `issue 22.1: a server that cuts and ignores Range ends the run`() async throws {
        let scratch = try Scratch()
        let server = try server(cuts: Array(repeating: 2_000_000, count: 50), fault: .ignoresRange)
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--retry", "2"])
        #expect(result.exit == 1)
        // The first attempt brought two megabytes and is free.
        #expect(server.requestCount == 4)
        #expect(try Row.only(result).error?.kind == "truncated")
    }

    @Test func `issue 22.1: cuts that each come after a megabyte use up no retries`() async throws {
        let scratch = try Scratch()
        let content = ServedFile.bytes(24_000_000)
        let server = try LoopbackServer { request in
            var file = ServedFile(content)
            if request.number <= 20 { file.cut = 1_100_000 }
            return file.reply(to: request)
        }
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--retry", "2"])
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(try scratch.bytes("out/file") == content)
        #expect(server.requestCount == 21)
    }

    @Test func `issue 22.2: killed at random moments, each file is whole under its name or continued`() async throws {
        let scratch = try Scratch()
        let files = (0..<6).map { ServedFile.bytes(2_000_000 + 300_000 * $0, seed: UInt64($0)) }
        let server = try LoopbackServer { request in
            var file = ServedFile(files[Int(request.path.dropFirst()) ?? 0])
            file.pause = .milliseconds(2)
            return file.reply(to: request)
        }
        defer { server.stop() }
        let arguments = ["--jsonl", "--max", "3", "--output-dir", scratch("out"), "\(server.baseURL)/[0-5]"]
        func check() throws {
            for name in (try? scratch.names("out")) ?? [] where name.count == 1 {
                #expect(try scratch.bytes("out/" + name) == files[Int(name) ?? 0], "\(name)")
            }
        }
        for _ in 0..<6 {
            let pause = Duration.milliseconds(Int.random(in: 5...150))
            let result = try await Tool.start(arguments) { tool in
                try await Task.sleep(for: pause)
                try? tool.send(.kill)
            }
            if result.exit == 0 { break }
            try check()
        }
        let result = try await Tool.run(arguments)
        #expect(result.exit == 0, "\(result.stdout)")
        try check()
        #expect(try scratch.names("out") == (0..<6).map { "\($0)" })
    }
}
