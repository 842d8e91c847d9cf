import TestSupport
import Testing

/// What a crawl says of its seeds, its plan and the rules that it obeys.
@Suite("crawl: words and names")
struct CrawlWordTests {
    @Test(
        "issue 21.9: a seed that is not resolved or reached says so",
        arguments: [("http://nobody.invalid/", "name-not-resolved"), ("http://127.0.0.1:1/", "connection-refused")])
    func unreached(seed: String, kind: String) async throws {
        for options in [[], ["--no-robots"], ["--check"]] {
            let result = try await Tool.run(["crawl", "--jsonl", "--retry", "0"] + options + [seed])
            #expect(try PageRow.lines(result.bytes).map(\.error?.kind) == [kind], "\(options)")
            #expect(result.exit == 1)
        }
        let row = try PageRow.lines(try await Tool.run(["crawl", "--jsonl", "--retry", "0", seed]).bytes).first
        #expect(row?.robots == "unreachable" && row?.skipped == nil)
    }

    @Test("issue 21.9: a link to a host that is not reached is a broken one")
    func brokenHost() async throws {
        let run = try await CrawlRun.run(["--check"]) { _ in CrawlRun.page("http://127.0.0.1:1/x", "/a") }
        #expect(run.rows.map(\.error?.kind) == ["connection-refused"])
        #expect(run.rows.first?.referrers?.isEmpty == false)
        #expect(run.result.exit == 1, "\(run.result.stderr)")
    }

    @Test("issue 21.9: what is a file or standard input is no host: one line, and nothing is sent")
    func files() async throws {
        let scratch = try Scratch()
        try scratch.write("list.txt", Array("http://127.0.0.1:1/\n".utf8))
        for seed in ["-", "../docs", "./docs", "/etc/hosts", ".", "~/x", "list.txt"] {
            let result = try await Tool.run(
                ["crawl", "--jsonl", seed], directory: scratch.path)
            #expect(result.exit == 2 && result.stdout == "", "\(seed)")
            #expect(result.complaints.count == 1 && result.stderr.contains(seed), "\(result.stderr)")
        }
        let host = try await Tool.run(["crawl", "--jsonl", "--retry", "0", "127.0.0.1:1/list.txt"])
        #expect(host.exit == 1)
    }

    @Test("issue 21.9: --dry-run says scope, robots and sitemaps")
    func plan() async throws {
        let seed = "http://127.0.0.1:1/a"
        let plain = try await Tool.run(["crawl", "--dry-run", seed])
        #expect(plain.stdout.hasPrefix("GET \(seed)") && plain.exit == 0)
        #expect(
            plain.complaints == [
                "fetchall: scope: host, depth at most 5, at most 10000 pages",
                "fetchall: robots: the rules for fetchall in http://127.0.0.1:1/robots.txt", "fetchall: sitemaps: none",
            ])
        let other = try await Tool.run([
            "crawl", "--dry-run", "--scope", "domain", "--exclude", "x", "--no-robots", "--sitemap", "\(seed).xml",
            seed,
        ])
        #expect(other.complaints.count == 3 && other.stderr.contains("scope: domain, --exclude x,"))
        #expect(other.stderr.contains("robots.txt is not read") && other.stderr.contains("sitemaps: \(seed).xml"))
        #expect(try await Tool.run(["crawl", "--dry-run", "-q", seed]).stderr == "")
    }

    @Test(
        "issue 21.11: -A names the crawler in robots.txt, --robots-agent another",
        arguments: [
            ([], ["/", "/mybot", "/other"]), (["-A", "MyBot/1.0"], ["/", "/fetchall", "/other"]),
            (["-H", "User-Agent: mybot"], ["/", "/fetchall", "/other"]),
            (["-A", "Mozilla/5.0 (compatible; MyBot/1.0; +http://a/)"], ["/", "/fetchall", "/other"]),
            (["-A", "MyBot/1.0", "--robots-agent", "Other-Bot"], ["/", "/fetchall", "/mybot"]),
            (["-A", "1"], ["/", "/mybot", "/other"]),
        ] as [([String], [String])])
    func agent(arguments: [String], asked: [String]) async throws {
        let robots =
            "User-agent: fetchall\nDisallow: /fetchall\nUser-agent: mybot\nDisallow: /mybot\n"
            + "User-agent: other-bot\nDisallow: /other\n"
        let run = try await CrawlRun.run(arguments, robots: .ok(robots)) {
            $0.path == "/" ? CrawlRun.page("/fetchall", "/mybot", "/other") : .html("")
        }
        #expect(run.asked.sorted() == asked)
    }

    @Test("issue 21.11: a state belongs to one name, and --explain uses it")
    func explained() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer {
            $0.path == "/robots.txt" ? .ok("User-agent: mybot\nDisallow: /x\n") : CrawlRun.page("/x")
        }
        defer { server.stop() }
        let crawl = ["crawl", "--jsonl", "--state", scratch("s"), "\(server.baseURL)/"]
        #expect(try await Tool.run(crawl + ["-A", "MyBot/1.0"]).exit == 0)
        let refused = try await Tool.run(crawl)
        #expect(refused.exit == 2 && refused.stderr.contains("--robots-agent"))
        let why = try await Tool.run(["crawl", "--explain", "\(server.baseURL)/x", "--state", scratch("s")])
        #expect(why.stdout.contains("line 2: Disallow: /x"))
    }

    @Test("issue 21.11: a name that robots.txt cannot have is refused")
    func badAgent() async throws {
        for arguments in [
            ["--robots-agent", "My Bot"], ["--robots-agent", ""], ["--robots-agent", "x", "--no-robots"],
        ] {
            let result = try await Tool.run(["crawl"] + arguments + ["http://127.0.0.1:1/"])
            #expect(result.exit == 2 && result.complaints.count == 1 && result.stderr.contains("--robots-agent"))
        }
    }

    @Test("issue 21.11: the line that the limit of robots.txt cuts is no rule")
    func cutRobots() async throws {
        var text = "User-agent: *\nDisallow: /no\n# "
        let rule = "\nDisallow: /private/x\n"
        text += String(repeating: "x", count: 512_000 - text.utf8.count - 13) + rule
        let run = try await CrawlRun.run(["--max-time", "60s"], robots: .ok(text)) {
            $0.path == "/" ? CrawlRun.page("/no", "/a", "/private/x") : .html("")
        }
        #expect(run.asked == ["/", "/a", "/private/x"])
    }

    @Test(
        "issue 21.8: types and charsets are those of browsers",
        arguments: [
            "Content-Type: text/html, text/html", "Content-Type: */*, text/html",
            "Content-Type: text/plain\r\nContent-Type: text/html", "Content-Type: text/plain, TEXT/HTML ; a=\",\"",
        ])
    func types(fields: String) async throws {
        let run = try await CrawlRun.run {
            guard $0.path == "/" else { return .status(404) }
            return .raw("HTTP/1.1 200 OK\r\n\(fields)\r\nConnection: close\r\n\r\n<a href=/a>")
        }
        #expect(run.asked == ["/", "/a"])
    }

    @Test("issue 21.8: the query of a link is in the charset of its page")
    func queries() async throws {
        let run = try await CrawlRun.run {
            guard $0.path == "/" else { return .html("") }
            return .response(
                headers: [("Content-Type", "text/html;charset=Shift_JIS")],
                body: Array("<a href='/".utf8) + [0x93, 0xFA] + Array("?q=".utf8) + [0x93, 0xFA]
                    + Array("&amp;r=&eacute;'>".utf8))
        }
        #expect(run.asked == ["/", "/%E6%97%A5?q=%93%FA&r=%26%23233%3B"])
    }
}
