import FetchSQLite
import FetchStore
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@Suite("Errors of the closing step are told", .timeLimit(.minutes(20)))
struct ClosingStepTests {
    private static func canMount() async throws -> Bool {
        try await Tool.shell("exec unshare -m sh -c 'mount -t tmpfs none /mnt'").exit == 0
    }

    @Test(arguments: [("/nonexistent/jar", "No such file or directory"), ("/tmp", "Is a directory")])
    func `issue 20.6: a cookie jar that cannot be made is told before anything is sent`(
        jar: String, reason: String
    ) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "--cookie-jar", jar, "\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write \(jar): \(reason)\n")
        #expect(result.stdout == "")
        #expect(server.requestCount == 0)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
    func `issue 20.6: a cookie jar that cannot be written at the end is exit 3, and the records are there`()
        async throws
    {
        let server = try LoopbackServer { _ in .response(headers: [("Set-Cookie", "a=1")]) }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "--cookie-jar", "/dev/full", "\(server.baseURL)/[1-3]"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write /dev/full: No space left on device\n")
        #expect(try Row.array(result).filter(\.ok).count == 3)
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `issue 20.6: a full disk leaves the old cookie jar as it was, and nothing beside it`() async throws {
        let cookie = "a=" + String(repeating: "x", count: 3000)
        let server = try LoopbackServer { .response(headers: [("Set-Cookie", "\($0.number)\(cookie)")]) }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=32k none /mnt; echo old >/mnt/jar
            "$0" --jsonl --cookie-jar /mnt/jar "$1"; code=$?; cat /mnt/jar; ls -A /mnt; exit $code' "$0" "$1"
            """, ["\(server.baseURL)/[1-30]"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write /mnt/jar: No space left on device\n")
        #expect(result.lines.suffix(2) == ["old", "jar"])
    }

    @Test func `issue 20.6: cookies go on from run to run, a link to the jar stays, and expired ones are dropped`()
        async throws
    {
        let scratch = try Scratch()
        try scratch.write("real", "")
        try FileManager.default.createSymbolicLink(atPath: scratch("jar"), withDestinationPath: scratch("real"))
        let server = try LoopbackServer { _ in
            .response(
                headers: [
                    ("Set-Cookie", "session=1; HttpOnly"), ("Set-Cookie", "kept=\u{FF}2; Max-Age=1000"),
                    ("Set-Cookie", "gone=3; Max-Age=0"),
                ])
        }
        defer { server.stop() }
        let arguments = ["--jsonl", "--cookie-jar", scratch("jar"), "-b", scratch("jar"), "\(server.baseURL)/"]
        for _ in 0..<2 { #expect(try await Tool.run(arguments).exit == 0) }
        let lines = try scratch.text("real").split(separator: "\n").filter { $0.contains("\t") }
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("#HttpOnly_127.0.0.1\t") && $0.hasSuffix("\tsession\t1") })
        #expect(lines.contains { $0.hasSuffix("\tkept\t\u{FF}2") })
        #expect(try scratch.text("real").hasPrefix("# Netscape HTTP Cookie File\n"))
        let sent = server.log.map { Set(($0.header("Cookie") ?? "").split(separator: "; ")) }
        #expect(sent == [[], ["session=1", "kept=\u{FF}2"]])
    }

    @Test(arguments: [
        ["--sqlite", ""], ["--sqlite", ":memory:"], ["-o", ""], ["--failed-to", ""], ["--output-dir", ""],
        ["--cookie-jar", ""], ["--cookie-jar", "-"], ["--cache=:memory:"], ["--resume", ""],
    ])
    func `issue 20.6: a name that names no file is refused, and nothing is sent`(option: [String]) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl"] + option + ["\(server.baseURL)/"], directory: scratch.path)
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains(String(option[0].prefix { $0 != "=" })))
        #expect(server.requestCount == 0)
        #expect(try scratch.names() == [])
    }

    @Test(arguments: ["", ":memory:"])
    func `issue 20.6: so in a crawl`(name: String) async throws {
        let scratch = try Scratch()
        let result = try await Tool.run(
            ["crawl", "--jsonl", "--state", name, "http://127.0.0.1:1/"], directory: scratch.path)
        #expect(result.exit == 2)
        #expect(result.stderr.contains("--state"))
        #expect(try scratch.names() == [])
    }

    /// Debian's SQLite takes names as URIs.
    @Test func `issue 20.6: file:x is a file of that name`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let name = "file:x?mode=memory"
        let result = try await Tool.run(
            ["--jsonl", "--sqlite", name, "--cache=file:c", "\(server.baseURL)/"], directory: scratch.path)
        #expect(result.exit == 0)
        #expect(try scratch.names() == ["file:c", name])
        let rows = try await withStore(scratch(name)) { try await $0.rows("SELECT count(*) AS n FROM records") }
        #expect(rows == [["n": 1]])
    }

    @Test(
        .enabled("no mount namespaces") { try await canMount() },
        arguments: [["--json"], ["--jsonl"], ["--json", "--resume", "/dev/shm/unused"], ["--json", "--body"]])
    func `issue 20.6: on a full disk the document keeps its whole records and gets its end`(options: [String])
        async throws
    {
        let scratch = try Scratch()
        let server = try LoopbackServer { .ok("line\n\($0.path),\n") }
        defer { server.stop() }
        let options = options.map { $0 == "/dev/shm/unused" ? scratch("journal") : $0 }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=64k none /mnt; out=$1; shift
            "$0" -o /mnt/out "$@"; code=$?; cp /mnt/out "$out"; exit $code' "$0" "$@"
            """, [scratch("out")] + options + ["--max", "4", "\(server.baseURL)/[1-500]"])
        #expect(result.exit == 3)
        #expect(result.stderr == "fetchall: cannot write /mnt/out: No space left on device\n")
        let rows: [Row]
        if options.contains("--jsonl") {
            let text = try scratch.text("out")
            #expect(text.hasSuffix("}\n"))
            rows = try Row.lines(ToolResult(bytes: Array(text.utf8), stderr: "", exit: 0, duration: .zero))
        } else {
            rows = try Row.array(file: scratch("out"))
            #expect(rows.map(\.index) == Array(0..<rows.count))
        }
        // A record has some 500 bytes; none that was whole was taken away.
        #expect(rows.count > 80 && rows.count < 200, "\(rows.count)")
        #expect(try scratch.text("out").utf8.count > 63 << 10)
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `issue 20.6: so do map, github and crawl`() async throws {
        let scratch = try Scratch()
        let github = try GitHubTool.silent(400)
        let server = try LoopbackServer { request in
            if request.path == "/" { return .html((1...400).map { "<a href=\"/\($0)\">x</a>" }.joined()) }
            return .json("{\"a\":\"\(String(repeating: "x", count: 300))\"}")
        }
        defer { server.stop() }
        let runs: [[String]] = [
            ["map", "--url-template", "\(server.baseURL)/{id}", "1..400"],
            ["github", "--json"] + GitHubTool.logins(400),
            ["crawl", "--json", "--no-robots", "\(server.baseURL)/"],
        ]
        for arguments in runs {
            let result = try await Tool.shell(
                """
                exec unshare -m sh -c 'mount -t tmpfs -o size=64k none /mnt; out=$1; shift
                "$0" "$@" -o /mnt/out; code=$?; cp /mnt/out "$out"; exit $code' "$0" "$@"
                """, [scratch("out")] + arguments, environment: github.environment())
            #expect(result.exit == 3, "\(arguments[0]): \(result.stderr)")
            #expect(result.stderr.contains("cannot write /mnt/out: No space left on device"))
            let text = try scratch.text("out")
            let end = arguments[0] == "map" ? "\n}\n" : "\n]\n"
            #expect(text.utf8.count > 60 << 10 && text.hasSuffix(end), "\(arguments[0]): \(text.suffix(100))")
            let python = try await Tool.shell(
                "exec python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))))' \"$1\"", [scratch("out")])
            #expect((Int(python.lines.first ?? "") ?? 0) > 20, "\(arguments[0]): \(python.stderr)")
        }
    }

    @Test(
        .enabled("no mount namespaces") { try await canMount() },
        arguments: [["--failed-to", "/dev/full"], ["--sqlite", "/mnt/db"], ["--resume", "/mnt/journal"]])
    func `issue 20.6: what fails beside the document does not take its end`(option: [String]) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .status(404) }
        defer { server.stop() }
        // An empty database with its log and index takes 64 kB already.
        let size = option[0] == "--sqlite" ? "256k" : "16k"
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=\(size) none /mnt; exec "$0" "$@"' "$0" "$@"
            """, option + ["--json", "--max", "4", "-o", scratch("out"), "\(server.baseURL)/[1-3000]"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.hasPrefix("fetchall: cannot write \(option[1]): "), "\(result.stderr)")
        let rows = try Row.array(file: scratch("out"))
        #expect(rows.map(\.index) == Array(0..<rows.count))
        #expect(!rows.isEmpty)
    }

    @Test func `issue 20.6: a --sqlite file that another process reads or locks at the end costs nothing`()
        async throws
    {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            let ok = LoopbackServer.Reply.ok()
            return request.path == "/last" ? LoopbackServer.Reply([.hold(gate)] + ok.steps) : ok
        }
        defer { server.stop() }
        let file = scratch("out.db")
        let reader = Mutex(try SQLiteConnection(path: file, busyTimeout: 60_000))
        let writer = Mutex(try SQLiteConnection(path: file, busyTimeout: 60_000))
        let result = try await Tool.start(["--json", "--sqlite", file, "\(server.baseURL)/{1,2,3,last}"]) { _ in
            #expect(await server.waitUntil { $0.requestCount == 4 && $0.inFlight == 1 })
            try reader.withLock { try $0.execute("BEGIN; SELECT count(*) FROM sqlite_schema") }
            try writer.withLock { try $0.execute("BEGIN IMMEDIATE") }
            gate.open()
            try await Task.sleep(for: .milliseconds(500))
            try writer.withLock { try $0.execute("COMMIT") }
        }
        #expect(result.exit == 0 && result.stderr == "")
        #expect(try Row.array(result).count == 4)
        try reader.withLock { reader in
            try reader.execute("COMMIT")
            #expect(try reader.prepare("SELECT count(*) FROM records").first { $0.int(0) } == 4)
            try reader.close()
        }
        try writer.withLock { try $0.close() }
    }
}
