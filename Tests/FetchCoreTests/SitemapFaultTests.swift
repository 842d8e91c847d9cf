import FetchHTTP
import TestSupport
import Testing

@testable import FetchHTML

/// What is wrong in one place of a sitemap costs that place only.
@Suite struct SitemapFaultTests {
    private func read(_ bytes: [UInt8]) throws -> Sitemap {
        SitemapReader.read(bytes, url: try .parse("http://a/sitemap.xml"))
    }

    /// A sitemap of three URLs, of which the second contains these bytes.
    private func three(_ middle: [UInt8], start: String = "") -> [UInt8] {
        Array("\(start)<urlset>\n<url><loc>http://a/1</loc></url>\n<url><loc>http://a/2".utf8) + middle
            + Array("</loc></url>\n<url><loc>http://a/3</loc></url>\n</urlset>".utf8)
    }

    private func paths(_ sitemap: Sitemap) -> [String] { sitemap.entries.map { $0.url.requestTarget } }

    @Test(
        "issue 21.7: a character that XML does not allow is read as in a browser, and all that follows too",
        arguments: [
            (Array("?x=1&y=2".utf8), "/2?x=1&y=2"), (Array("?x&amp;y&".utf8), "/2?x&y&"),
            (Array("?x=1&copy=2".utf8), "/2?x=1&copy=2"), (Array("?x&nbsp;y".utf8), "/2?x%C2%A0y"),
            (Array("&nbsp;".utf8), "/2"), (Array("&eacute;&#233;&#xe9;".utf8), "/2%C3%A9%C3%A9%C3%A9"),
            (Array("&unknown;z".utf8), "/2&unknown;z"), (Array("&#;&#x;&;".utf8), "/2&"), ([0x01], "/2"),
            ([0x61, 0x01, 0x62], "/2a%01b"), ([0x61, 0x00, 0x62], "/2a%00b"), (Array("a&#1;b".utf8), "/2a%01b"),
            (Array("&#xD800;&#x110000;".utf8), "/2%EF%BF%BD%EF%BF%BD"), ([0xE9], "/2%E9"),
            ([0x63, 0xE9, 0x3F, 0xE9], "/2c%E9?%E9"), ([0xC3, 0xA9], "/2%C3%A9"), ([0xEF, 0xBF, 0xBF], "/2%EF%BF%BF"),
            (Array("?a<5&b>6".utf8), "/2?a%3C5&b%3E6"), (Array("?]]>x".utf8), "/2?]]%3Ex"),
            (Array("<![CDATA[?a&b<c]]>".utf8), "/2?a&b%3Cc"), (Array("<!-- - -- > -->b".utf8), "/2b"),
            (Array("&AMP;&lt;&LT;".utf8), "/2&%3C%3C"), (Array("\u{1F600}".utf8), "/2%F0%9F%98%80"),
        ] as [([UInt8], String)])
    func characters(middle: [UInt8], expected: String) throws {
        let whole = try read(three(middle))
        #expect(whole.problem == nil)
        // "#" starts a fragment in the last of the references that are none.
        #expect(paths(whole) == ["/1", expected, "/3"])
        let reader = SitemapReader(url: try .parse("http://a/sitemap.xml"))
        for byte in three(middle) { reader.push([byte]) }
        #expect(paths(reader.finish()) == paths(whole), "a byte at a time")
    }

    @Test("issue 21.7: the charset that the document declares is used")
    func declared() throws {
        let latin = three([0xE9], start: "<?xml version='1.0' encoding=\"windows-1252\"?>")
        #expect(paths(try read(latin)) == ["/1", "/2%C3%A9", "/3"])
        let japanese = three([0x93, 0xFA, 0x83, 0x5C], start: "<?xml version='1.0' encoding='Shift_JIS'?>")
        #expect(paths(try read(japanese)) == ["/1", "/2%E6%97%A5%E3%82%BD", "/3"])
        let wide =
            "\u{FEFF}<?xml version='1.0' encoding='UTF-16'?><urlset><url><loc>http://a/\u{1F600}&x</loc></url></urlset>"
            .utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let reader = SitemapReader(url: try .parse("http://a/sitemap.xml"))
        reader.push(wide[..<4])
        for byte in wide[4...] { reader.push([byte]) }
        #expect(paths(reader.finish()) == ["/%F0%9F%98%80&x"])
    }

    @Test("issue 21.7: NUL bytes and comments around the document cost nothing")
    func around() throws {
        for end in ["\u{0}\u{0}\n\u{0}", "\n<!-- 0.2 s -->\n", "\u{1A}"] {
            let sitemap = try read(three([]) + Array(end.utf8))
            #expect(sitemap.problem == nil && sitemap.entries.count == 3)
        }
    }

    @Test("issue 21.7: a tag without an end is refused at a length, and many attributes are left out")
    func attributes() throws {
        let attributes = (0..<20_000).map { " a\($0)=\"b\" xmlns:n\($0)='c'" }.joined()
        let long = try read(Array("<urlset><url><loc>http://a/1</loc></url><url\(attributes)/></urlset>".utf8))
        #expect(paths(long) == ["/1"])
        #expect(long.problem == "a tag is longer than \(XMLMender.maximumToken) bytes")
        // 500,000 names of namespaces and a million elements: all linear.
        let many = String(attributes.prefix(200_000))
        let start = String(many[..<(many.lastIndex(of: "'") ?? many.startIndex)]) + "'"
        let fine = "<urlset\(start)><url\(start)><loc\(start)>http://a/1</loc></url>"
        let read = try read(Array("\(fine)\(String(repeating: "<n1:x/>", count: 20_000))</urlset>".utf8))
        #expect(read.problem == nil && paths(read) == ["/1"])
    }

    @Test("issue 21.7: attributes are read as in HTML, the first of each name")
    func links() throws {
        let feed = """
            <feed><entry><link rel=self href=/no /><link x:y='>' a="'" href='/1?a&amp;b&c"' href='/2'/></entry>
            <entry><link rel="alternate" title="<&>" href="/3"></link></entry></feed>
            """
        let sitemap = try read(Array(feed.utf8))
        #expect(sitemap.problem == nil && paths(sitemap) == ["/1?a&b&c%22", "/3"])
    }

    @Test("issue 21.7: libxml2 counts the lines of the document")
    func lineNumbers() throws {
        let text = "<?xml version='1.0'?>\n<!-- \n -->\n<urlset\na='b'\n>\n<url><!--\n--><loc>\n</urlset>"
        #expect(try read(Array(text.utf8)).problem?.hasPrefix("broken XML in line 9: ") == true)
    }

    @Test("issue 21.7: texts and comments of any length are read in little memory")
    func longTexts() throws {
        let filling = [UInt8](repeating: 0x78, count: 1 << 20)
        var document = Array("<urlset><url><loc>http://a/1</loc><note>".utf8) + filling
        document += Array("</note><!--".utf8) + filling + Array("--><note><![CDATA[".utf8) + filling
        document += Array("]]></note></url><url><loc>http://a/2</loc></url></urlset>".utf8)
        let reader = SitemapReader(url: try .parse("http://a/sitemap.xml"))
        for start in stride(from: 0, to: document.count, by: 5_000) {
            reader.push(document[start..<min(start + 5_000, document.count)])
        }
        let sitemap = reader.finish()
        #expect(sitemap.problem == nil && paths(sitemap) == ["/1", "/2"])
    }

    @Test("issue 21.7: a text without a URL is no sitemap")
    func noURL() throws {
        #expect(try read(Array("Not found\n".utf8)).problem == "it is not a sitemap: no line is a URL")
        #expect(try read(Array("Not found\nhttp://a/1".utf8)).problem == nil)
        #expect(try read(Array("http://other/1".utf8)).problem == nil)
    }

    @Test("issue 21.7: what a sitemap may not cover is named")
    func foreign() throws {
        let items = (0..<12).map { "<sitemap><loc>http://b/\($0)</loc></sitemap>" }.joined()
        let index = try read(Array("<sitemapindex>\(items)<sitemap><loc>mailto:x</loc></sitemap></sitemapindex>".utf8))
        #expect(index.foreign == 12 && index.skipped == 13 && index.foreignURLs.count == 10)
    }
}
