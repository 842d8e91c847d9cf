import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("A cache spares what need not be sent", .timeLimit(.minutes(20)))
struct CacheTests {
    /// A server whose answers have a tag, and which knows it again.
    private static func taggedServer(_ headers: [(String, String)] = []) throws -> LoopbackServer {
        try LoopbackServer { request in
            let tag = "\"\(request.path)\""
            if request.header("If-None-Match") == tag { return .response(status: 304, headers: [("ETag", tag)]) }
            return .response(
                headers: [("ETag", tag), ("Content-Type", "text/plain")] + headers,
                body: Array("body of \(request.path)".utf8))
        }
    }

    /// A record without its timings and what the cache did.
    private static func constant(_ line: Substring) -> String {
        line.split(separator: ",\"").filter { member in
            !["time_", "started_at", "cache", "num_connects"].contains { member.hasPrefix($0) }
        }.joined(separator: ",\"")
    }

    @Test func `a hundred URLs twice are a hundred 304 without a body, and the same records`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer()
        defer { server.stop() }
        let arguments = [
            "--cache=" + scratch("c.sqlite"), "--jsonl", "--keep-order", "--body", "\(server.baseURL)/[1-100]",
        ]
        let first = try await Tool.run(arguments)
        #expect(first.exit == 0 && first.stderr == "")
        #expect(server.requestCount == 100)
        let second = try await Tool.run(arguments)
        #expect(second.exit == 0 && second.stderr == "")
        let asked = server.log.dropFirst(100)
        #expect(asked.count == 100)
        #expect(asked.allSatisfy { $0.header("If-None-Match") == "\"\($0.path)\"" })
        #expect(first.lines.map(Self.constant) == second.lines.map(Self.constant))
        #expect(Set(try Row.lines(first).map(\.cache)) == ["stored"])
        #expect(Set(try Row.lines(second).map(\.cache)) == ["revalidated"])
        #expect(try Row.lines(second).dropFirst(41).first?.body == "body of /42")
        for line in second.lines { RecordShape.check(line) }
    }

    @Test func `what is fresh is not asked for at all`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer([("Cache-Control", "max-age=600")])
        defer { server.stop() }
        let arguments = ["--cache=" + scratch("c.sqlite"), "--json", "--body", "\(server.baseURL)/[1-20]"]
        _ = try await Tool.run(arguments)
        let second = try await Tool.run(arguments)
        #expect(second.exit == 0)
        #expect(server.requestCount == 20)
        let rows = try Row.array(second)
        #expect(rows.map(\.cache) == Array(repeating: "fresh", count: 20))
        #expect(rows.map(\.body) == (1...20).map { "body of /\($0)" })
        // Without --cache the cache is not there.
        let third = try await Tool.run(["--json", "\(server.baseURL)/1"])
        #expect(try Row.array(third).map(\.cache) == [nil])
        #expect(server.requestCount == 21)
    }

    @Test func `what is fresh does not count against a rate`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer([("Cache-Control", "max-age=600")])
        defer { server.stop() }
        let arguments = ["--cache=" + scratch("c.sqlite"), "--jsonl", "\(server.baseURL)/[1-50]"]
        _ = try await Tool.run(arguments)
        let second = try await Tool.run(["--rate", "1/h", "--deadline", "60s"] + arguments)
        #expect(second.exit == 0)
        #expect(try Row.lines(second).map(\.cache) == Array(repeating: "fresh", count: 50))
        #expect(server.requestCount == 50)
    }

    @Test func `stored bodies are saved to files like any others`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer()
        defer { server.stop() }
        for folder in ["one", "two"] {
            let result = try await Tool.run([
                "--cache=" + scratch("c.sqlite"), "--jsonl", "--output-dir", scratch(folder),
                "\(server.baseURL)/f[1-5]",
            ])
            #expect(result.exit == 0)
        }
        #expect(try scratch.text("two/f3") == "body of /f3")
        #expect(try scratch.names("two") == scratch.names("one"))
        #expect(server.log.suffix(5).allSatisfy { $0.header("If-None-Match") != nil })
    }

    @Test func `packed bodies come out of the cache unpacked, and a redirect is remembered`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            if request.path == "/from" {
                return .redirect(to: "/to", status: 301, headers: [("Cache-Control", "max-age=6000")])
            }
            return .response(
                headers: [
                    ("Content-Encoding", "gzip"), ("Cache-Control", "max-age=6000"), ("Vary", "Accept-Encoding"),
                ],
                body: LoopbackServer.gzip(Array("hello".utf8)))
        }
        defer { server.stop() }
        for expected in ["stored", "fresh"] {
            let row = try Row.only(
                await Tool.run(["--cache=" + scratch("c.sqlite"), "--jsonl", "--body", "\(server.baseURL)/from"]))
            #expect(row.body == "hello")
            #expect(row.numRedirects == 1)
            #expect(row.cache == expected)
        }
        #expect(server.requestCount == 2)
        // Who does not unpack gets another answer.
        let raw = try Row.only(
            await Tool.run(["--cache=" + scratch("c.sqlite"), "--jsonl", "--no-compressed", "\(server.baseURL)/to"]))
        #expect(raw.cache == "stored")
    }

    @Test func `no secret is in the files of the cache, and another secret gets another answer`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            .response(
                headers: [("Cache-Control", "max-age=600"), ("Vary", "Authorization, X-Api-Key")],
                body: Array("for \(request.header("Authorization")?.count ?? 0)".utf8))
        }
        defer { server.stop() }
        let base = "\(server.baseURL)"
        let withPassword = base.replacing("http://", with: "http://user:hunter2@") + "/a"
        var bodies: [String?] = []
        for arguments in [
            [withPassword], ["-H", "Authorization: Bearer hunter3", base + "/a"], ["-u", "me:hunter4444", base + "/a"],
            ["-b", "session=hunter5", base + "/a"], ["-H", "X-Api-Key: hunter6", base + "/a"], [base + "/a"],
        ] {
            bodies.append(
                try Row.only(await Tool.run(["--cache=" + scratch("c.sqlite"), "--jsonl", "--body"] + arguments)).body)
        }
        #expect(server.requestCount == 6)
        #expect(Set(bodies).count == 4)
        let again = try Row.only(await Tool.run(["--cache=" + scratch("c.sqlite"), "--jsonl", "--body", withPassword]))
        #expect(again.cache == "fresh")
        #expect(again.body == bodies.first)
        for name in try scratch.names() {
            let bytes = try Array(Data(contentsOf: URL(filePath: scratch(name))))
            for secret in ["hunter", "dXNlcjpo", "bWU6aHVu"] {
                #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(secret) in \(name)")
            }
        }
    }

    @Test func `with cookies in a file there is no cache, and that is said`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer([("Cache-Control", "max-age=600")])
        defer { server.stop() }
        for _ in 1...2 {
            let result = try await Tool.run([
                "--cache=" + scratch("c.sqlite"), "--cookie-jar", scratch("jar"), "--jsonl", "\(server.baseURL)/",
            ])
            #expect(result.stderr.contains("--cache is off"))
            #expect(try Row.only(result).cache == nil)
        }
        #expect(server.requestCount == 2)
    }

    @Test(arguments: ["garbage", "an empty file", "a cut file", "a damaged page"])
    func `row 122: a damaged file is reported and put aside, and the run goes on`(damage: String) async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer([("Cache-Control", "max-age=600")])
        defer { server.stop() }
        let arguments = ["--cache=" + scratch("c.sqlite"), "--jsonl", "--body", "\(server.baseURL)/[1-200]"]
        _ = try await Tool.run(arguments)
        var bytes = try Array(Data(contentsOf: URL(filePath: scratch("c.sqlite"))))
        switch damage {
        case "garbage": bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        case "an empty file": bytes = []
        case "a cut file": bytes.removeLast(bytes.count / 2)
        default: for offset in 4096..<bytes.count { bytes[offset] = 0xA5 }
        }
        try scratch.write("c.sqlite", bytes)
        let result = try await Tool.run(arguments)
        #expect(result.exit == 0)
        #expect(try Row.lines(result).allSatisfy { $0.ok && $0.body?.hasPrefix("body of /") == true })
        let aside = try scratch.names().filter { $0.contains(".corrupt-") && !$0.hasSuffix("-wal") }
        if damage == "an empty file" {
            #expect(result.stderr == "" && aside.isEmpty)
        } else {
            #expect(result.complaints.count == 1)
            #expect(result.stderr.contains("c.sqlite is damaged"))
            #expect(aside.count == 1)
            if damage == "garbage", let name = aside.first {
                #expect(try Array(Data(contentsOf: URL(filePath: scratch(name)))) == bytes)
            }
        }
        let third = try await Tool.run(arguments)
        #expect(third.stderr == "")
        #expect(server.requestCount <= 400)
        #expect(try Row.lines(third).allSatisfy { $0.cache == "fresh" || $0.cache == "stored" })
    }

    @Test func `a database of another program is left alone`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer()
        defer { server.stop() }
        // A SQLite file with another application's mark: bytes 68 to 71 of the header.
        _ = try await Tool.run(["--cache=" + scratch("c.sqlite"), "\(server.baseURL)/"])
        var bytes = try Array(Data(contentsOf: URL(filePath: scratch("c.sqlite"))))
        bytes.replaceSubrange(68..<72, with: [1, 2, 3, 4])
        try scratch.write("c.sqlite", bytes)
        let result = try await Tool.run(["--cache=" + scratch("c.sqlite"), "\(server.baseURL)/"])
        #expect(result.exit == 2)
        #expect(result.stderr.contains("another program"))
        #expect(try Array(Data(contentsOf: URL(filePath: scratch("c.sqlite")))) == bytes)
        #expect(server.requestCount == 1)
    }

    @Test func `a path that cannot be written is reported before anything is sent`() async throws {
        let server = try Self.taggedServer()
        defer { server.stop() }
        let result = try await Tool.run(["--cache=/nonexistent/c.sqlite", "\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("/nonexistent/c.sqlite"))
        #expect(server.requestCount == 0)
    }

    @Test func `processes share a file`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer([("Cache-Control", "max-age=600")])
        defer { server.stop() }
        let cache = "--cache=" + scratch("c.sqlite")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                group.addTask {
                    let result = try await Tool.run([
                        cache, "--jsonl", "--body", "\(server.baseURL)/[\(number * 100)-\(number * 100 + 299)]",
                    ])
                    #expect(result.exit == 0 && result.stderr == "")
                    #expect(try Row.lines(result).count == 300)
                }
            }
            try await group.waitForAll()
        }
        let before = server.requestCount
        let all = try await Tool.run([cache, "--jsonl", "--body", "\(server.baseURL)/[0-499]"])
        #expect(Set(try Row.lines(all).map(\.cache)) == ["fresh"])
        #expect(server.requestCount == before)
    }

    @Test func `without a name the file is in XDG's folder, for its owner alone, and takes no URL for its name`()
        async throws
    {
        let scratch = try Scratch()
        let server = try Self.taggedServer()
        defer { server.stop() }
        let environment = ["XDG_CACHE_HOME": scratch("xdg")]
        let result = try await Tool.run(
            ["--cache", "--format", "table", "\(server.baseURL)/"], environment: environment)
        #expect(result.exit == 0 && result.stderr == "")
        let path = scratch("xdg/fetchall/cache.sqlite")
        let manager = FileManager.default
        #expect(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try manager.attributesOfItem(atPath: scratch("xdg/fetchall"))[.posixPermissions] as? Int == 0o700)
        #expect(try await Tool.run(["cache", "path"], environment: environment).stdout == path + "\n")
        let home = ["HOME": scratch("home"), "XDG_CACHE_HOME": "relative"]
        #expect(
            try await Tool.run(["cache", "path"], environment: home).stdout
                == scratch("home/.cache/fetchall/cache.sqlite\n"))
    }

    @Test func `stats counts and clear empties`() async throws {
        let scratch = try Scratch()
        let server = try Self.taggedServer([("Cache-Control", "max-age=600")])
        defer { server.stop() }
        let file = scratch("c.sqlite")
        #expect(
            try await Tool.run(["cache", "stats", file]).stdout.contains(
                "\"responses\":0,\"body_bytes\":0,\"file_bytes\":0"))
        #expect(try scratch.names() == [])
        _ = try await Tool.run(["--cache=" + file, "\(server.baseURL)/[0-9]"])
        #expect(try await Tool.run(["cache", "stats", file]).stdout.contains("\"responses\":10,\"body_bytes\":100,"))
        let cleared = try await Tool.run(["cache", "clear", file])
        #expect(cleared.exit == 0)
        #expect(cleared.stderr.contains("removed 10 responses"))
        #expect(try await Tool.run(["cache", "stats", file]).stdout.contains("\"responses\":0,"))
        let text = try scratch.write("urls.txt", "http://127.0.0.1:1/\n")
        #expect(try await Tool.run(["cache", "stats", text]).exit == 3)
        #expect(try scratch.text("urls.txt") == "http://127.0.0.1:1/\n")
    }
}
