import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("A run that ended early is taken up where it ended", .timeLimit(.minutes(20)))
struct ResumeTests {
    /// The indices of the records that are whole in a file of `--jsonl`, in their order.
    static func indices(_ text: String) -> [Int] {
        let end = text.lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
        return text[..<end].split(separator: "\n").compactMap { line in
            line.split(separator: ",\"").first { $0.hasPrefix("index\":") }.flatMap { Int($0.dropFirst(7)) }
        }
    }

    @Test
    func `row 118: kill -9 at thirty random moments loses nothing, doubles nothing and fetches nothing done again`()
        async throws
    {
        let scratch = try Scratch()
        let server = try LoopbackServer(logLimit: 100_000) { _ in .ok("x", after: .milliseconds(5)) }
        defer { server.stop() }
        let count = 2000
        let arguments = [
            "--jsonl", "--max", "16", "--resume", scratch("j"), "-o", scratch("out"), "\(server.baseURL)/[1-\(count)]",
        ]
        var random = SystemRandomNumberGenerator()
        var done: Set<Int> = []
        var seen = 0
        for round in 1...30 {
            let target = server.requestCount + Int.random(in: 1...110, using: &random)
            let pause = Duration.microseconds(Int.random(in: 0...3000, using: &random))
            let result = try await Tool.start(arguments) { tool in
                // On a busy machine the kill comes late, and the whole list may be done before.
                await server.waitUntil(timeout: .seconds(5)) { $0.requestCount >= target }
                try await Task.sleep(for: pause)
                try? tool.send(.kill)
            }
            #expect(result.exit == 1009 || result.exit == 0, "round \(round)")
            let log = server.log
            for request in log[seen...] {
                let index = (Int(request.path.dropFirst()) ?? 0) - 1
                #expect(!done.contains(index), "round \(round): \(index) was fetched again")
            }
            seen = log.count
            let records = Self.indices(try scratch.text("out"))
            #expect(Set(records).count == records.count, "round \(round): a record came twice")
            #expect(done.isSubset(of: records), "round \(round): a record was lost")
            done = Set(records)
            if result.exit == 0 { break }
        }
        let last = try await Tool.run(arguments)
        #expect(last.exit == 0 && last.stderr == "")
        #expect(Self.indices(try scratch.text("out")).sorted() == Array(0..<count))
        let before = server.requestCount
        let again = try await Tool.run(arguments)
        #expect(again.exit == 0)
        #expect(server.requestCount == before)
        #expect(Self.indices(try scratch.text("out")).sorted() == Array(0..<count))
    }

    @Test(arguments: ["json", "csv", "table"])
    func `every form is one whole document in the end, with what failed in its list`(format: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            request.path.hasSuffix("7") ? .status(404) : .ok("x", after: .milliseconds(10))
        }
        defer { server.stop() }
        let arguments = [
            "--format", format, "--max", "8", "--resume", scratch("j"), "-o", scratch("out"), "--failed-to",
            scratch("failed"), "\(server.baseURL)/[1-400]",
        ]
        for round in 1...5 {
            let target = server.requestCount + 40 + round
            _ = try await Tool.start(arguments) { tool in
                await server.waitUntil(timeout: .seconds(5)) { $0.requestCount >= target }
                try? tool.send(.kill)
            }
        }
        let last = try await Tool.run(arguments)
        #expect(last.exit == 1)
        let text = try scratch.text("out")
        switch format {
        case "json":
            let rows = try JSONDecoder().decode([Index].self, from: Data(text.utf8))
            #expect(rows.map(\.index) == Array(0..<400))
        case "csv":
            let lines = text.split(whereSeparator: \.isNewline)
            #expect(lines.first?.hasPrefix("id,index,url") == true)
            #expect(lines.dropFirst().compactMap { Int($0.split(separator: ",")[0]) }.sorted() == Array(0..<400))
        default:
            let lines = text.split(separator: "\n")
            #expect(lines.count == 401)
            #expect(Set(lines).count == 401)
        }
        #expect(try scratch.text("failed").split(separator: "\n").count == 40)
    }

    private struct Index: Decodable { let index: Int }

    @Test func `what the end of the run prevented has no record until it is done`() async throws {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            request.path == "/1" ? LoopbackServer.Reply([.hold(gate)] + LoopbackServer.Reply.ok().steps) : .ok()
        }
        defer { server.stop() }
        let arguments = [
            "--json", "--max", "2", "--resume", scratch("j"), "-o", scratch("out"), "\(server.baseURL)/[1-4]",
        ]
        let first = try await Tool.start(arguments) { tool in
            #expect(await server.waitUntil(requests: 4))
            try await Task.sleep(for: .milliseconds(50))
            try tool.send(.interrupt)
        }
        #expect(first.exit == 130)
        #expect(first.stderr.contains("1 not done"))
        let rows = try JSONDecoder().decode([Index].self, from: Data(scratch.text("out").utf8))
        #expect(rows.map(\.index) == [1, 2, 3])
        gate.open()
        let second = try await Tool.run(arguments)
        #expect(second.exit == 0)
        #expect(server.requestCount == 5)
        let all = try JSONDecoder().decode([Index].self, from: Data(scratch.text("out").utf8))
        #expect(all.map(\.index).sorted() == [0, 1, 2, 3])
    }

    @Test func `on standard output the second run writes the rest`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = try scratch.write("list", (0..<5).map { "\(server.baseURL)/\($0)\n" }.joined())
        let first = try await Tool.run(["--jsonl", "--resume", scratch("j"), list])
        #expect(Self.indices(first.stdout).count == 5)
        try scratch.write("list", (0..<8).map { "\(server.baseURL)/\($0)\n" }.joined())
        let second = try await Tool.run(["--jsonl", "--resume", scratch("j"), list])
        #expect(Self.indices(second.stdout).sorted() == [5, 6, 7])
        #expect(server.requestCount == 8)
    }

    @Test func `a line that was cut is not written behind`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let script = "exec \"$0\" --jsonl --resume \"$1\" \"$2\" >> \"$3\""
        _ = try await Tool.shell(script, [scratch("j"), "\(server.baseURL)/[1-2]", scratch("out")])
        let whole = try scratch.text("out")
        try scratch.write("out", whole + "{\"id\":nul")
        _ = try await Tool.shell(script, [scratch("j"), "\(server.baseURL)/[1-4]", scratch("out")])
        #expect(try scratch.text("out").hasPrefix(whole + "{\"id\":nul\n{"))
        #expect(Self.indices(try scratch.text("out")).sorted() == [0, 1, 2, 3])
    }

    @Test func `a failure of an earlier run is still a failure`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { $0.path == "/1" ? .status(404) : .ok() }
        defer { server.stop() }
        let arguments = ["--jsonl", "--resume", scratch("j"), "-o", scratch("out"), "\(server.baseURL)/[1-2]"]
        for _ in 1...2 { #expect(try await Tool.run(arguments).exit == 1) }
        #expect(server.requestCount == 2)
    }

    @Test func `saved bodies keep their names when the run is taken up`() async throws {
        let scratch = try Scratch()
        let gate = Gate()
        let server = try LoopbackServer { request in
            let reply = LoopbackServer.Reply.ok(request.target)
            return request.target == "/0/a" && !gate.isOpen ? LoopbackServer.Reply([.hold(gate)] + reply.steps) : reply
        }
        defer { server.stop() }
        let arguments = [
            "--jsonl", "--resume", scratch("j"), "-o", scratch("out"), "--output-dir", scratch("bodies"),
            "\(server.baseURL)/[0-3]/{a,a-3}",
        ]
        _ = try await Tool.start(arguments) { tool in
            #expect(await server.waitUntil(requests: 8))
            #expect(await Self.wait { (try? Self.indices(scratch.text("out")).count) == 7 })
            try tool.send(.kill)
        }
        gate.open()
        #expect(try await Tool.run(arguments).exit == 0)
        let rows = try scratch.text("out").split(separator: "\n").map {
            try JSONDecoder().decode(Saved.self, from: Data($0.utf8))
        }
        #expect(Set(rows.map(\.filename_effective)).count == 8)
        for row in rows {
            #expect(try scratch.text(row.filename_effective) == row.url.dropFirst(server.baseURL.count))
        }
    }

    private struct Saved: Decodable {
        let url: String
        let filename_effective: String
    }

    private static func wait(_ isMet: @Sendable () -> Bool) async -> Bool {
        for _ in 0..<2000 {
            if isMet() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test(arguments: [
        (["--format=csv"], "--format"), (["--jsonl", "--body"], "--body"),
        (["--jsonl", "-H", "Accept: x"], "--header"),
        (["--jsonl", "--accept", "404"], "--accept"), (["--jsonl", "-o", "elsewhere"], "--output"),
        (["--jsonl", "--jq", ".url"], "--jq"),
        (["--jsonl", "-X", "PUT"], "--request"), (["--jsonl", "--no-location"], "--max-redirs"),
    ])
    func `row 120: other options are refused by name, and nothing is touched`(options: [String], named: String)
        async throws
    {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let common = ["--resume", scratch("j"), "\(server.baseURL)/[1-2]"]
        let output = options.contains("-o") ? [] : ["-o", scratch("out")]
        _ = try await Tool.run(["--jsonl", "-o", scratch("out")] + common)
        let before = (try scratch.text("j"), try scratch.text("out"))
        let result = try await Tool.run(options + output + common, directory: scratch.path)
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("--resume: \(named) is not the same as when"))
        #expect((try scratch.text("j"), try scratch.text("out")) == before)
        #expect(server.requestCount == 2)
    }

    @Test func `a program that needs the whole document is refused`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for form in [[], ["--json"]] {
            let result = try await Tool.run(form + ["--jq", "length", "--resume", scratch("j"), "\(server.baseURL)/"])
            #expect(result.exit == 2)
            #expect(result.stderr.contains("--resume and --jq need --jsonl"))
            #expect(try scratch.names().isEmpty)
        }
        #expect(server.requestCount == 0)
    }

    @Test func `how fast and how often may change, and a token too`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let common = ["--jsonl", "--resume", scratch("j"), "-o", scratch("out")]
        _ = try await Tool.run(common + ["-H", "Authorization: Bearer hunter2", "\(server.baseURL)/[1-2]"])
        let second = try await Tool.run(
            common + ["-H", "Authorization: Bearer other", "--max", "3", "--retry", "0", "\(server.baseURL)/[1-3]"])
        #expect(second.exit == 0)
        #expect(server.requestCount == 3)
        #expect(!(try scratch.text("j").contains("hunter2")))
    }

    @Test func `row 120: a list that was changed is refused before anything is sent`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = try scratch.write("list", "\(server.baseURL)/a\n\(server.baseURL)/b\n")
        let arguments = ["--json", "--resume", scratch("j"), "-o", scratch("out"), list]
        _ = try await Tool.run(arguments)
        let before = try scratch.text("out")
        for changed in ["\(server.baseURL)/b\n\(server.baseURL)/a\n\(server.baseURL)/c\n", "\(server.baseURL)/a\n"] {
            try scratch.write("list", changed)
            let result = try await Tool.run(arguments)
            #expect(result.exit == 2)
            #expect(result.complaints.count == 1)
            #expect(result.stderr.contains("no more requests are sent"))
            #expect(try scratch.text("out") == before)
        }
        #expect(server.requestCount == 2)
    }

    @Test func `row 121: a second process on the same journal is told so`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in LoopbackServer.Reply([.silence]) }
        defer { server.stop() }
        let arguments = [
            "--jsonl", "-m", "1h", "--resume", scratch("j"), "-o", scratch("out"), "\(server.baseURL)/",
        ]
        let first = try await Tool.start(arguments) { tool in
            #expect(await server.waitUntil(requests: 1))
            let second = try await Tool.run(arguments)
            #expect(second.exit == 2)
            #expect(second.stderr == "fetchall: --resume: another process uses \(scratch("j"))\n")
            try tool.send(.kill)
        }
        #expect(first.exit == 1009)
        #expect(server.requestCount == 1)
    }

    @Test func `row 122: a file that is no journal is left as it is`() async throws {
        let scratch = try Scratch()
        let list = try scratch.write("list", "http://127.0.0.1:1/\n")
        let result = try await Tool.run(["--jsonl", "--resume", list, "-o", scratch("out"), "http://127.0.0.1:1/"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(try scratch.text("list") == "http://127.0.0.1:1/\n")
        #expect(try scratch.names() == ["list"])
        for arguments in [[list], ["-o", list, "http://127.0.0.1:1/"]] {
            let result = try await Tool.run(["--resume", list] + arguments)
            #expect(result.exit == 2)
            #expect(result.stderr == "fetchall: --resume needs a file that the run does not use otherwise\n")
            #expect(try scratch.text("list") == "http://127.0.0.1:1/\n")
        }
        let folder = try await Tool.run(["--resume", "/nonexistent/j", "http://127.0.0.1:1/"])
        #expect(folder.exit == 3)
        #expect(folder.stderr == "fetchall: cannot write /nonexistent/j: No such file or directory\n")
    }

    @Test func `a journal that cannot be written ends the run`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        // A limit on the size of files is a full disk that needs no disk: 1024 blocks of 512 bytes.
        let result = try await Tool.shell(
            "trap '' XFSZ; ulimit -f 1024; exec \"$0\" --jsonl --resume \"$1\" \"$2\" > /dev/null",
            [scratch("j"), "\(server.baseURL)/[1-100000]"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("cannot write \(scratch("j")): File too large"))
        #expect(server.requestCount < 100_000)
    }
}
