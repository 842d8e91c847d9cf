import Subprocess
import TestSupport
import Testing

@Suite("crawl and broken sites")
struct CrawlFaultTests {
    @Test(
        "row 133: of a large robots.txt the first 500 KiB count",
        arguments: ["declared", "declared, with a cache", "chunked", "endless"])
    func largeRobots(kind: String) async throws {
        let line = "# nothing to see here, and nothing there either; it goes on for a while like this\n"
        let start = Array(("User-agent: *\nDisallow: /early\n" + String(repeating: line, count: 7000)).utf8)
        let bytes = start + Array("User-agent: *\nDisallow: /late\n".utf8)
        let chunkedHead = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        let robots: LoopbackServer.Reply =
            switch kind {
            case "declared", "declared, with a cache": .stream(length: 1 << 40, of: bytes)
            case "chunked": .raw(chunkedHead + LoopbackServer.chunked(bytes))
            default: .init([.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)), .flood(bytes, times: nil)])
            }
        let scratch = try Scratch()
        let cache = kind.hasSuffix("cache") ? ["--cache=\(scratch("cache"))"] : []
        let run = try await CrawlRun.run(["--max-time", "60s"] + cache, robots: robots) {
            $0.path == "/" ? CrawlRun.page("/early", "/late") : .html("")
        }
        #expect(run.asked == ["/", "/late"])
        #expect(run.result.exit == 0)
    }

    @Test(
        "row 134: rules hold in whatever stands around them",
        arguments: ["BOM", "CR", "Latin-1", "UTF-16", "HTML", "gzip", "nonsense"])
    func oddRobots(kind: String) async throws {
        let rules = "User-agent: *\nDisallow: /x\n"
        let bytes: [UInt8] =
            switch kind {
            case "BOM": [0xEF, 0xBB, 0xBF] + Array(rules.utf8)
            case "CR": Array(rules.map { $0 == "\n" ? "\r" : $0 }.map(String.init).joined().utf8)
            case "Latin-1": Array("# caf".utf8) + [0xE9, 0x0A] + Array(rules.utf8)
            case "UTF-16": [0xFF, 0xFE] + Array(rules.utf8).flatMap { [$0, 0] }
            case "HTML": Array("<html><body>\n\(rules)</body></html>\n".utf8)
            case "gzip": LoopbackServer.gzip(Array(rules.utf8))
            default: Array("\u{0}\u{1}:::\nDisallow\nallow everything\n\(rules)Crawl-delay: soon\n".utf8)
            }
        let fields = kind == "gzip" ? [("Content-Encoding", "gzip")] : []
        let run = try await CrawlRun.run(robots: .response(headers: fields, body: bytes)) {
            $0.path == "/" ? CrawlRun.page("/x", "/y") : .html("")
        }
        #expect(run.asked == ["/", "/y"])
    }

    @Test("rules that take long for each URL do not hold up the end of a crawl", arguments: [false, true])
    func slowRules(isInterrupted: Bool) async throws {
        let rules = (0..<14_000).map { "Disallow: /*a*a*a*a*b\($0)*a*a*a*c$\n" }.joined()
        let path = String(repeating: "a", count: 1900)
        let links = (0..<400).map { "/\(path)\($0)" }
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": .ok("User-agent: *\n" + rules)
            case "/": .html(links.map { "<a href=\"\($0)\">x</a>" }.joined())
            default: .html("")
            }
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let arguments = ["crawl", "--json", "--state", scratch("state"), "\(server.baseURL)/"]
        // Without an end it takes two minutes.
        let result = try await Tool.start(arguments + (isInterrupted ? [] : ["--deadline", "2s"])) { running in
            guard isInterrupted else { return }
            _ = await server.waitUntil(requests: 2)
            try running.send(.interrupt)
        }
        #expect(result.exit == (isInterrupted ? 130 : 124), "\(result.stderr)")
        #expect(result.duration < .seconds(20))
        #expect(result.stdout.hasSuffix("]\n"))
    }

    @Test("row 134: an empty robots.txt forbids nothing")
    func emptyRobots() async throws {
        let run = try await CrawlRun.run(robots: .ok()) { $0.path == "/" ? CrawlRun.page("/x") : .html("") }
        #expect(run.asked == ["/", "/x"])
        #expect(run["/x"]?.robots == "allowed")
    }

    @Test("row 135: the longest rule wins, groups of a name are one, `*` and `$` count, spellings are compared")
    func rules() async throws {
        let robots = """
            User-agent: other
            Disallow: /
            User-agent: FetchAll
            Disallow: /a
            Allow: /a/b
            Disallow: /*.gif$

            User-agent: fetchall
            Disallow: /%7euser
            """
        let run = try await CrawlRun.run(robots: .ok(robots)) {
            $0.path == "/"
                ? CrawlRun.page("/a", "/a/b", "/a/c", "/x.gif", "/x.gif?1", "/~user", "/other") : .html("")
        }
        #expect(Set(run.asked) == ["/", "/a/b", "/x.gif?1", "/other"])
    }

    @Test("row 142: a sitemap is unpacked by its first bytes, and a bomb is stopped and said")
    func packedSitemaps() async throws {
        let server = try LoopbackServer { request in
            let base = "http://\(request.host)"
            let urls = Array("<urlset><url><loc>\(base)/a</loc></url></urlset>".utf8)
            switch request.path {
            case "/gz.xml": return .response(body: LoopbackServer.gzip(urls))
            case "/plain.xml.gz":
                return .response(
                    headers: [("Content-Type", "application/gzip")],
                    body: Array("<urlset><url><loc>\(base)/b</loc></url></urlset>".utf8))
            case "/bomb.xml.gz":
                let start = "<urlset><url><loc>\(base)/c</loc></url>"
                // Two members are one file.
                return .response(
                    body: LoopbackServer.gzip(Array(start.utf8))
                        + LoopbackServer.gzip(Array(repeating: 0x20, count: 1 << 16), times: 1600))
            default: return .html("")
            }
        }
        defer { server.stop() }
        let base = server.baseURL
        let result = try await Tool.run([
            "crawl", "--jsonl", "--no-robots", "--sitemap-only", "--sitemap", "\(base)/gz.xml", "--sitemap",
            "\(base)/plain.xml.gz", "--sitemap", "\(base)/bomb.xml.gz", "\(base)/",
        ])
        #expect(try PageRow.lines(result.bytes).map(\.path).sorted() == ["/a", "/b", "/bomb.xml.gz", "/c"])
        #expect(result.stderr.contains("bomb.xml.gz"))
        #expect(result.exit == 1)
    }

    @Test("a sitemap may be larger than a page: up to 50 MB")
    func largeSitemap() async throws {
        let filling = Array("<!-- \(String(repeating: "x", count: 1000)) -->".utf8)
        let server = try LoopbackServer { request in
            guard request.path == "/big.xml" else { return .html("") }
            let loc = "<url><loc>http://\(request.host)/a</loc></url></urlset>"
            let start = "<urlset>"
            let length = start.utf8.count + 20_000 * filling.count + loc.utf8.count
            return .init([
                .text("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n\(start)"), .flood(filling, times: 20_000),
                .text(loc),
            ])
        }
        defer { server.stop() }
        let arguments = [
            "crawl", "--jsonl", "--no-robots", "--sitemap-only", "--sitemap", "\(server.baseURL)/big.xml",
            "\(server.baseURL)/",
        ]
        let result = try await Tool.run(arguments)
        #expect(try PageRow.lines(result.bytes).map(\.path) == ["/a"])
        let bounded = try await Tool.run(arguments + ["--max-filesize", "1M"])
        #expect(try PageRow.lines(bounded.bytes).map(\.error?.kind) == ["too-large"])
        #expect(bounded.stderr.contains("too-large") && bounded.exit == 1)
    }

    @Test("row 143: a sitemap that declares entities is refused: nothing is expanded, read or asked for")
    func entities() async throws {
        let server = try LoopbackServer { request in
            let base = "http://\(request.host)"
            switch request.path {
            case "/bomb.xml":
                return .response(
                    body: Array(
                        "<!DOCTYPE x [<!ENTITY a '\(base)/a'><!ENTITY b '&a;&a;'>]><urlset><url><loc>&b;</loc></url></urlset>"
                            .utf8))
            case "/xxe.xml":
                return .response(
                    body: Array(
                        "<!DOCTYPE x [<!ENTITY a SYSTEM '\(base)/secret'><!ENTITY f SYSTEM 'file:///etc/hostname'>]><urlset><url><loc>\(base)/&a;&f;</loc></url></urlset>"
                            .utf8))
            default: return .html("")
            }
        }
        defer { server.stop() }
        let base = server.baseURL
        let result = try await Tool.run([
            "crawl", "--jsonl", "--no-robots", "--sitemap-only", "--sitemap", "\(base)/bomb.xml", "--sitemap",
            "\(base)/xxe.xml", "\(base)/",
        ])
        #expect(server.log.map(\.target).sorted() == ["/bomb.xml", "/xxe.xml"])
        #expect(try PageRow.lines(result.bytes).map(\.error?.kind) == ["unparsable", "unparsable"])
        #expect(result.stderr.contains("bomb.xml") && result.stderr.contains("xxe.xml"))
    }

    @Test(
        "row 144: of a sitemap that is broken, odd or a list, the URLs are found",
        arguments: ["broken", "cdata", "namespace", "text", "rss", "atom"])
    func oddSitemaps(kind: String) async throws {
        let server = try LoopbackServer { request in
            guard request.path == "/map" else { return .html("") }
            let (a, b) = ("http://\(request.host)/a", "http://\(request.host)/b?x=1&amp;y=2")
            let text =
                switch kind {
                case "broken": "<urlset><url><loc>\(a)</loc></url><url><loc>\(b)</loc></url><url></broken><url><loc>"
                case "cdata": "<urlset><url><loc><![CDATA[\(a)]]></loc></url><url><loc> \(b)\n</loc></url></urlset>"
                case "namespace":
                    "<x:urlset xmlns:x='urn:wrong'><x:url><x:loc>\(a)</x:loc></x:url><x:url><x:loc>\(b)</x:loc></x:url></x:urlset>"
                case "text": "\(a)\r\n\n\(b)\nno URL\n".split(separator: "&amp;").joined(separator: "&")
                case "rss":
                    "<rss><channel><item><link>\(a)</link></item><item><link>\(b)</link></item></channel></rss>"
                default:
                    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='\(a)'/></entry><entry><link href='\(b)'/></entry></feed>"
                }
            return .response(body: Array(text.utf8))
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "crawl", "--jsonl", "--no-robots", "--sitemap-only", "--sitemap", "\(server.baseURL)/map",
            "\(server.baseURL)/",
        ])
        #expect(server.log.map(\.target).sorted() == ["/a", "/b?x=1&y=2", "/map"])
        #expect(result.stderr.contains("/map") == (kind == "broken"))
        #expect(result.exit == (kind == "broken" ? 1 : 0))
    }
}
