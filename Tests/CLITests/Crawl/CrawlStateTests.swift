import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@Suite("crawl --state")
struct CrawlStateTests {
    /// `PRAGMA integrity_check`, and the URLs that are done, as Python's SQLite sees them.
    static func look(_ path: String) async throws -> (integrity: String, done: Set<String>) {
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            print(db.execute('PRAGMA integrity_check').fetchone()[0])
            for row in db.execute('SELECT url FROM url WHERE state IN (2, 3)'): print(row[0])
            """
        let result = try await Subprocess.run(
            .name("python3"), arguments: ["-c", script, path], output: .string(limit: 1 << 26), error: .discarded)
        let lines = result.standardOutput.split(whereSeparator: \.isNewline).map(String.init)
        return (lines.first ?? "", Set(lines.dropFirst()))
    }

    /// The size of the crawl that is killed: `PAGES,HOSTS,KILLS`; docs/crawl.md has the command for the large one.
    static let size = (ProcessInfo.processInfo.environment["FETCHALL_KILL_TEST"] ?? "400,8,6")
        .split(separator: ",").compactMap { Int($0) }

    @Test("row 118: killed at random moments and taken up each time, every page is in the output once")
    func killed() async throws {
        let (pages, hosts, rounds, most) = (Self.size[0], Self.size[1], Self.size[2], 8)
        let scratch = try Scratch()
        let port = Shared(0)
        let server = try LoopbackServer(logLimit: 1_000_000) { request in
            let site = GeneratedSite(hosts: hosts, pages: pages, port: port.value)
            // Slow enough that all kills fall into the crawl.
            return site.page(request.path).map { .html(site.html($0), after: .milliseconds(10)) } ?? .status(404)
        }
        defer { server.stop() }
        port.update { $0 = server.port }
        let site = GeneratedSite(hosts: hosts, pages: pages, port: server.port)
        let arguments = [
            "crawl", "--jsonl", "-o", scratch("out"), "--state", scratch("state"), "--max", "\(most)", "--max-host",
            "2",
            "--max-depth", "50", "--scope", "any", site.url(0),
        ]
        func fetched(from start: Int) -> [String] {
            server.log[start...].filter { $0.path.hasPrefix("/p/") }.map { "http://\($0.host)\($0.path)" }
        }
        var random = SeededRandom(seed: UInt64.random(in: 0 ... .max))
        var (kills, worst) = (0, 0)
        var total = 0
        var done: Set<String> = []
        for round in 0...rounds {
            let start = server.requestCount
            // The pages that are left, at most 8 in 10 ms, are spread over the kills that are left.
            let left = (pages - done.count) * 10 / most * 2 / max(1, rounds - round + 1)
            let wait = Duration.milliseconds(Int.random(in: 20...max(60, left), using: &random))
            let result = try await Tool.start(arguments) { tool in
                guard round < rounds else { return }
                try await Task.sleep(for: wait)
                try? tool.send(.kill)
            }
            if result.exit == 1009 { kills += 1 } else { #expect(result.exit == 0, "\(result.stderr)") }
            guard FileManager.default.fileExists(atPath: scratch("state")) else { continue }
            let state = try await Self.look(scratch("state"))
            // What the dead process had sent has arrived meanwhile.
            let now = fetched(from: start)
            #expect(Set(now).count == now.count, "a page was fetched twice by one run")
            #expect(done.isDisjoint(with: now), "pages that were complete were fetched again")
            #expect(state.integrity == "ok")
            #expect(state.done.isSuperset(of: done))
            done = state.done
            worst = max(worst, Set(now).subtracting(done).count)
            total += now.count
        }
        #expect(kills > rounds / 2, "\(kills) of \(rounds) kills came in time")
        #expect(worst <= most, "\(worst) pages were lost by one kill")
        #expect(total <= pages + kills * most)
        let rows = try PageRow.file(scratch("out"))
        #expect(rows.count == pages)
        #expect(Set(rows.map(\.url)) == site.all)
        #expect(rows.map(\.index) == Array(0..<pages))
        if pages > 1000 { print("\(kills) kills, \(total) fetches of \(pages) pages, most lost by one kill: \(worst)") }
        // Once more: nothing is left to do.
        let last = server.requestCount
        _ = try await Tool.run(arguments)
        #expect(server.requestCount == last)
    }

    @Test("a JSON array that is taken up stays one array")
    func array() async throws {
        let server = try LoopbackServer { CrawlRun.page("/1", "/2", "/3", $0.path == "/robots.txt" ? "" : "/4") }
        defer { server.stop() }
        let scratch = try Scratch()
        for pages in ["1", "3", "9"] {
            let result = try await Tool.run([
                "crawl", "--json", "-o", scratch("out"), "--state", scratch("s"), "--no-robots", "--max-pages", pages,
                "\(server.baseURL)/",
            ])
            #expect(result.exit == 0)
            let rows = try JSONDecoder().decode([Named].self, from: Data(contentsOf: URL(filePath: scratch("out"))))
            #expect(rows.map(\.index) == Array(0..<min(Int(pages) ?? 0, 5)))
        }
    }

    private struct Named: Decodable { let index: Int }

    @Test("records that the output has lost are fetched again, and half a line is cut")
    func lostOutput() async throws {
        let server = try LoopbackServer { _ in CrawlRun.page("/1", "/2", "/3") }
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = [
            "crawl", "--jsonl", "-o", scratch("out"), "--state", scratch("s"), "--no-robots", "\(server.baseURL)/",
        ]
        _ = try await Tool.run(arguments)
        var bytes = Array(try scratch.text("out").utf8)
        bytes.removeLast(100)
        try scratch.write("out", bytes)
        let result = try await Tool.run(arguments)
        #expect(result.stderr.contains("1 pages will be fetched again"))
        #expect(Set(try PageRow.file(scratch("out")).map(\.path)) == ["/", "/1", "/2", "/3"])
        #expect(server.requestCount == 5)
        // What a killed process wrote behind the last complete page is cut.
        try scratch.write("out", try scratch.text("out") + "{\"id\":null,\"ind")
        _ = try await Tool.run(arguments)
        #expect(try PageRow.file(scratch("out")).count == 4)
    }

    @Test("row 120: other seeds, other options and another format are refused")
    func refused() async throws {
        let server = try LoopbackServer { _ in .html("") }
        defer { server.stop() }
        let scratch = try Scratch()
        let base = ["crawl", "--jsonl", "-o", scratch("out"), "--state", scratch("s")]
        _ = try await Tool.run(base + ["\(server.baseURL)/"])
        let before = try scratch.text("out")
        for (arguments, word) in [
            (base + ["\(server.baseURL)/other"], "seeds"),
            (base + ["--scope", "any", "\(server.baseURL)/"], "--scope"),
            (["crawl", "--csv", "\(server.baseURL)/"], ""),
            (
                ["crawl", "--format", "csv", "-o", scratch("out"), "--state", scratch("s"), "\(server.baseURL)/"],
                "jsonl"
            ),
        ] {
            let result = try await Tool.run(arguments)
            #expect(result.exit == 2, "\(arguments)")
            #expect(result.stderr.contains(word))
        }
        #expect(try scratch.text("out") == before)
        let fresh = try await Tool.run(base + ["--fresh", "\(server.baseURL)/other"])
        #expect(fresh.exit == 0)
        #expect(try PageRow.file(scratch("out")).map(\.path) == ["/other"])
    }

    @Test("row 121: a second process is refused, and the first goes on")
    func twoProcesses() async throws {
        let gate = Gate()
        let server = try LoopbackServer { request in
            request.path == "/held"
                ? .init([.hold(gate), .send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))])
                : CrawlRun.page("/held")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = [
            "crawl", "--jsonl", "-o", scratch("out"), "--state", scratch("s"), "--no-robots", "--max-time", "300s",
            "\(server.baseURL)/",
        ]
        let first = try await Tool.start(arguments) { _ in
            await server.waitUntil(requests: 2)
            let second = try await Tool.run(arguments)
            #expect(second.exit == 2)
            #expect(second.stderr.contains("in use"))
            gate.open()
        }
        #expect(first.exit == 0)
        #expect(try PageRow.file(scratch("out")).count == 2)
    }

    @Test("row 122: a damaged or empty state is refused and left as found", arguments: ["", "no database at all"])
    func damaged(content: String) async throws {
        let scratch = try Scratch()
        try scratch.write("s", content)
        let result = try await Tool.run(["crawl", "--jsonl", "--state", scratch("s"), "http://127.0.0.1:1/"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(try scratch.text("s") == content)
        #expect(try scratch.names() == ["s"])
    }

    @Test("--explain says why a URL was fetched or not")
    func explain() async throws {
        let server = try LoopbackServer {
            $0.path == "/robots.txt"
                ? .ok("User-agent: *\nDisallow: /x\n") : CrawlRun.page("/a", "/x", "http://b.test/")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        _ = try await Tool.run(["crawl", "--jsonl", "--state", scratch("s"), "\(server.baseURL)/"])
        for (url, words) in [
            ("\(server.baseURL)/a", ["fetched: status 200", "found on \(server.baseURL)/"]),
            ("\(server.baseURL)/x", ["robots.txt forbids it", "line 2: Disallow: /x"]),
            ("http://b.test/", ["out of scope"]), ("\(server.baseURL)/never", ["unknown", "scope: inside"]),
        ] {
            let result = try await Tool.run(["crawl", "--explain", url, "--state", scratch("s")])
            #expect(result.exit == 0)
            for word in words { #expect(result.stdout.contains(word), "\(result.stdout)") }
        }
    }

    @Test("SIGINT ends a crawl with what is finished written; the same command takes it up")
    func interrupted() async throws {
        let isSilent = Shared(true)
        let server = try LoopbackServer { request in
            let number = Int(request.path.dropFirst(2)) ?? 0
            return number >= 4 && isSilent.value ? .init([.silence]) : .html("<a href=/p\(number + 1)>x</a>")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = [
            "crawl", "--jsonl", "-o", scratch("out"), "--state", scratch("s"), "--no-robots", "--max-depth", "12",
            "\(server.baseURL)/p0",
        ]
        let result = try await Tool.start(arguments) { tool in
            await server.waitUntil(requests: 5)
            try tool.send(.interrupt)
        }
        #expect(result.exit == 130)
        let first = try PageRow.file(scratch("out"))
        #expect(first.map(\.path) == (0...3).map { "/p\($0)" })
        isSilent.update { $0 = false }
        _ = try await Tool.run(arguments)
        #expect(try PageRow.file(scratch("out")).map(\.path) == (0...12).map { "/p\($0)" })
    }
}
