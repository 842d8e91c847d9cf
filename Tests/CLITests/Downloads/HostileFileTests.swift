import FoundationEssentials
import TestSupport
import Testing

/// What a server, another run, or the user's own files must not do to a saved file.
@Suite("issue 22: no file is taken for another", .timeLimit(.minutes(20)))
struct HostileFileTests {
    private static let size = 3_000_000
    private static let content = ServedFile.bytes(size)

    private func fetch(_ server: LoopbackServer, _ scratch: Scratch, _ options: [String] = [], path: String = "/file")
        async throws -> ToolResult
    {
        try await Tool.run(
            ["--jsonl", "--retry-delay", "1ms", "--output-dir", scratch("out")] + options + ["\(server.baseURL)\(path)"]
        )
    }

    /// A server whose first response breaks off after half.
    private func server(_ change: @escaping @Sendable (inout ServedFile, LoopbackServer.Request) -> Void = { _, _ in })
        throws -> LoopbackServer
    {
        try LoopbackServer { request in
            var file = ServedFile(Self.content)
            if request.number == 1 { file.cut = 1_500_000 }
            change(&file, request)
            return file.reply(to: request)
        }
    }

    private static func get(_ rest: String, _ body: [UInt8]) -> LoopbackServer.Reply {
        LoopbackServer.Reply([
            .text("HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\n\(rest)\r\n\r\n"), .send(body), .close,
        ])
    }

    @Test(arguments: ["file.part", "file.part.json"])
    func `issue 22.2: a file of the user's that has the name is never touched`(name: String) async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: true)
        try scratch.write("out/" + name, "mine")
        let broken = try await fetch(server, scratch, ["--retry", "0"])
        #expect(broken.exit == 1)
        #expect(broken.stderr.contains("is not kept if it breaks off: there is a file \(name)"), "\(broken.stderr)")
        #expect(try scratch.names("out") == [name])
        let result = try await fetch(server, scratch)
        #expect(result.exit == 0)
        #expect(server.log.last?.header("Range") == nil)
        #expect(try scratch.bytes("out/file") == Self.content)
        #expect(try scratch.text("out/" + name) == "mine")
        #expect(try scratch.names("out") == ["file", name])
    }

    @Test func `issue 22.2: a note whose part is gone is replaced`() async throws {
        let scratch = try Scratch()
        let server = try server { file, request in if request.number == 2 { file.cut = 2_000_000 } }
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        try FileManager.default.removeItem(atPath: scratch("out/file.part"))
        _ = try await fetch(server, scratch, ["--retry", "0"])
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(server.log.last?.header("Range") == "bytes=2000000-")
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `issue 22.3: a server cannot plant a part with its note`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            .response(
                headers: [
                    (
                        "Content-Disposition",
                        "attachment; filename=\"\(request.path == "/a" ? "x.part" : "x.part.json")\""
                    )
                ], body: Array("planted".utf8))
        }
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["-J"], path: "/{a,b,x.part.json}")
        #expect(result.exit == 0)
        #expect(try !scratch.names("out").contains("x.part.json"))
    }

    @Test(arguments: [true, false])
    func `issue 22.3: a name that the server chose replaces nothing`(isContinued: Bool) async throws {
        let scratch = try Scratch()
        let server = try server { file, request in
            file.headers =
                request.header("Range") == nil
                ? [
                    ("Content-Disposition", "attachment; filename=mine"),
                    ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ] : []
        }
        defer { server.stop() }
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: true)
        try scratch.write("out/mine", "mine")
        _ = try await fetch(server, scratch, ["-J", "-R", "--retry", "0"])
        if !isContinued {
            for name in try scratch.names("out") where name != "mine" {
                try FileManager.default.removeItem(atPath: scratch("out/" + name))
            }
        }
        let row = try Row.only(await fetch(server, scratch, ["-J", "-R"]))
        #expect(row.filenameEffective == scratch("out/mine.1") && row.responseCode == (isContinued ? 206 : 200))
        #expect(try scratch.text("out/mine") == "mine" && scratch.bytes("out/mine.1") == Self.content)
        let date = try FileManager.default.attributesOfItem(atPath: scratch("out/mine.1"))[.modificationDate] as? Date
        #expect(date?.timeIntervalSince1970 == 784_111_777)
    }

    @Test(arguments: ["../../esc", ".bashrc", "sub/x"])
    func `issue 22.3: a note that somebody has planted names no file elsewhere`(name: String) async throws {
        let scratch = try Scratch()
        let server = try server()
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        let note = try scratch.text("out/file.part.json")
        try scratch.write(
            "out/file.part.json", note.replacing(",\"length\"", with: ",\"file_name\":\"\(name)\",\"length\""))
        let row = try Row.only(await fetch(server, scratch, ["-J"]))
        let saved = try #require(row.filenameEffective)
        #expect(row.responseCode == 206 && saved.hasPrefix(scratch("out/")))
        let last = saved.dropFirst(scratch("out/").count)
        #expect(!last.contains("/") && !last.hasPrefix("."), "\(last)")
        #expect(try scratch.names().allSatisfy { $0 == "out" || $0.hasPrefix("out/") })
    }

    @Test func `issue 22.2: a note is not left beside a file that took the place of its part`() async throws {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            let head = "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: \(Self.size)\r\n\r\n"
            guard request.number == 1 else { return ServedFile(Self.content).reply(to: request) }
            return LoopbackServer.Reply([.text(head), .send(Array(Self.content[..<2_000_000])), .hold(gate), .close])
        }
        defer { server.stop() }
        let arguments = ["--jsonl", "--retry", "0", "--output-dir", scratch("out"), "\(server.baseURL)/file"]
        _ = try await Tool.start(arguments) { _ in
            while !scratch.exists("out/file.part.json") { try await Task.sleep(for: .milliseconds(10)) }
            try FileManager.default.removeItem(atPath: scratch("out/file.part"))
            try scratch.write("out/file.part", "mine")
            gate.open()
        }
        #expect(try scratch.names("out") == ["file.part"])
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.text("out/file.part") == "mine" && scratch.bytes("out/file") == Self.content)
    }

    @Test(arguments: ["no tag", "another weak tag"])
    func `issue 22.2: a part that does not say of which version it is is not taken`(what: String) async throws {
        let scratch = try Scratch()
        let other = ServedFile.bytes(Self.size, seed: 7)
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let server = try LoopbackServer { request in
            var file = ServedFile(request.number == 1 ? Self.content : other)
            if request.number == 1 { file.cut = 1_500_000 }
            guard what != "no tag" else {
                guard request.header("Range") != nil else { return file.reply(to: request) }
                let range = "Content-Range: bytes 1500000-\(Self.size - 1)/\(Self.size)"
                return LoopbackServer.Reply([
                    .text("HTTP/1.1 206 OK\r\n\(range)\r\n\r\n"), .send(Array(other[1_500_000...])), .close,
                ])
            }
            file.tag = "W/\"\(request.number)\""
            file.headers = [("Last-Modified", date), ("Date", "Sun, 06 Nov 1994 08:50:00 GMT")]
            return file.reply(to: request)
        }
        defer { server.stop() }
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.bytes("out/file") == other)
        #expect(server.log.count == 3)
    }

    @Test(arguments: [true, false])
    func `issue 22.2: a part is continued for another query only by its entity tag and length`(hasTag: Bool)
        async throws
    {
        let scratch = try Scratch()
        let server = try server { file, _ in
            guard !hasTag else { return }
            file.tag = nil
            file.headers = [
                ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 08:50:00 GMT"),
            ]
        }
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"], path: "/file?v=1")
        let result = try await fetch(server, scratch, path: "/file?v=2")
        #expect(result.exit == 0)
        #expect(server.log.last?.header("Range") == (hasTag ? "bytes=1500000-" : nil))
        #expect(result.stderr.contains("it is of another URL") == !hasTag)
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test(arguments: [
        "Content-Range: bytes 1500000-2999999/3000000", "Content-Range: bytes 1500000-2999999/*",
    ])
    func `issue 22.2: a body that is longer than its range is no part of the file`(range: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            if request.number == 1 { file.cut = 1_500_000 }
            guard request.header("Range") != nil else { return file.reply(to: request) }
            return Self.get(range, Array(Self.content[1_500_000...]) + [1, 2, 3])
        }
        defer { server.stop() }
        #expect(try await fetch(server, scratch, ["--retry", "0"]).exit == 1)
        let refused = try await fetch(server, scratch, ["--retry", "0"])
        #expect(refused.exit == 1 && refused.stdout.contains("more bytes than its Content-Range"), "\(refused.stdout)")
        #expect(try scratch.bytes("out/file.part.1")[...] == Self.content[..<1_500_000])
        #expect(!scratch.exists("out/file"))
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `issue 22.2: a range that ends early is continued, also when the length is not known`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            guard let from = request.header("Range").flatMap({ Int($0.dropFirst(6).dropLast()) }) else {
                return LoopbackServer.Reply([
                    .text("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n"),
                    .send(Array(Self.content[..<4096])), .text("\r\n"), .close,
                ])
            }
            guard from < 10_000 else {
                return .response(status: 416, headers: [("Content-Range", "bytes */10000")])
            }
            let end = min(from + 3000, 10_000)
            return Self.get("Content-Range: bytes \(from)-\(end - 1)/*", Array(Self.content[from..<end]))
        }
        defer { server.stop() }
        let result = try await fetch(server, scratch, ["--retry", "9"])
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(try scratch.bytes("out/file")[...] == Self.content[..<10_000])
        #expect(server.log.compactMap { $0.header("Range") } == ["4096", "7096", "10000"].map { "bytes=\($0)-" })
    }

    @Test func `issue 22.2: a part that nobody asked for is not the file`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let range = request.path == "/whole" ? "0-2999999" : "100-299"
            let bytes = request.path == "/whole" ? Self.content : Array(Self.content[100..<300])
            return Self.get("Content-Range: bytes \(range)/3000000", bytes)
        }
        defer { server.stop() }
        for options in [[], ["--no-continue"]] {
            let result = try await fetch(server, scratch, options + ["--retry", "0"])
            #expect(result.exit == 1 && result.stdout.contains("which was not asked for"), "\(result)")
            #expect(try scratch.names("out") == [])
        }
        #expect(try await fetch(server, scratch, ["-H", "Range: bytes=100-299"]).exit == 0)
        #expect(try scratch.bytes("out/file")[...] == Self.content[100..<300])
        #expect(try await fetch(server, scratch, path: "/whole").exit == 0)
        #expect(try scratch.bytes("out/whole") == Self.content)
    }

    @Test(arguments: [416, 204, 205])
    func `issue 22.2: one odd answer does not cost a good part`(status: Int) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            var file = ServedFile(Self.content)
            if request.number == 1 { file.cut = 1_500_000 }
            guard request.number == 2 || request.number == 3 else { return file.reply(to: request) }
            return .response(status: status, headers: status == 416 ? [("Content-Range", "bytes */7")] : [])
        }
        defer { server.stop() }
        _ = try await fetch(server, scratch, ["--retry", "0"])
        let odd = try await fetch(server, scratch, ["--retry", "0"])
        #expect(odd.exit == 1 && odd.stderr.contains("it was renamed to file.part.1"), "\(odd)")
        #expect(try scratch.names("out") == ["file.part.1", "file.part.1.json"])
        #expect(try scratch.bytes("out/file.part.1")[...] == Self.content[..<1_500_000])
        // The third answer is as odd, but it is the first of this run, and there is nothing to lose.
        _ = try await fetch(server, scratch, ["--retry", "3"])
        #expect(try await fetch(server, scratch).exit == 0)
        #expect(try scratch.bytes("out/file") == Self.content)
    }

    @Test func `issue 22.1: a body without an end has no attempts without an end`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            let from = request.header("Range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            let bytes = [UInt8](repeating: 0x61, count: 1_200_000)
            return from == 0
                ? LoopbackServer.Reply([
                    .text("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n"),
                    .send(bytes),
                    .close,
                ])
                : Self.get("Content-Range: bytes \(from)-\(from + 1_199_999)/*", bytes)
        }
        defer { server.stop() }
        #expect(try await fetch(server, scratch, ["--retry", "3"]).exit == 1)
        #expect(server.requestCount == 4)
    }

    @Test(arguments: [["-I"], ["-X", "HEAD"]])
    func `issue 22.2: a request without a body empties no file`(options: [String]) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: true)
        try scratch.write("out/file", "mine")
        let result = try await fetch(server, scratch, options)
        #expect(result.exit == 2 && result.stderr.contains("--output-dir needs bodies"), "\(result.stderr)")
        let lines = try scratch.write("list", "{\"url\":\"\(server.baseURL)/file\",\"method\":\"HEAD\"}\n")
        let listed = try await Tool.run(["--jsonl", "--output-dir", scratch("out"), lines])
        #expect(listed.exit == 0 && server.log.last?.method == "HEAD", "\(listed)")
        #expect(try Row.only(listed).filenameEffective == nil)
        #expect(try scratch.text("out/file") == "mine")
    }

    @Test func `issue 22.4: -N keeps a file whatever the server makes of the question`() async throws {
        let scratch = try Scratch()
        let date = ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
        let server = try LoopbackServer { request in
            switch request.path {
            case "/dated": .response(headers: [date], body: Array("server".utf8))
            default:
                request.header("If-None-Match") == "\"t1\""
                    ? .status(304) : .response(headers: [("ETag", "\"t1\"")], body: Array("tagged".utf8))
            }
        }
        defer { server.stop() }
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: true)
        try scratch.write("out/dated", "newer!")
        let dated = try await fetch(server, scratch, ["-N"], path: "/dated")
        #expect(dated.exit == 0 && dated.stdout.contains("\"skipped\":\"not-modified\""), "\(dated)")
        #expect(try scratch.text("out/dated") == "newer!")
        // One that a broken download has left is not the server's, however new it is, nor is one with another checksum.
        try scratch.write("out/dated", "ser")
        #expect(try await fetch(server, scratch, ["-N"], path: "/dated").exit == 0)
        #expect(try scratch.text("out/dated") == "server")
        try scratch.write("out/dated", "SERVER")
        let sum = try await Tool.shell("printf server | sha256sum | cut -c1-64").lines.first.map(String.init) ?? ""
        for _ in 1...2 {
            let right = try await fetch(server, scratch, ["-N", "--checksum", "sha256=\(sum)"], path: "/dated")
            #expect(try right.exit == 0 && scratch.text("out/dated") == "server", "\(right)")
        }
        for round in 1...2 {
            #expect(try await fetch(server, scratch, ["-N"], path: "/tagged").exit == 0)
            let tag = server.log.last?.header("If-None-Match")
            let hasAttributes = try await Tool.shell(
                "python3 -c 'import os,sys; os.setxattr(sys.argv[1], \"user.x\", b\"x\")' \"$1\"",
                [scratch("out/tagged")])
            #expect(tag == (round == 2 && hasAttributes.exit == 0 ? "\"t1\"" : nil))
        }
        // What was changed since is another file.
        try scratch.write("out/tagged", "changed by the user")
        _ = try await fetch(server, scratch, ["-N"], path: "/tagged")
        #expect(server.log.last?.header("If-None-Match") == nil)
    }

    @Test func `issue 22.4: --skip-existing verifies what is there if it has a checksum`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("right") }
        defer { server.stop() }
        let sum = try await Tool.shell("printf right | sha256sum | cut -c1-64").lines.first.map(String.init) ?? ""
        let options = ["--skip-existing", "--checksum", "sha256=\(sum)"]
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: true)
        try scratch.write("out/file", "wrong")
        #expect(try await fetch(server, scratch, options).exit == 0)
        #expect(try server.requestCount == 1 && scratch.text("out/file") == "right")
        let again = try await fetch(server, scratch, options)
        #expect(again.exit == 0 && again.stdout.contains("\"skipped\":\"exists\"") && server.requestCount == 1)
    }

    @Test(arguments: [["--skip-existing"], ["-N"]])
    func `issue 22.4: a name that is known at the end only cannot exist before`(options: [String]) async throws {
        let result = try await Tool.run(["-O", "--filename-template", "{sha256}"] + options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.stderr.contains("{sha256} and \(options[0]) cannot be used together"))
    }

    @Test func `issue 22.4: --no-clobber has room for its number in the longest name`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let path = "/" + String(repeating: "n", count: 254)
        for _ in 0..<2 { #expect(try await fetch(server, scratch, ["--no-clobber"], path: path).exit == 0) }
        #expect(try scratch.names("out").count == 2)
    }
}
