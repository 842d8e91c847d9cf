import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

/// A server of large bodies that come in steps which the test controls.
private final class SteppedServer: Sendable {
    static let size = 6_400_000
    /// After half of each body, and after three quarters.
    let gates: [Gate]
    private let server: LoopbackServer

    init() throws {
        let gates = [Gate(), Gate()]
        self.gates = gates
        server = try LoopbackServer { request in
            switch request.path {
            case "/gone": return .status(404)
            case "/small": return .ok("small")
            case "/elsewhere": return .redirect(to: "/4711")
            default: break
            }
            let chunk = [UInt8](repeating: 0x61, count: 100_000)
            let isOpen = request.path == "/open"
            let head = isOpen ? "Connection: close" : "Content-Length: \(Self.size)"
            let reply = LoopbackServer.Reply([
                .text("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\(head)\r\n\r\n"),
                .flood(chunk, times: isOpen ? 60 : 32), .hold(gates[0]), .flood(chunk, times: 16), .hold(gates[1]),
                .flood(chunk, times: 16),
            ])
            return isOpen ? LoopbackServer.Reply(reply.steps + [.close]) : reply
        }
    }

    var url: String { server.baseURL }
    func stop() { server.stop() }
    func open() { for gate in gates { gate.open() } }
}

@Suite("issue 22.6: the progress of large bodies", .timeLimit(.minutes(20)))
struct ProgressTests {
    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `issue 22.6: a terminal shows bars, percentages and an ETA where bodies are saved, and is clean at the end`()
        async throws
    {
        let server = try SteppedServer()
        defer { server.stop() }
        let scratch = try Scratch()
        let names = ["one.iso", "日本語.iso"]
        let (exit, rows, frames) = try await PtyScreen.run(
            ["--output-dir", scratch("out"), "\(server.url)/one.iso", "\(server.url)/日本語.iso"]
        ) { screen in
            defer { server.open() }
            #expect(
                await screen.waitUntil { text in
                    names.allSatisfy { text.contains("\($0)") } && text.contains("0/2  6.4 of 12.8 MB  50 %")
                        && text.contains("ETA ") && text.contains("2 in flight  0 failed")
                }, "\(screen.frames.last ?? "")")
            server.gates[0].open()
            #expect(await screen.waitUntil { $0.contains("0/2  9.6 of 12.8 MB  75 %") })
        }
        #expect(exit == 0)
        let lines = frames.filter { $0.contains("]   50 %") }.last?.split(separator: "\n") ?? []
        #expect(lines.count == 3 && lines.last?.hasPrefix("0/2  6.4 of ") == true, "\(lines)")
        let bars = lines.dropLast()
        #expect(bars.count == names.count)
        for (bar, name) in zip(bars.sorted(), names) {
            #expect(bar.hasPrefix(name) && bar.contains("  [█") && bar.contains("]   50 %  "), "\(bar)")
        }
        #expect(frames.contains { $0.contains("]   75 %") })
        // A table of two rows, and the totals.
        let end = rows.joined(separator: "\n")
        #expect(
            !end.contains("ETA") && !end.contains("[") && !end.contains(" %") && !end.contains("in flight"), "\(end)")
        #expect(rows.last?.hasPrefix("2 ok, 0 failed in ") == true, "\(end)")
        #expect(rows.count { $0.contains("127.0.0.1") } == 2, "\(end)")
        #expect(try scratch.names("out") == names)
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() }, arguments: [1, 2])
    func `issue 22.6: after Ctrl-C nothing of it is left on the screen`(times: Int) async throws {
        let server = try SteppedServer()
        defer { server.stop() }
        let scratch = try Scratch()
        let (exit, rows, frames) = try await PtyScreen.run(
            ["--output-dir", scratch("out"), "\(server.url)/[1-3].iso"], columns: 40
        ) { screen in
            defer { server.open() }
            #expect(await screen.waitUntil { $0.contains("]   50 %") })
            try screen.type("\\x03")
            #expect(await screen.waitUntil { $0.contains("interrupted") })
            if times == 2 {
                // Within half a second it is the same one.
                try await Task.sleep(for: .milliseconds(600))
                try screen.type("\\x03")
            }
            #expect(await screen.waitUntil { $0.contains("interrupted") && !$0.contains("]   50 %") })
        }
        #expect(exit == 130, "\(frames.last ?? "")")
        let end = rows.joined(separator: "\n")
        #expect(!end.contains("[█") && !end.contains("ETA") && !end.contains("in flight  0"), "\(end)")
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `issue 22.6: a terminal that becomes narrower is clean too, and messages do not tear the bars`() async throws {
        let server = try SteppedServer()
        defer { server.stop() }
        let scratch = try Scratch()
        let (exit, rows, frames) = try await PtyScreen.run(
            [
                "-v", "--retry", "0", "--output-dir", scratch("out"), "\(server.url)/a-long-name-of-a-file-[1-2].iso",
                "\(server.url)/gone",
            ]
        ) { screen in
            defer { server.open() }
            #expect(await screen.waitUntil { $0.contains("1/3  6.4 of ") && $0.contains("/gone: http-status") })
            try screen.resize(columns: 44, rows: 10)
            server.gates[0].open()
            #expect(await screen.waitUntil { $0.contains("]   75 %") && $0.contains("1/3  9.6 of ") })
        }
        #expect(exit == 1)
        for frame in frames {
            let bars = frame.split(separator: "\n").filter { $0.contains("[█") }
            #expect(bars.count <= 2 && bars.allSatisfy { $0.hasPrefix("a-lon") }, "\(frame)")
        }
        let end = rows.joined(separator: "\n")
        #expect(!end.contains("[█") && !end.contains("ETA") && !end.contains("in flight"), "\(end)")
        #expect(end.replacing("\n", with: "").contains("/gone: http-status"), "\(end)")
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() })
    func `issue 22.6: a body of unknown length shows its bytes, and one behind a redirect the name that was asked for`()
        async throws
    {
        let server = try SteppedServer()
        defer { server.stop() }
        let (exit, _, frames) = try await PtyScreen.run(
            ["--progress", "bars", "\(server.url)/open", "\(server.url)/elsewhere"]
        ) { screen in
            defer { server.open() }
            #expect(
                await screen.waitUntil { text in
                    let lines = text.split(separator: "\n")
                    return lines.contains { $0.hasPrefix("open ") && $0.contains(" 6.0 MB ") }
                        && lines.contains { $0.hasPrefix("elsewhere  [█") && $0.contains("]   50 %") }
                }, "\(screen.frames.last ?? "")")
        }
        #expect(exit == 0)
        #expect(!frames.contains { $0.contains("4711") })
    }

    @Test(.enabled("no python3") { try await SystemLimitTests.hasPython() }, arguments: ["none", "line"])
    func `issue 22.6: --progress line shows no bars, and none shows nothing`(style: String) async throws {
        let server = try SteppedServer()
        defer { server.stop() }
        let scratch = try Scratch()
        let (exit, _, frames) = try await PtyScreen.run(
            ["--progress", style, "--output-dir", scratch("out"), "\(server.url)/a.iso", "\(server.url)/small"]
        ) { screen in
            defer { server.open() }
            if style == "line" {
                #expect(await screen.waitUntil { $0.contains("1/2  3.2 of 6.4 MB  ") })
            } else {
                #expect(await screen.waitUntil { $0.contains("/small") })
                try await Task.sleep(for: .milliseconds(300))
            }
        }
        #expect(exit == 0)
        #expect(!frames.contains { $0.contains("[█") })
        #expect(frames.contains { $0.contains("in flight") } == (style == "line"))
    }

    @Test func `issue 22.6: --progress json writes an object per second and one at the end, also without a terminal`()
        async throws
    {
        let server = try SteppedServer()
        defer { server.stop() }
        let scratch = try Scratch()
        async let running = Tool.shell(
            "exec \"$0\" --progress json --output-dir \"$1\" \"$2/one.iso\" \"$2/two.iso\" 2>\"$3\"",
            [scratch("out"), server.url, scratch("progress")])
        // The command may have to wait for those of other tests before it starts.
        let deadline = ContinuousClock.now + .seconds(900)
        func text() -> String { (try? scratch.text("progress")) ?? "" }
        while !text().contains("\"bytes\":6400000,"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        server.open()
        #expect(try await running.exit == 0)
        let lines = text().split(separator: "\n")
        for line in lines {
            #expect(line.hasPrefix("{\"type\":\"progress\",\"final\":"))
            _ = try JSONValue.parse(Array(line.utf8)[...])
        }
        let during = try #require(lines.first { $0.contains("\"bytes\":6400000,\"bytes_total\":12800000,") })
        #expect(during.contains("\"final\":false,") && during.contains("\"total\":2,\"done\":0,"))
        #expect(during.contains("\"bytes_total_estimated\":false,"))
        let row = "\"bytes\":3200000,\"bytes_total\":6400000,\"resumed_from\":0,"
        #expect(during.contains("{\"name\":\"one.iso\",\(row)") && during.contains("{\"name\":\"two.iso\",\(row)"))
        #expect(lines.count { $0.contains("\"final\":true") } == 1)
        let last = try #require(lines.last)
        #expect(last.contains("\"final\":true,") && last.contains("\"done\":2,\"ok\":2,\"failed\":0,"))
        #expect(last.contains("\"bytes\":12800000,\"bytes_total\":12800000,") && last.hasSuffix("\"transfers\":[]}"))
    }

    @Test func `issue 22.6: a crawl writes the same objects`() async throws {
        let server = try LoopbackServer { $0.path == "/" ? .html("<a href=/a>x</a>") : .html("") }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--no-robots", "--progress", "json", "\(server.baseURL)/"])
        #expect(result.exit == 0)
        let last = try #require(result.complaints.last)
        #expect(last.hasPrefix("{\"type\":\"progress\",\"final\":true,") && last.contains("\"total\":null,\"done\":2,"))
        #expect(last.contains("\"queued\":0,\"in_flight\":0,") && last.contains("\"bytes\":16,\"bytes_total\":null,"))
    }

    @Test(arguments: [
        (["--no-progress", "--progress", "bars"], ["--progress bars", "--no-progress"]),
        (["--progress", "json", "-q"], ["--progress json", "-q"]),
        (["--progress=line", "-q"], ["--progress line", "-q"]), (["--progress", "bar"], ["--progress", "bar"]),
    ])
    func `issue 22.6: two options that contradict each other are refused by name`(arguments: [String], named: [String])
        async throws
    {
        for command in OptionMatrix.commands {
            let own = command == "map" ? ["--url-template", "http://127.0.0.1:1/{id}"] : []
            let result = try await Tool.run([command] + own + arguments + ["http://127.0.0.1:1/"])
            #expect(result.exit == 2)
            #expect(result.complaints.count == 1 && named.allSatisfy { result.stderr.contains($0) }, "\(result.stderr)")
        }
    }

    @Test(arguments: [["--no-progress", "--progress", "none"], ["-q", "--progress", "none"], ["--progress", "bars"]])
    func `issue 22.6: without a terminal there are no bars, and none with any other option is nothing`(
        arguments: [String]
    ) async throws {
        let server = try LoopbackServer { _ in .ok(after: .milliseconds(250)) }
        defer { server.stop() }
        let result = try await Tool.run(arguments + ["--format", "table", "\(server.baseURL)/"])
        #expect(result.exit == 0 && result.stderr == "")
    }
}
