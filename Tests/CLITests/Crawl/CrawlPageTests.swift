import TestSupport
import Testing

@Suite("crawl and pages")
struct CrawlPageTests {
    @Test("row 145: references are resolved as a browser resolves them, and only http and https are followed")
    func references() async throws {
        let run = try await CrawlRun.run { request in
            guard request.path == "/" else { return .html("") }
            return .html(
                """
                <base href="/dir/sub/"><base href="/never/">
                <a href="a">1</a><a href="../b">2</a><a href="/c">3</a><a href="?d">4</a><a href="#e">5</a>
                <a href="//\(request.host)/f">6</a><a href=" \t/g&#x68;\n">7</a><a href="/i&amp;j">8</a><a href="k l">9</a>
                <a href="javascript:x()">x</a><a href="mailto:a@b">x</a><a href="data:text/html,x">x</a><a href="tel:1">x</a>
                """)
        }
        #expect(
            Set(run.asked) == [
                "/", "/dir/sub/a", "/dir/b", "/c", "/dir/sub/?d", "/dir/sub/", "/f", "/gh", "/i&j", "/dir/sub/k%20l",
            ])
        #expect(run["/"]?.linksFound == 9)
    }

    @Test("row 146: frames are pages; srcset, picture, poster and object are parts; forms and cite are neither")
    func elements() async throws {
        let page = """
            <iframe src=/iframe></iframe><map><area href=/area></map><link rel=next href=/next><frame src=/frame>
            <img src=/img srcset="/s1 1x, /s2,b 2x,/s3 300w"><picture><source srcset=/source></picture>
            <video poster=/poster src=/video><track src=/track></video><object data=/object></object><embed src=/embed>
            <form action=/form></form><blockquote cite=/cite></blockquote><a ping=/ping href=/a>x</a>
            <script>location = "/script"</script><style>a { background: url(/style) }</style>
            """
        let handler: @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = {
            $0.path == "/" ? .html(page) : .html("")
        }
        let pages: Set = ["/", "/iframe", "/area", "/next", "/frame", "/a"]
        let plain = try await CrawlRun.run([], handler)
        #expect(Set(plain.asked) == pages)
        let whole = try await CrawlRun.run(["--requisites"], handler)
        #expect(
            Set(whole.asked).subtracting(pages) == [
                "/img", "/s1", "/s2,b", "/s3", "/source", "/poster", "/video", "/track", "/object", "/embed",
            ])
    }

    @Test("row 148: links in broken markup are found, and text that is no markup is none")
    func malformed() async throws {
        let page = """
            <!-- <a href=/never1>x</a> --><script>"<a href=/never2>"</script><style><a href=/never3></style>
            <textarea><a href=/never4></textarea><title><a href=/never5></title>
            <A HREF=/one>x<a href='/two'y>x</a><a/href="/three"/>x<a href = /four>x</p></div><a href=/five x=">">
            <a href=/six\u{0}>x</a><a href="/seven
            ">x</a><a href=/first href=/never6>x</a><a href="/never7
            """
        let run = try await CrawlRun.run { $0.path == "/" ? .html(page) : .html("") }
        #expect(
            Set(run.asked) == ["/", "/one", "/two", "/three", "/four", "/five", "/six%EF%BF%BD", "/seven", "/first"])
    }

    @Test("row 149: pages that are made to be slow are read in time, and one that is too large is said so")
    func hostile() async throws {
        let run = try await CrawlRun.run(["--max-time", "60s"]) { request in
            switch request.path {
            case "/": CrawlRun.page("/deep", "/base", "/comment", "/large")
            case "/deep":
                .html(String(repeating: "<div>", count: 100_000) + "<a href=/found>x</a>")
            case "/base": .html(String(repeating: "<base ", count: 30_000) + "><a href=/behind>x</a>")
            case "/comment": .html(String(repeating: "<!--", count: 100_000))
            case "/large": .stream(length: 100 << 20, of: Array("<a href=/x>x</a>".utf8))
            default: .html("")
            }
        }
        #expect(run["/found"]?.parent?.hasSuffix("/deep") == true)
        #expect(run["/behind"] != nil)
        #expect(run["/large"]?.error?.kind == "too-large")
        #expect(run.rows.filter { !$0.ok }.count == 1)
    }

    @Test(
        "row 150: whatever the charset is and whoever names it, the URLs are those that browsers ask for",
        arguments: ["utf-8", "latin-1 by field", "latin-1 by meta", "utf-16 by mark", "field over meta", "unknown"])
    func charset(kind: String) async throws {
        let run = try await CrawlRun.run { request in
            guard request.path == "/" else { return .html("") }
            let link = "<a href=\"/café?q=é\">x</a>"
            let latin = link.unicodeScalars.map { UInt8($0.value) }
            func page(_ type: String, _ body: [UInt8]) -> LoopbackServer.Reply {
                .response(headers: [("Content-Type", type)], body: body)
            }
            return switch kind {
            case "utf-8": page("text/html", Array(link.utf8))
            case "latin-1 by field": page("text/html; charset=ISO-8859-1", latin)
            case "latin-1 by meta": page("text/html", Array("<meta charset=latin1>".utf8) + latin)
            case "utf-16 by mark":
                page(
                    "text/html; charset=utf-8",
                    [0xFE, 0xFF] + link.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
            case "field over meta": page("text/html; charset=utf-8", Array("<meta charset=latin1>\(link)".utf8))
            default: page("text/html; charset=never-heard-of", Array(link.utf8))
            }
        }
        // The path is UTF-8, the query in the charset of the page (issue 21.8).
        let query = kind.hasPrefix("latin-1") ? "%E9" : "%C3%A9"
        #expect(run.asked == ["/", "/caf%C3%A9?q=\(query)"])
    }
}
