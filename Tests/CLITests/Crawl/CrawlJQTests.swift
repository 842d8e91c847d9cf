import FoundationEssentials
import TestSupport
import Testing

@Suite("crawl --jq", .timeLimit(.minutes(20)))
struct CrawlJQTests {
    private func site() throws -> LoopbackServer {
        try LoopbackServer { request in
            request.path == "/robots.txt" ? .status(404) : CrawlRun.page("/a", "/b", "/missing")
        }
    }

    @Test func `runs on each line, or on the whole array`() async throws {
        let server = try site()
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        let lines = try await Tool.run(["crawl", "--jsonl", "--jq", "select(.depth == 1) | .url", url])
        #expect(lines.exit == 0)
        #expect(lines.stderr == "")
        #expect(lines.lines.map { $0.dropFirst(server.baseURL.count) }.sorted() == ["/a", "/b", "/missing"])
        for form in [[], ["--json"]] {
            let whole = try await Tool.run(["crawl", "--jq", "length, map(.depth) == [0,1,1,1]", url] + form)
            #expect(whole.exit == 0)
            #expect(whole.stdout == "4\ntrue\n")
        }
    }

    @Test func `a wrong program is exit 2 before anything is sent, one that fails on a record is exit 1`() async throws
    {
        let server = try site()
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        let wrong = try await Tool.run(["crawl", "--jsonl", "--jq", ".url |", url])
        #expect(wrong.exit == 2)
        #expect(wrong.complaints.count == 1)
        #expect(wrong.stderr.contains("is not a valid jq program"))
        #expect(server.requestCount == 0)
        let failing = try await Tool.run(
            ["crawl", "--jsonl", "--jq", #"if .depth == 0 then error("no seeds") else .depth end"#, url])
        #expect(failing.exit == 1)
        #expect(failing.stdout == "1\n1\n1\n")
        #expect(failing.stderr == "fetchall: jq: no seeds\n")
        let table = try await Tool.run(["crawl", "--format", "csv", "--jq", ".", url])
        #expect(table.exit == 2)
        #expect(table.stderr.contains("--jq needs --json or --jsonl"))
    }

    @Test func `a crawl that is taken up goes on behind the lines of the same program`() async throws {
        let server = try site()
        defer { server.stop() }
        let scratch = try Scratch()
        let common = ["-o", scratch("out"), "--state", scratch("s"), "\(server.baseURL)/"]
        let arguments = ["crawl", "--jsonl", "--jq", ".index"] + common
        #expect(try await Tool.run(arguments + ["--max-pages", "2"]).exit == 0)
        #expect(try scratch.text("out") == "0\n1\n")
        for (options, reason) in [
            (["--jsonl", "--jq", ".url"], "as jsonl through another --jq"), (["--jsonl"], "as jsonl through another"),
            (["--json", "--jq", "length"], "--state and --jq need --jsonl"),
        ] {
            let result = try await Tool.run(["crawl"] + options + common)
            #expect(result.exit == 2)
            #expect(result.stderr.contains(reason), "\(result.stderr)")
            #expect(try scratch.text("out") == "0\n1\n")
        }
        // What a killed process wrote behind the last page that counts is cut.
        try scratch.write("out", try scratch.text("out") + "17")
        #expect(try await Tool.run(arguments).exit == 0)
        #expect(try scratch.text("out") == "0\n1\n2\n3\n")
    }

    @Test func `--sqlite is refused with what to do instead`() async throws {
        let result = try await Tool.run(["crawl", "--sqlite", "/tmp/x.db", "http://127.0.0.1:1/"])
        #expect(result.exit == 2)
        #expect(result.stderr.contains("--sqlite cannot be used with crawl"))
    }
}
