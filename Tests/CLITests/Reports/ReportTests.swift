import FetchHTTP
import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 26: reports of real runs", .timeLimit(.minutes(20)))
struct ReportTests {
    private static let formats = ["html", "markdown", "junit", "json", "har"]

    /// `--report` for each format, into files of a folder: `out.html` and so on.
    private static func arguments(_ formats: [String], _ scratch: Scratch) -> [String] {
        formats.flatMap { ["--report", "\($0)=\(scratch("out.\($0)"))"] }
    }

    private static func json(_ scratch: Scratch, _ name: String) throws -> JSONValue {
        try JSONValue.parse(scratch.bytes(name)[...])
    }

    @Test func `issue 26: each format is a file of the run's records, and the records are the same as without`()
        async throws
    {
        let server = try LoopbackServer { request in
            request.path == "/missing" ? .status(404) : .json("{\"a\":1}")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let urls = ["\(server.baseURL)/{a,b,missing}", "http://127.0.0.1:1/"]
        let result = try await Tool.run(
            ["--jsonl", "--retry", "0"] + Self.arguments(Self.formats, scratch) + urls)
        #expect(result.exit == 1 && result.stderr == "", "\(result.stderr)")
        #expect(try Row.lines(result).count == 4)
        #expect(try scratch.names() == Self.formats.map { "out.\($0)" }.sorted())
        let json = try Self.json(scratch, "out.json")
        #expect(json["totals"]?["records"]?.integer == 4 && json["totals"]?["failed"]?.integer == 2)
        #expect(json["by_status"]?["200"]?.integer == 2 && json["by_error"]?["connection-refused"]?.integer == 1)
        #expect(json["tool"]?["command"]?.string == "fetch")
        let har = try #require(try Self.json(scratch, "out.har")["log"]?["entries"])
        #expect(har[3] != nil && har[4] == nil)
        #expect((0..<4).compactMap { har[$0]?["response"]?["status"]?.integer }.sorted() == [0, 200, 200, 404])
        #expect(har[0]?["response"]?["content"]?["text"] == nil)
        #expect(try scratch.text("out.junit").contains("tests=\"4\" failures=\"2\" errors=\"0\""))
        #expect(try scratch.text("out.markdown").contains("| 4 | 2 | 2 | 0 |"))
        let page = try scratch.text("out.html")
        #expect(page.contains("<title>fetchall fetch: 4 records, 2 failed</title>") && page.contains("/missing"))
    }

    @Test func `issue 26: har-content keeps bodies, and the records have none`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/png" ? .response(body: [0x89, 0, 0xFF]) : .ok("the body")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run(
            ["--jsonl", "--har-content", "--max", "1", "-d", "password=hunter22&a=1"] + Self.arguments(["har"], scratch)
                + ["\(server.baseURL)/{text,png}"])
        #expect(result.exit == 0 && !result.stdout.contains("the body"), "\(result.stderr)")
        let entries = try #require(try Self.json(scratch, "out.har")["log"]?["entries"])
        #expect(entries[0]?["response"]?["content"]?["text"]?.string == "the body")
        #expect(entries[1]?["response"]?["content"]?["text"]?.string == "iQD/")
        #expect(entries[1]?["response"]?["content"]?["encoding"]?.string == "base64")
        #expect(entries[0]?["request"]?["postData"]?["text"]?.string == "password=***&a=1")
    }

    @Test func `issue 26: percentiles of the command line are those of the report`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run(
            ["--percentiles", "10,75,99.99", "\(server.baseURL)/[1-9]"] + Self.arguments(["json"], scratch))
        #expect(result.exit == 0)
        guard case .object(let members)? = try Self.json(scratch, "out.json")["latency"]?["percentiles"] else {
            Issue.record("no percentiles")
            return
        }
        #expect(members.map(\.key) == ["p10", "p75", "p99.99"])
    }

    @Test func `issue 26: markdown without a file is appended to the summary of the step`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let summary = try scratch.write("summary", "before\n")
        let result = try await Tool.run(
            ["--report", "markdown", "\(server.baseURL)/"], environment: ["GITHUB_STEP_SUMMARY": summary])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(try scratch.text("summary").hasPrefix("before\n## fetchall fetch: 1 record\n"))
        let unset = try await Tool.run(["--report", "markdown", "\(server.baseURL)/"])
        #expect(unset.exit == 2 && unset.stderr.contains("GITHUB_STEP_SUMMARY is not set"), "\(unset.stderr)")
        #expect(server.requestCount == 1)
    }

    @Test func `issue 26: a report takes the place of the file of an earlier run, and of what a link leads to`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        try scratch.write("old.json", String(repeating: "x", count: 100_000))
        try FileManager.default.createSymbolicLink(atPath: scratch("link.json"), withDestinationPath: "old.json")
        let result = try await Tool.run(["--report", "json=\(scratch("link.json"))", "\(server.baseURL)/"])
        #expect(result.exit == 0)
        #expect(try Self.json(scratch, "old.json")["totals"]?["ok"]?.integer == 1)
        #expect(try scratch.names() == ["link.json", "old.json"])
        let device = try await Tool.run(["--jsonl", "--report", "json=/dev/stdout", "\(server.baseURL)/"])
        #expect(device.lines.count == 2 && device.lines.last?.contains("\"totals\"") == true, "\(device.stdout)")
    }

    @Test func `issue 26: a crawl's report has its pages with their titles`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/gone" ? .status(404) : .html("<title>The title</title><a href=/gone>x</a>")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.run(
            ["crawl", "--no-robots", "--retry", "0", "\(server.baseURL)/"] + Self.arguments(Self.formats, scratch))
        #expect(result.exit == 1, "\(result.stderr)")
        #expect(try Self.json(scratch, "out.json")["totals"]?["records"]?.integer == 2)
        #expect(try Self.json(scratch, "out.har")["log"]?["entries"]?[1] != nil)
        #expect(try scratch.text("out.html").contains("The title"))
        #expect(try scratch.text("out.junit").contains("<failure type=\"http-status\""))
    }

    @Test func `issue 26: map and gather report their requests, and an optional part's failure does not count`()
        async throws
    {
        let server = try LoopbackServer { request in request.path == "/b/1" ? .status(404) : .json("{\"n\":1}") }
        defer { server.stop() }
        let scratch = try Scratch()
        let formats = ["html", "markdown", "junit", "json"]
        let map = try await Tool.run(
            ["map", "--url-template", "\(server.baseURL)/a/{id}", "1..3"] + Self.arguments(formats, scratch))
        #expect(map.exit == 0 && map.stdout.contains("\"3\""), "\(map.stderr)")
        #expect(try Self.json(scratch, "out.json")["totals"]?["ok"]?.integer == 3)
        let gather = try await Tool.run(
            ["gather", "--retry", "0", "--optional", "b", "a=\(server.baseURL)/a/1", "b=\(server.baseURL)/b/1"]
                + Self.arguments(formats, scratch))
        #expect(gather.exit == 0, "\(gather.stderr)")
        let totals = try Self.json(scratch, "out.json")["totals"]
        #expect(totals?["ok"]?.integer == 1 && totals?["failed"]?.integer == 0 && totals?["skipped"]?.integer == 1)
    }

    @Test func `issue 26: github reports a record for each login, and the times of its requests`() async throws {
        let github = try GitHubTool()
        let scratch = try Scratch()
        let result = try await github.run(
            ["octocat", "nobody-there"] + Self.arguments(["html", "markdown", "junit", "json"], scratch),
            token: GitHubTool.token)
        #expect(result.exit == 1, "\(result.stderr)")
        let json = try Self.json(scratch, "out.json")
        #expect(json["totals"]?["records"]?.integer == 2 && json["totals"]?["failed"]?.integer == 1)
        #expect(json["latency"]?["max"]?.double ?? 0 > 0)
        #expect(try scratch.text("out.junit").contains("testcase name=\"octocat\""))
        for name in try scratch.names() { #expect(try !scratch.text(name).contains(GitHubTool.token), "\(name)") }
    }
}
