import FoundationEssentials
import TestSupport
import Testing

@Suite("crawl")
struct CrawlTests {
    @Test("writes one record a page, valid by the schema's names, and exits 1 for a 404")
    func records() async throws {
        let run = try await CrawlRun.run { request in
            switch request.path {
            case "/":
                .html("<title> A  &amp; B </title><a href=/a>a</a><a href=/gone>g</a><a href='http://x.test/'>o</a>")
            case "/a": .html("<a href=/>home</a>")
            default: .status(404)
            }
        }
        #expect(run.rows.map(\.path).sorted() == ["/", "/a", "/gone"])
        #expect(run["/"]?.title == "A & B")
        #expect(run["/"]?.linksFound == 3)
        #expect(run["/a"]?.depth == 1)
        #expect(run["/a"]?.parent == run["/"]?.url)
        #expect(run["/gone"]?.error?.kind == "http-status")
        #expect(run.rows.map(\.index) == [0, 1, 2])
        #expect(run.result.exit == 1)
        let names = try #require(run.result.lines.first).split(separator: "\"").map(String.init)
        #expect(names.contains("depth") && names.contains("skipped"))
    }

    @Test("row 138: endless sites end at a limit that is named", arguments: ["calendar", "session", "deeper", "pages"])
    func traps(kind: String) async throws {
        let run = try await CrawlRun.run(["--max-depth", "2000", "--max-pages", "300", "--max-host", "8"]) { request in
            switch kind {
            case "calendar":
                return request.path == "/"
                    ? CrawlRun.page("/calendar/2026/01/01")
                    : EndlessSite.calendar(request.path) ?? .status(404)
            case "session": return EndlessSite.session(request.number)
            case "deeper": return EndlessSite.deeper()
            default: return CrawlRun.page("/n\(request.number)", "/m\(request.number)")
            }
        }
        #expect(run.rows.count <= 300)
        #expect(run.result.stderr.contains("looks endless") || run.result.stderr.contains("--max-pages 300"))
        if kind == "session" || kind == "deeper" { #expect(run.rows.count < 50) }
    }

    @Test("row 138: the depth is a limit that is named")
    func depth() async throws {
        let run = try await CrawlRun.run(["--max-depth", "3"]) { request in
            let number = Int(request.path.dropFirst(2)) ?? 0
            return CrawlRun.page("/p\(number + 1)")
        }
        #expect(run.rows.map(\.depth) == [0, 1, 2, 3])
        #expect(run.result.stderr.contains("--max-depth 3"))
    }

    @Test("row 138: the budget of a host is a limit that is named")
    func hostBudget() async throws {
        let run = try await CrawlRun.run(["--max-pages-host", "7"]) {
            CrawlRun.page("/n\($0.number)", "/m\($0.number)")
        }
        #expect(run.rows.count == 7)
        #expect(run.result.stderr.contains("--max-pages-host 7"))
    }

    @Test("row 139: a page of 200,000 links is read whole")
    func manyLinks() async throws {
        let links = (0..<200_000).map { "<a href=\"/page/\($0)\">x</a>" }.joined()
        let scratch = try Scratch()
        let run = try await CrawlRun.run(["--state", scratch("s"), "--max-pages", "5"]) {
            $0.path == "/" ? .html(links) : .html("")
        }
        #expect(run.rows.count == 5)
        #expect(run["/"]?.linksFound == 200_000)
        #expect(run.result.stderr.contains("199996 URLs are left"))
        #expect(run.result.exit == 0)
    }

    @Test("row 140: one page under many spellings is one fetch")
    func spellings() async throws {
        let run = try await CrawlRun.run(["--show-skipped"]) { request in
            guard request.path == "/" else { return .html("") }
            return CrawlRun.page(
                "/a~b/c", "/a%7Eb/c", "/a%7eb/c", "/x/../a~b/c", "/./a~b/c", "/a~b/c#one", "/a~b/c?", "a~b/./c",
                "\\a~b\\c", " /a~b/c ")
        }
        #expect(run.asked.count == 2)
        #expect(run.rows.filter { $0.skipped == nil }.count == 2)
        #expect(run.rows.contains { $0.skipped == "duplicate" })
    }

    @Test("row 141: sitemaps in loops, of themselves, missing or foreign are read once each")
    func sitemaps() async throws {
        let foreign = try LoopbackServer { _ in .status(404) }
        defer { foreign.stop() }
        let other = foreign.baseURL
        let server = try LoopbackServer { request in
            let base = "http://\(request.host)"
            func index(_ names: String...) -> LoopbackServer.Reply {
                let items = names.map { "<sitemap><loc>\($0.hasPrefix("http") ? $0 : base + $0)</loc></sitemap>" }
                return .response(body: Array("<sitemapindex>\(items.joined())</sitemapindex>".utf8))
            }
            switch request.path {
            case "/robots.txt": return .ok("Sitemap: \(base)/index.xml\n")
            case "/index.xml": return index("/index.xml", "/two.xml", "/gone.xml", "/urls.xml")
            case "/two.xml": return index("/index.xml", "/urls.xml")
            case "/urls.xml":
                let urls = ["\(base)/a", "\(base)/b", "\(base)/a", "\(other)/x"].map { "<url><loc>\($0)</loc></url>" }
                return .response(body: Array("<urlset>\(urls.joined())</urlset>".utf8))
            case "/a", "/b": return CrawlRun.page("/not-in-a-sitemap")
            default: return .status(404)
            }
        }
        defer { server.stop() }
        let result = try await Tool.run([
            "crawl", "--jsonl", "--retry", "0", "--sitemap", "auto", "--sitemap-only", "\(server.baseURL)/",
        ])
        let paths = server.log.map(\.target).sorted()
        #expect(
            paths == ["/a", "/b", "/gone.xml", "/index.xml", "/robots.txt", "/sitemap.xml", "/two.xml", "/urls.xml"])
        #expect(try PageRow.lines(result.bytes).map(\.path).sorted() == ["/a", "/b"])
        #expect(foreign.requestCount == 0)
        #expect(result.stderr.contains("gone.xml"))
        #expect(result.exit == 0)
    }

    @Test("row 151: only pages are read for links, and no type breaks anything")
    func types() async throws {
        let link = Array("<a href=/found>x</a>".utf8)
        let run = try await CrawlRun.run { request in
            switch request.path {
            case "/": CrawlRun.page("/binary", "/octets", "/odd", "/none", "/xhtml")
            case "/binary": .response(headers: [("Content-Type", "text/html")], body: (0...255).map { UInt8($0) })
            case "/octets": .response(headers: [("Content-Type", "application/octet-stream")], body: link)
            // What is not a type is none, and browsers take the page for HTML (issue 21.8).
            case "/odd":
                .response(headers: [("Content-Type", "a;b;;=")], body: Array("<a href=/guessed>x</a>".utf8))
            case "/xhtml": .response(headers: [("Content-Type", "application/xhtml+xml")], body: link)
            default: .ok()
            }
        }
        #expect(run.rows.count == 8)
        #expect(run["/guessed"]?.parent?.hasSuffix("/odd") == true)
        #expect(run["/found"]?.parent?.hasSuffix("/xhtml") == true)
        #expect(run["/octets"]?.linksFound == nil)
        #expect(run.result.exit == 0)
    }

    @Test("--check finds broken links with their pages, out of scope by HEAD and then GET, and writes those only")
    func check() async throws {
        let other = try LoopbackServer { request in
            switch request.path {
            case "/alive": .ok()
            case "/no-head": request.method == "HEAD" ? .status(405) : .ok()
            default: .status(404)
            }
        }
        defer { other.stop() }
        let base = other.baseURL
        let run = try await CrawlRun.run(["--check"]) { request in
            switch request.path {
            case "/": CrawlRun.page("/a", "/gone", "\(base)/alive", "\(base)/no-head", "\(base)/dead")
            case "/a": CrawlRun.page("/gone", "\(base)/dead")
            default: .status(404)
            }
        }
        #expect(run.rows.map(\.path).sorted() == ["/dead", "/gone"])
        #expect(run.rows.allSatisfy { $0.referrers?.count == 2 && $0.responseCode == 404 })
        #expect(run.result.exit == 1)
        let methods = other.log.filter { $0.path == "/alive" || $0.path == "/no-head" }.map(\.method)
        #expect(methods.sorted() == ["GET", "HEAD", "HEAD"])
        let good = try await CrawlRun.run(["--check"]) { _ in CrawlRun.page("/a") }
        #expect(good.rows.isEmpty)
        #expect(good.result.exit == 0)
    }

    @Test("--output-dir mirrors pages under safe names")
    func mirror() async throws {
        let scratch = try Scratch()
        let run = try await CrawlRun.run(["--output-dir", scratch("m")]) { request in
            request.path == "/"
                ? CrawlRun.page("/a", "/a/b.html", "/q.html?x=1/2", "/..%2f..%2fetc/passwd", "/gone")
                : request.path == "/gone" ? .status(404) : .html("page \(request.target)")
        }
        let names = try scratch.names("m").filter { $0.hasSuffix("html") || $0.contains("passwd") || $0.contains("?") }
        #expect(names.contains("127.0.0.1/index.html"))
        #expect(names.contains("127.0.0.1/a/index.html") && names.contains("127.0.0.1/a/b.html"))
        #expect(names.contains("127.0.0.1/q.html?x=1_2"))
        #expect(!names.contains { $0.split(separator: "/").contains("..") })
        #expect(run["/a/b.html"]?.filenameEffective?.hasSuffix("/127.0.0.1/a/b.html") == true)
        #expect(try scratch.text("m/127.0.0.1/a/b.html") == "page /a/b.html")
    }

    @Test("--show-skipped gives a reason for what was not fetched")
    func skipped() async throws {
        let run = try await CrawlRun.run(
            ["--show-skipped", "--max-depth", "1", "--max-pages", "2"], robots: .ok("User-agent: *\nDisallow: /x\n")
        ) { request in
            request.path == "/" ? CrawlRun.page("/x", "/a", "http://elsewhere.test/", "/b") : CrawlRun.page("/deep")
        }
        let reasons = Dictionary(run.rows.compactMap { row in row.skipped.map { (row.path, $0) } }) { first, _ in first
        }
        #expect(reasons == ["/x": "robots", "/b": "budget", "/deep": "depth", "/": "scope"])
        #expect(run.rows.filter { $0.skipped != nil }.allSatisfy { !$0.ok && $0.responseCode == nil })
        #expect(run.result.exit == 0)
    }

    @Test("--requisites fetches what pages are made of, also from other hosts")
    func requisites() async throws {
        let other = try LoopbackServer { _ in .ok() }
        defer { other.stop() }
        let base = other.baseURL
        let run = try await CrawlRun.run(["--requisites", "--max-depth", "0"]) { request in
            request.path == "/"
                ? .html(
                    "<link rel=stylesheet href=/s.css><img src='\(base)/i.png'><script src=/j.js></script><a href=/no>x</a>"
                )
                : .ok()
        }
        #expect(Set(run.asked) == ["/", "/s.css", "/j.js"])
        #expect(other.log.map(\.target).contains("/i.png"))
    }
}
