import TestSupport
import Testing

@Suite("issue 25: fetchall check, a site", .timeLimit(.minutes(10)))
struct CheckSiteTests {
    /// What the site's own server answers.
    private static func reply(_ request: LoopbackServer.Request, _ page: String, _ count: Shared<Int>)
        -> LoopbackServer.Reply
    {
        switch request.path {
        case "/robots.txt": .ok("User-agent: *\nDisallow: /private\n")
        case "/": .html(page)
        case "/ok": .html("<p id=in>x</p><a name='old'>y</a>")
        case "/big.pdf":
            .stream(length: 20 << 20, of: Array("0123456789".utf8), headers: [("Content-Type", "application/pdf")])
        case "/204": .status(204)
        case "/401": .status(401)
        case "/403": .status(403)
        case "/410": .status(410)
        case "/500": .status(500)
        case "/moved": .redirect(to: "/ok", status: 301)
        case "/308": .redirect(to: "/ok", status: 308)
        case "/302": .redirect(to: "/ok")
        case "/303": .redirect(to: "/ok", status: 303)
        case "/307": .redirect(to: "/ok", status: 307)
        case "/chain": .redirect(to: "/302", status: 301)
        case "/loop": .redirect(to: "/loop2")
        case "/loop2": .redirect(to: "/loop")
        case "/self": .redirect(to: "/self")
        case "/nowhere": .status(302)
        case "/to-gone": .redirect(to: "/gone")
        case "/to-ftp": .redirect(to: "ftp://127.0.0.1/x")
        case "/to-bad": .redirect(to: "http://[")
        case "/reset": .raw("", then: .reset)
        case "/empty": .raw("", then: .close)
        case "/half": .raw("HTTP/1.1 200 OK\r\nContent-Le", then: .close)
        case "/garbage": .raw("SSH-2.0-OpenSSH_9.2\r\n", then: .close)
        case "/short":
            .raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\nx", then: .close)
        case "/flaky":
            count.update { count in
                count += 1
                return count
            } == 1 ? .raw("", then: .reset) : .html("")
        case "/silent": LoopbackServer.Reply([.silence])
        case "/pic.png": .response(headers: [("Content-Type", "image/png")], body: [1, 2, 3])
        default:
            if request.path.hasPrefix("/many/"), let number = Int(request.path.dropFirst(6)) {
                .redirect(to: "/many/\(number + 1)")
            } else {
                .status(404)
            }
        }
    }

    private static func cases(_ other: LoopbackServer, plain: Int, closed: Int) -> [CheckCase] {
        let out = other.baseURL
        return [
            .link("/ok"), .link("/ok#in"), .link("/ok#old"), .link("/ok#out", "fragment-missing"), .link("#here"),
            .link("#nowhere", "fragment-missing"), .link("#top"), .link("#"), .link("/ok#:~:text=x"), .link("/ok?q=1"),
            .link("/gone", "http-status"), .link("/410", "http-status"), .link("/500", "http-status"),
            .link("/401", "http-status"), .link("/403", "http-status"), .link("/204"), .link("/big.pdf"),
            .link("/moved", "redirected-permanently"), .link("/308", "redirected-permanently"), .link("/302"),
            .link("/303"), .link("/307"), .link("/chain"), .link("/loop", "too-many-redirects"),
            .link("/self", "too-many-redirects"), .link("/many/0", "too-many-redirects"),
            .link("/nowhere", "http-status"), .link("/to-gone", "http-status"), .link("/to-ftp", "blocked-scheme"),
            .link("/to-bad", "invalid-url"), .link("/moved#in", "redirected-permanently"),
            .link("/moved#out", "fragment-missing"), .link("/reset", "connection-reset"),
            .link("/empty", "empty-reply"), .link("/half", "truncated"), .link("/garbage", "protocol-error"),
            .link("/short", "truncated"), .link("/flaky"), .link("/silent", "timed-out"), .link("\(out)/alive"),
            .link("\(out)/no-head"), .link("\(out)/head-404"), .link("\(out)/head-reset"),
            .link("\(out)/gone", "http-status"), .link("\(out)/alive#x"), .link("//127.0.0.2:\(other.port)/alive"),
            .link("http://127.0.0.1:\(closed)/", "connection-refused"),
            .link("http://nothing.invalid/", "name-not-resolved"),
            .link("https://127.0.0.1:\(plain)/", "tls-failed"), .link("http://h:99999/", "malformed"),
            .link("http://[::1/", "malformed"), .link("https://exa mple.com/", "malformed"),
            .link("http://", "malformed"), .link("hhttps://example.org/", "malformed"),
            .link("mailto:a@example.org"), .link("mailto:nobody", "mail-invalid"),
            .link("tel:1", "other-scheme"), .link("javascript:void(0)", "other-scheme"), .link("/private", "robots"),
            .element("<img src=/pic.png>"), .element("<img src=/missing.png>", "http-status"),
            .element("<script src=/missing.js></script>", "http-status"), .element("<!-- <a href=/comment>x</a> -->"),
        ]
    }

    @Test func `60 kinds of links over HTTP have exactly their verdicts, each with its page and line`() async throws {
        let other = try LoopbackServer(host: "127.0.0.2") { request in
            switch request.path {
            case "/alive": .ok()
            case "/no-head": request.method == "HEAD" ? .status(405) : .ok()
            case "/head-404": request.method == "HEAD" ? .status(404) : .ok()
            case "/head-reset": request.method == "HEAD" ? .raw("", then: .reset) : .ok()
            default: .status(404)
            }
        }
        defer { other.stop() }
        let plain = try LoopbackServer(onConnect: { _ in [.text("HTTP/1.1 400 Bad Request\r\n\r\n"), .close] }) { _ in
            .ok()
        }
        defer { plain.stop() }
        let cases = Self.cases(other, plain: plain.port, closed: try LoopbackServer.closedPort())
        let page = "<!doctype html><title>x</title><p id=here>\n" + cases.map { $0.html + "\n" }.joined()
        let flaky = Shared(0)
        let server = try LoopbackServer { Self.reply($0, page, flaky) }
        defer { server.stop() }
        let result = try await Tool.run([
            "check", "--jsonl", "--show-skipped", "--retry", "0", "-m", "3s", "--max", "20", "\(server.baseURL)/",
        ])
        let rows = try CheckRow.lines(result)
        #expect(result.exit == 1, "\(result.stderr)")
        #expect(rows.allSatisfy { $0.page == "\(server.baseURL)/" })
        for (index, one) in cases.enumerated() {
            let found = rows.filter { $0.line == index + 2 }
            #expect(found.map(\.kind) == one.kinds, "\(one.html): \(found)")
        }
        #expect(rows.count == cases.reduce(0) { $0 + $1.kinds.count })
        let broken = rows.filter { $0.severity == "error" }.count
        // Comments are no links; the seed is not counted. What has no type is read as a page.
        let links = cases.count - 1
        #expect(
            result.complaints.last?.hasPrefix(
                "\(links) links on 5 pages: \(links - broken - 3) ok, \(broken) broken, 3 not checked (1 robots, 2 other scheme), 3 warnings"
            ) == true, "\(result.stderr)")
        // Each URL once, HEAD and GET for what is elsewhere, and what broke in transport once more.
        var counts: [String: Int] = [:]
        for request in server.log { counts["\(request.method) \(request.target)", default: 0] += 1 }
        #expect(counts["GET /ok"] == 1 && counts["GET /gone"] == 1 && counts["GET /moved"] == 1)
        #expect(counts["GET /many/0"] == 1 && counts["GET /private"] == nil)
        // libcurl repeats a request itself whose kept connection ends without an answer.
        #expect((2...4).contains(counts["GET /reset"] ?? 0), "\(counts)")
        #expect(other.log.filter { $0.path == "/alive" }.map(\.method) == ["HEAD"])
        #expect(!other.log.contains { $0.path == "/robots.txt" })
        let moved = rows.first { $0.kind == "redirected-permanently" }
        #expect(moved?.message.hasSuffix("\(server.baseURL)/ok") == true && moved?.severity == "warning")
        let gone = rows.first { $0.url.hasSuffix("/to-gone") }
        #expect(gone?.responseCode == 404 && gone?.numRedirects == 1 && gone?.remoteIp == "127.0.0.1")
        #expect(gone?.urlEffective?.hasSuffix("/gone") == true && gone?.text == "a link")
    }

    @Test func `pages within the scope are followed and bounded by the options`() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/a/": .html("<a href=b>b</a><a href=/c>c</a><a href=x.zip>zip</a>")
            case "/a/b": .html("<a href=d>d</a>")
            case "/a/d": .html("<a href=gone>gone</a>")
            case "/c": .html("<a href=/never>never</a>")
            case "/a/x.zip": .ok(type: "application/zip")
            default: .status(404)
            }
        }
        defer { server.stop() }
        func run(_ options: [String]) async throws -> (asked: [String], result: ToolResult) {
            let before = server.requestCount
            let result = try await Tool.run(["check", "--jsonl"] + options + ["\(server.baseURL)/a/"])
            return (server.log.dropFirst(before).map { "\($0.method) \($0.path)" }, result)
        }
        let all = try await run(["--no-robots"])
        #expect(
            Set(all.asked) == [
                "GET /a/", "GET /a/b", "GET /a/d", "GET /c", "GET /never", "GET /a/x.zip", "GET /a/gone",
            ])
        #expect(all.result.exit == 1 && all.result.stderr.hasPrefix("6 links on 4 pages: 4 ok, 2 broken"), "\(all)")
        let prefix = try await run(["--no-robots", "--scope", "prefix"])
        #expect(prefix.asked.contains("HEAD /c") && !prefix.asked.contains("GET /never"))
        let flat = try await run(["--no-robots", "--max-depth", "0"])
        #expect(Set(flat.asked) == ["GET /a/", "HEAD /a/b", "HEAD /c", "HEAD /a/x.zip"] && flat.result.exit == 0)
        let bounded = try await run(["--no-robots", "--max-pages", "1"])
        #expect(bounded.result.stderr.contains("(budget)") && bounded.result.exit == 0, "\(bounded)")
        let chosen = try await run(["--no-robots", "--exclude", "/a/b$", "--exclude", "zip$"])
        #expect(chosen.result.stderr.contains("2 not checked (excluded)"), "\(chosen)")
        let included = try await run(["--no-robots", "--include", "/c$"])
        #expect(Set(included.asked) == ["GET /a/", "GET /c"])
        let obedient = try await run(["--robots-agent", "mybot", "--delay", "1ms"])
        #expect(obedient.asked.filter { $0 == "GET /robots.txt" }.count == 1)
    }

    @Test func `fragments and warnings by option`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/moved" ? .redirect(to: "/", status: 301) : .html("<p id=a>x</p>")
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let file = try scratch.write("a.html", "<a href=\"\(server.baseURL)/#out\">x</a><a href='#gone'>y</a>")
        let plain = try await Tool.run(["check", "--jsonl", file])
        #expect(try CheckRow.lines(plain).map(\.url) == ["#gone"])
        let all = try await Tool.run(["check", "--jsonl", "--fragments", file])
        #expect(try CheckRow.lines(all).count == 2)
        let none = try await Tool.run(["check", "--jsonl", "--no-fragments", file])
        #expect(none.exit == 0 && none.stdout.isEmpty)
        let moved = try scratch.write("b.txt", "see \(server.baseURL)/moved for it\n")
        let warned = try await Tool.run(["check", "--jsonl", "--check-https", moved])
        #expect(try CheckRow.lines(warned).map(\.kind).sorted() == ["insecure", "redirected-permanently"])
        #expect(warned.exit == 0 && warned.stderr == "1 link on 1 page: 1 ok, 0 broken, 1 warning\n")
        let strict = try await Tool.run(["check", "--jsonl", "--strict", moved])
        #expect(strict.exit == 1 && strict.stderr == "1 link on 1 page: 0 ok, 1 broken\n")
    }
}
