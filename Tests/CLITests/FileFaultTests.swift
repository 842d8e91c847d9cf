import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("Disks and folders that do not do as they should", .timeLimit(.minutes(20)))
struct FileFaultTests {
    private static func canMount() async throws -> Bool {
        try await Tool.shell("exec unshare -m sh -c 'mount -t tmpfs none /mnt'").exit == 0
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `row 110: a disk that is full for one body is io for that URL, and leaves no file`() async throws {
        let chunk = [UInt8](repeating: 0x61, count: 4096)
        let server = try LoopbackServer { $0.path == "/large" ? .stream(length: 1 << 20, of: chunk) : .ok("small") }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=256k none /mnt
            "$0" --json --max 1 --retry 0 --output-dir /mnt/out "$1"; code=$?; ls -A /mnt/out >&2; exit $code' "$0" "$1"
            """, ["\(server.baseURL)/{one,large,two}"])
        let rows = try Row.array(result)
        #expect(rows.map(\.kind) == [nil, "io", nil], "\(rows)")
        #expect(rows.dropFirst().first?.error?.message.contains("No space left") == true)
        #expect(result.exit == 3)
        #expect(result.stderr == "one\ntwo\n")
    }

    /// Starts that fail at once, one after the other: each hands its permit to the next.
    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `row 110: a disk without inodes fails 30,000 URLs one by one, and every one has its record`() async throws {
        let server = try LoopbackServer(logLimit: 10) { _ in .ok("small") }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o nr_inodes=500 none /mnt
            exec "$0" --json --max 4 --retry 0 --output-dir /mnt/out "$1"' "$0" "$1"
            """, ["\(server.baseURL)/[1-30000]"])
        let rows = try Row.array(result)
        #expect(rows.count == 30_000)
        #expect(rows.count { $0.ok } > 400)
        #expect(Set(rows.filter { !$0.ok }.map(\.kind)) == ["io"])
        #expect(result.exit == 3, "\(result.stderr.suffix(500))")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `row 110: what a full disk prevented is not done in the journal`() async throws {
        let scratch = try Scratch()
        let chunk = [UInt8](repeating: 0x61, count: 4096)
        let server = try LoopbackServer { $0.path == "/large" ? .stream(length: 1 << 20, of: chunk) : .ok("small") }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=256k none /mnt
            run() { "$0" --jsonl --max 1 --retry 0 --output-dir /mnt/out --resume j -o records "$1"; echo "exit $?" >&2; }
            run "$1"; mount -o remount,size=8m /mnt; run "$1"; ls -A /mnt/out >&2' "$0" "$1"
            """, ["\(server.baseURL)/{one,large,two}"], directory: scratch.path)
        // Fetched again is what was not done, and nothing else.
        #expect(server.log.map(\.path) == ["/one", "/large", "/two", "/large"])
        #expect(result.complaints.filter { $0.hasPrefix("exit") } == ["exit 3", "exit 0"], "\(result.stderr)")
        #expect(result.complaints.suffix(3) == ["large", "one", "two"])
        #expect(ResumeTests.indices(try scratch.text("records")).sorted() == [0, 1, 2])
    }

    /// The moment between the two writes, made to last: the disk of the records is full, that of the journal is not.
    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `row 118: the journal knows of a record before the record is written`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer(logLimit: 10_000) { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=64k none /mnt
            run() { "$0" --jsonl --max 4 --resume j -o /mnt/out "$1"; echo "exit $?" >&2; cp /mnt/out "$2"; }
            run "$1" first; cp j before; mount -o remount,size=8m /mnt; run "$1" last' "$0" "$1"
            """, ["\(server.baseURL)/[1-500]"], directory: scratch.path)
        #expect(result.complaints.filter { $0.hasPrefix("exit") } == ["exit 3", "exit 0"], "\(result.stderr)")
        let first = try scratch.text("first")
        let ends = try scratch.text("before").split(separator: "\n").dropFirst().compactMap { line in
            line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
        }
        #expect((ends.max() ?? 0) > first.utf8.count)
        // What the journal says beyond the file is cut off and fetched again; nothing else is.
        let kept = Set(ResumeTests.indices(first))
        let last = ResumeTests.indices(try scratch.text("last"))
        #expect(last.sorted() == Array(0..<500))
        let counts = Dictionary(grouping: server.log) { (Int($0.path.dropFirst()) ?? 0) - 1 }.mapValues(\.count)
        #expect(kept.count > 50 && kept.allSatisfy { counts[$0] == 1 })
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `row 111: a folder that is read-only is told before anything is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            "exec unshare -m sh -c 'mount -t tmpfs -o ro none /mnt; exec \"$0\" --jsonl --output-dir /mnt \"$1\"' \"$0\" \"$1\"",
            ["\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.stderr.contains("/mnt: Read-only file system"))
        #expect(server.requestCount == 0)
    }

    @Test(arguments: [
        "/..%2f..%2fescape", "/%2e%2e/%2e%2e/escape", "/..%5c..%5cescape", "/a%00b", "/%2fetc%2fpasswd", "/.bashrc",
        "/-rf", "/%1B%5B31m", "/%E2%80%AEtxt", "/con%0Atrol", "/%7E", "/.", "/..", "/C:%5Cwindows", "/%FF%FE",
    ])
    func `row 112: whatever a path says, the file is in the folder under a harmless name`(path: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in
            .response(headers: [("Content-Disposition", "attachment; filename=\"../../evil\"")], body: [0x78])
        }
        defer { server.stop() }
        for template in ["{name}", "{path}", "{host}/{name}{ext}"] {
            let result = try await Tool.run(
                ["--jsonl", "--output-dir", scratch("a/out"), "--filename-template", template, server.baseURL + path],
                directory: scratch.path)
            if result.exit == 3 {
                try FileManager.default.createDirectory(atPath: scratch("a"), withIntermediateDirectories: true)
            }
        }
        let result = try await Tool.run(["--jsonl", "--output-dir", scratch("a/out"), server.baseURL + path])
        let saved = try #require(try Row.only(result).filenameEffective)
        let name = String(saved.dropFirst(scratch("a/out/").count))
        #expect(try scratch.text("a/out/" + name) == "x")
        #expect(!name.hasPrefix("-") && !name.hasPrefix(".") && !name.contains("/"))
        #expect(!name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x202E })
        // Nothing anywhere else.
        #expect(try scratch.names().allSatisfy { $0 == "a" || $0 == "a/out" || $0.hasPrefix("a/out/") })
    }

    @Test func `row 114: names that collide, also by case and as file and folder, are all kept`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { .ok($0.target) }
        defer { server.stop() }
        let targets = ["/a", "/A", "/a?q=1", "/a?q=2", "/a/b", "/a/", "/x/a"]
        let arguments =
            ["--json", "--output-dir", scratch("out"), "--filename-template", "{path}"]
            + targets.map { server.baseURL + $0 }
        let rows = try Row.array(await Tool.run(arguments))
        #expect(rows.allSatisfy { $0.ok }, "\(rows)")
        let names = rows.compactMap(\.filenameEffective)
        #expect(Set(names.map { $0.lowercased() }).count == targets.count, "\(names)")
        for (name, target) in zip(names, targets) { #expect(try scratch.text(name) == target) }
        // The same list gives the same names.
        let again = try Row.array(await Tool.run(arguments))
        #expect(again.compactMap(\.filenameEffective) == names)
    }

    @Test func `row 119: kill -9 leaves no part of a body under its final name`() async throws {
        let scratch = try Scratch()
        let chunk = [UInt8](repeating: 0x61, count: 65_536)
        let whole = 40 << 20
        let server = try LoopbackServer { _ in .stream(length: whole, of: chunk) }
        defer { server.stop() }
        for round in 1...6 {
            let folder = scratch("out\(round)")
            let result = try await Tool.start(
                ["--jsonl", "--max", "3", "--output-dir", folder, "\(server.baseURL)/f[1-30]"]
            ) { tool in
                #expect(await server.waitUntil { $0.requestCount >= 3 * round })
                try await Task.sleep(for: .milliseconds(40 * round))
                try tool.send(.kill)
            }
            #expect(result.exit == 1009 || result.exit == 0)
            for name in (try? scratch.names("out\(round)")) ?? [] where !name.hasSuffix(".part") {
                let size = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.size] as? Int
                #expect(size == whole, "\(name): \(String(describing: size))")
            }
        }
    }

    @Test(arguments: [Signal.interrupt, .terminate])
    func `row 117: a signal at any moment ends in a valid document`(signal: Signal) async throws {
        let server = try LoopbackServer { request in
            switch request.number % 4 {
            case 0: .init([.silence])
            case 1: .status(503)
            case 2: .redirect(to: "/\(request.number)")
            default: .ok("body", after: .milliseconds(request.number % 30))
            }
        }
        defer { server.stop() }
        var random = SeededRandom(seed: 117)
        for _ in 0..<8 {
            let delay = Int.random(in: 0...1200, using: &random)
            let result = try await Tool.start([
                "--json", "--body", "--max", "20", "--retry-delay", "50ms", "\(server.baseURL)/[1-300]",
            ]) { tool in
                try await Task.sleep(for: .milliseconds(delay))
                try tool.send(signal)
            }
            // Before the document began there is none; from then on it is whole.
            if result.bytes.isEmpty {
                #expect(result.exit == 128 + signal.rawValue || result.exit == 1000 + signal.rawValue)
            } else {
                #expect(result.exit == 128 + signal.rawValue, "\(result.stderr)")
                // A machine so busy that the run had no second to end in: SIGTERM cuts it off and says so. SIGINT does not.
                if signal == .terminate, result.stderr.contains("the output may be incomplete") { continue }
                #expect(try Row.array(result).map(\.index) == Array(0..<300), "after \(delay) ms")
            }
            // Two seconds, and what a busy machine takes to start and to stop.
            #expect(result.duration < .seconds(60))
        }
    }
}
