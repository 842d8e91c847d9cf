import TestSupport
import Testing

@Suite("issue 24.3: accept, timeout, rate and max of a host hold for it and for no other", .timeLimit(.minutes(20)))
struct ConfigHostLimitTests {
    /// Two origins with the same handler.
    private struct Servers {
        let own: LoopbackServer
        let other: LoopbackServer

        init(_ handler: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply) throws {
            own = try LoopbackServer(handler: handler)
            other = try LoopbackServer(handler: handler)
        }

        func stop() {
            own.stop()
            other.stop()
        }

        /// A file with keys for the first server.
        func file(_ keys: String, above: String = "") -> String { "\(above)\n[hosts.\"\(own.baseURL)\"]\n\(keys)\n" }
    }

    @Test func `accept decides for its host, also behind a redirect, unless --accept is given`() async throws {
        let servers = try Servers { _ in .status(404) }
        defer { servers.stop() }
        let way = try LoopbackServer { [servers] request in
            .redirect(to: request.path == "/own" ? "\(servers.own.baseURL)/end" : "\(servers.other.baseURL)/end")
        }
        defer { way.stop() }
        let folder = try ConfigFolder(user: servers.file("accept = \"404\""))
        let urls = [
            "\(servers.own.baseURL)/", "\(servers.other.baseURL)/", "\(way.baseURL)/own", "\(way.baseURL)/other",
        ]
        let cases: [([String], [Bool])] = [
            ([], [true, false, true, false]), (["--no-config"], [false, false, false, false]),
            (["--accept", "2xx"], [false, false, false, false]), (["--accept", "404"], [true, true, true, true]),
        ]
        for (options, expected) in cases {
            let result = try await folder.run(["--jsonl", "--keep-order"] + options + urls)
            #expect(try Row.lines(result).map(\.ok) == expected, "\(options)\n\(result.stdout)\(result.stderr)")
            #expect(result.exit == (expected.contains(false) ? 1 : 0))
        }
    }

    @Test func `timeout ends what takes longer, and replaces a shorter one, unless -m is given`() async throws {
        let servers = try Servers { request in
            .ok("late", after: request.path == "/never" ? .seconds(600) : .milliseconds(1500))
        }
        defer { servers.stop() }
        let own = "\(servers.own.baseURL)/"
        let short = try ConfigFolder(user: servers.file("timeout = \"300ms\""))
        let ended = try await short.run(
            ["--jsonl", "--keep-order", "--retry", "0", own + "never", "\(servers.other.baseURL)/late"])
        let rows = try Row.lines(ended)
        #expect(rows.map(\.ok) == [false, true], "\(ended.stdout)")
        #expect(rows.first?.kind?.hasSuffix("timed-out") == true)
        // Otherwise the whole run's shorter time would end it.
        let long = try ConfigFolder(user: servers.file("timeout = 0", above: "max-time = \"200ms\""))
        let kept = try await long.run([
            "--jsonl", "--keep-order", "--retry", "0", own + "late", "\(servers.other.baseURL)/never",
        ])
        #expect(try Row.lines(kept).map(\.ok) == [true, false], "\(kept.stdout)")
        let given = try await short.run(["--jsonl", "-m", "100", own + "late"])
        #expect(given.exit == 0, "\(given.stdout)")
    }

    @Test func `max is the host's own, below that of the others or above it, unless --max-host is given`() async throws
    {
        let cases: [(String, String, [String], ClosedRange<Int>, ClosedRange<Int>)] = [
            ("max = 1", "", [], 1...1, 2...12), ("max = \"4\"", "max-host = 1", [], 2...4, 1...1),
            ("max = 1", "", ["--max-host", "6"], 2...6, 2...6),
        ]
        for (keys, above, options, own, other) in cases {
            let servers = try Servers { _ in .ok("x", after: .milliseconds(60)) }
            defer { servers.stop() }
            let folder = try ConfigFolder(user: servers.file(keys, above: above))
            let urls = ["\(servers.own.baseURL)/[1-14]", "\(servers.other.baseURL)/[1-14]"]
            let result = try await folder.run(["--jsonl", "--max", "12"] + options + urls)
            #expect(result.exit == 0, "\(result.stderr)")
            #expect(own.contains(servers.own.peakInFlight), "\(keys) \(options): \(servers.own.peakInFlight)")
            #expect(other.contains(servers.other.peakInFlight), "\(keys) \(options): \(servers.other.peakInFlight)")
        }
    }

    @Test func `rate is the host's own, in every window, unless --rate-host is given`() async throws {
        let servers = try Servers { _ in .ok() }
        defer { servers.stop() }
        let folder = try ConfigFolder(user: servers.file("rate = \"2/s\""))
        let urls = ["\(servers.own.baseURL)/[1-5]", "\(servers.other.baseURL)/[1-40]"]
        let result = try await folder.run(["--jsonl"] + urls)
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(servers.own.requestCount == 5 && servers.own.starts(in: .seconds(1)) <= 2)
        #expect(servers.other.requestCount == 40 && servers.other.starts(in: .seconds(1)) > 2)
        let given = try await folder.run(["--jsonl", "--rate-host", "1000/s", "\(servers.own.baseURL)/[1-40]"])
        #expect(given.exit == 0 && servers.own.starts(in: .seconds(1)) > 2, "\(given.stderr)")
    }

    @Test func `a pattern with a star gives each of its hosts the limit`() async throws {
        let server = try LoopbackServer { _ in .ok("x", after: .milliseconds(60)) }
        defer { server.stop() }
        let folder = try ConfigFolder(user: "[hosts.\"http://*.example.test:\(server.port)\"]\nmax = 1\n")
        let hosts = ["a.example.test", "b.example.test"].map { "\($0):\(server.port)" }
        let result = try await folder.run(
            hosts.flatMap { ["--resolve", "\($0):127.0.0.1"] } + hosts.map { "http://\($0)/[1-6]" })
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.requestCount == 12)
        for host in hosts { #expect(server.peakInFlight(host: host) == 1) }
    }

    @Test func `a crawl keeps them`() async throws {
        let links = (1...12).map { "<a href=\"/\($0)\">\($0)</a>" }.joined()
        let handler = { @Sendable (request: LoopbackServer.Request) -> LoopbackServer.Reply in
            switch request.path {
            case "/": .html(links)
            case "/robots.txt": .ok()
            default: .status(410, after: .milliseconds(60))
            }
        }
        let cases: [(String, [String], ClosedRange<Int>)] = [
            ("max = 1", [], 1...1), ("max = 5", [], 3...5), ("max = 1", ["--max-host", "2"], 2...2),
        ]
        for (keys, options, peak) in cases {
            let server = try LoopbackServer(handler: handler)
            defer { server.stop() }
            let folder = try ConfigFolder(
                user: "[hosts.\"\(server.baseURL)\"]\n\(keys)\naccept = \"200,410\"\ntimeout = \"90s\"\n")
            let result = try await folder.run(["crawl", "--jsonl", "\(server.baseURL)/"] + options)
            #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
            #expect(server.log.count { $0.path != "/robots.txt" } == 13)
            #expect(peak.contains(server.peakInFlight), "\(keys) \(options): \(server.peakInFlight)")
        }
        let server = try LoopbackServer { request in
            request.path == "/" ? .html("<a href=\"/a\"><a href=\"/b\">") : .ok()
        }
        defer { server.stop() }
        let folder = try ConfigFolder(user: "[hosts.\"\(server.baseURL)\"]\nrate = \"2/s\"\n")
        let result = try await folder.run(["crawl", "--jsonl", "\(server.baseURL)/"])
        #expect(result.exit == 0 && server.requestCount == 4, "\(result.stderr)")
        #expect(server.starts(in: .seconds(1)) <= 2)
    }

    @Test func `map and gather keep them too`() async throws {
        let servers = try Servers { _ in .json("{\"a\":1}", after: .milliseconds(60)) }
        defer { servers.stop() }
        let folder = try ConfigFolder(user: servers.file("max = 1"))
        let own = servers.own.baseURL
        let mapped = try await folder.run(["map", "--url-template", "\(own)/{id}", "1..8"])
        #expect(mapped.exit == 0, "\(mapped.stderr)")
        let gathered = try await folder.run(["gather"] + (1...8).map { "p\($0)=\(own)/\($0)" })
        #expect(gathered.exit == 0, "\(gathered.stderr)")
        #expect(servers.own.requestCount == 16 && servers.own.peakInFlight == 1)
    }

    @Test func `a resumed run has the same accept`() async throws {
        let servers = try Servers { _ in .status(404) }
        defer { servers.stop() }
        let first = try ConfigFolder(user: servers.file("accept = \"404\""))
        let arguments = { (folder: ConfigFolder) in
            ["--jsonl", "--resume", first.scratch("journal"), "-o", first.scratch("out"), "\(servers.own.baseURL)/"]
        }
        #expect(try await first.run(arguments(first)).exit == 0)
        #expect(try await first.run(arguments(first)).exit == 0)
        let other = try ConfigFolder(user: servers.file("accept = \"200\""))
        let refused = try await other.run(arguments(other))
        #expect(refused.exit == 2 && refused.stderr.contains("accept of [hosts]"), "\(refused.stderr)")
    }
}
