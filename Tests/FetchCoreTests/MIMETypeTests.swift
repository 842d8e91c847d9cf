import FetchHTTP
import Testing

@testable import FetchHTML

/// Types and charsets as browsers read them.
@Suite struct MIMETypeTests {
    @Test(
        "issue 21.8: the last valid type counts, with the charset of an equal one before it",
        arguments: [
            ("text/html", "text/html", nil), ("text/html, text/html", "text/html", nil),
            ("*/*, text/html", "text/html", nil), ("text/html, */*", "text/html", nil),
            ("text/html;charset=gbk, text/plain", "text/plain", nil),
            ("text/html;charset=gbk, text/plain, text/html", "text/html", nil),
            ("text/html;charset=gbk, text/html;x=y", "text/html", "gbk"),
            ("text/html;charset=gbk, nonsense", "text/html", "gbk"),
            ("text/html;charset=\"a,b\"", "text/html", "a,b"),
            ("text/html;charset=\"a\\\"b\" x;y", "text/html", "a\"b"),
            ("text/html;a=\";charset=x\";charset = z;CHARSET=y", "text/html", "y"),
            ("text/html;charset=;charset=y", "text/html", "y"), (" TEXT/Html ; ;charset=a;charset=b", "text/html", "a"),
        ] as [(String, String, String?)])
    func extraction(fields: String, essence: String, charset: String?) throws {
        let type = try #require(MIMEType(extractingFrom: fields))
        #expect(type.essence == essence && type.charset == charset)
    }

    @Test(
        "issue 21.8: what is not a type is none, and may be a page", arguments: ["", "text", "/", "a/", "*/*", "a b/c"])
    func none(fields: String) {
        #expect(MIMEType(extractingFrom: fields) == nil)
        #expect(LinkExtractor.isPage(contentType: fields))
    }

    @Test(
        "issue 21.8: queries are encoded in the charset of the page, paths in UTF-8",
        arguments: [
            ("shift_jis", "日", "%93%FA"), ("shift_jis", "表", "%95\\"), ("shift_jis", "é", "%26%23233%3B"),
            ("shift_jis", "−¥", "%81|\\"), ("euc-jp", "日", "%C6%FC"), ("euc-jp", "丂", "%26%2319970%3B"),
            ("windows-1252", "é€", "%E9%80"), ("windows-1252", "日", "%26%2326085%3B"), ("latin1", "ÿ", "%FF"),
            ("windows-1251", "й", "%E9"), ("iso-8859-2", "ř", "%F8"), ("koi8-r", "и", "%C9"), ("euc-kr", "한", "%C7%D1"),
            ("gbk", "中€", "%D6%D0%80"), ("gbk", "\u{1F600}", "%26%23128512%3B"), ("gb18030", "中", "%D6%D0"),
            ("gb18030", "\u{1F600}", "%949%FC6"), ("big5", "中", "%A4%A4"), ("big5", "㐵", "%26%2313365%3B"),
            ("iso-2022-jp", "日a", "%1B$BF|%1B(Ba"), ("utf-8", "é", "%C3%A9"), ("utf-16", "é", "%C3%A9"),
        ])
    func queries(label: String, text: String, expected: String) throws {
        let encoding = try #require(CharacterEncoding(label: label))
        let reference = QueryEncoder.encoded(Array("/é?q=\(text)".utf8), in: encoding)
        let url = try FetchURLParser.parse(reference, base: try .parse("http://a/"))
        #expect(url.href == "http://a/%C3%A9?q=\(expected)")
    }

    @Test("issue 21.11: the product token of a User-Agent")
    func tokens() {
        for (agent, token) in [
            ("MyBot/1.0", "mybot"), ("my_Bot-x (+http://a/)", "my_bot-x"), ("Mozilla/5.0 (X11) Firefox/1", "mozilla"),
            ("Mozilla/5.0 (compatible; FooBot/2; x)", "foobot"), ("", nil), ("1bot", nil),
        ] as [(String, String?)] {
            #expect(RobotsPolicy.token(ofUserAgent: agent) == token)
        }
    }

    @Test("issue 21.11: the line that the limit cuts is left out, one that ends there is not")
    func wholeLines() throws {
        let line = Array("Disallow: /x".utf8)
        let start = Array("User-agent: *\n#".utf8)
        func allows(_ path: String, _ extra: Int, _ tail: String) throws -> Bool {
            let filling = RobotsPolicy.byteLimit - start.count - line.count - 1 + extra
            let bytes = start + [UInt8](repeating: 0x2E, count: filling) + [0x0A] + line + Array(tail.utf8)
            return RobotsPolicy(parsing: bytes, agent: "a").verdict(for: try .parse("http://a\(path)")).isAllowed
        }
        #expect(try !allows("/x", 0, ""), "the file is exactly as long as the limit")
        #expect(try !allows("/x", 0, "\n"), "the line ends at the limit")
        #expect(try allows("/x", 0, "y"), "it goes on")
        #expect(try allows("/x", 1, "\n"), "its last byte is cut")
    }
}
