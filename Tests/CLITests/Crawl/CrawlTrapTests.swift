import TestSupport
import Testing

@Suite("crawl and endless sites")
struct CrawlTrapTests {
    @Test("issue 21.13: the 1,500 pages of a forum and the pages of six sessions are fetched")
    func forum() async throws {
        let run = try await CrawlRun.run(["--max-host", "8"]) { request in
            guard request.target == "/" else { return .html("") }
            let links =
                (0..<1_500).map { "/forum?start=\($0)" }
                + ["opening", "keynote2024a", "workshop-1", "panel", "closing", "dinner"].map { "/talk?session=\($0)" }
            return .html(links.map { "<a href='\($0)'>x</a>" }.joined())
        }
        #expect(run.asked.count == 1_507)
        #expect(!run.result.stderr.contains("endless"))
        #expect(run.result.exit == 0)
    }

    @Test("issue 21.6: what a trap drops is in the summary with a count and an example")
    func summary() async throws {
        let run = try await CrawlRun.run(["--summary", "--max-depth", "50"]) { request in
            request.target == "/"
                ? CrawlRun.page("/x/x/x/x/", "/y/y/y/y", "/shop") : EndlessSite.session(request.number)
        }
        let said = run.result.stderr
        #expect(
            said.contains("3 URLs look endless and were not fetched: repetitions × 2, for example http://"), "\(said)")
        #expect(said.contains("/x/x/x/x/; sessions × 1, for example http://"))
        #expect(said.contains("/shop?PHPSESSID="))
        #expect(said.contains("--no-traps fetches such URLs"))
        #expect(said.contains("\ntraps     repetitions × 2"))
        let quiet = try await CrawlRun.run(["-q"]) { _ in CrawlRun.page("/x/x/x/x") }
        #expect(quiet.result.stderr == "")
    }

    @Test("issue 21.6: the target of a redirect that a trap drops is in the summary")
    func redirect() async throws {
        let run = try await CrawlRun.run { _ in .redirect(to: "/x/x/x/x") }
        #expect(run.asked == ["/"])
        #expect(
            run.result.stderr.contains("1 URL looks endless and was not fetched: repetitions × 1, for example http://"))
    }

    @Test("issue 21.6: --no-traps fetches what looks endless")
    func noTraps() async throws {
        let run = try await CrawlRun.run(["--no-traps", "--max-pages", "20", "--max-depth", "100"]) { request in
            EndlessSite.session(request.number)
        }
        #expect(run.rows.count == 20)
        #expect(!run.result.stderr.contains("endless"))
        let deep = try await CrawlRun.run(["--no-traps"]) { request in
            request.path.count < 8 ? CrawlRun.page("x/") : .html("")
        }
        #expect(deep.asked.last == "/x/x/x/x/")
    }

    @Test("issue 21.6: a state belongs to a crawl with traps or to one without")
    func state() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in CrawlRun.page("/x/x/x/x") }
        defer { server.stop() }
        let command = ["crawl", "--jsonl", "--state", scratch("s"), server.baseURL + "/"]
        #expect(try await Tool.run(command).exit == 0)
        let other = try await Tool.run(command + ["--no-traps"])
        #expect(other.exit == 2)
        #expect(other.stderr.contains("--no-traps"))
        #expect(try await Tool.run(command + ["--no-traps", "--fresh"]).lines.count == 2)
    }
}
