import FetchHTTP
import TestSupport
import Testing

@testable import FetchHTML

/// Sitemaps, feeds and lists.
@Suite struct SitemapTests {
    private func read(_ text: String, vouched: Set<String> = [], isStrict: Bool = true) throws -> Sitemap {
        try read(Array(text.utf8), vouched: vouched, isStrict: isStrict)
    }

    private func read(_ bytes: [UInt8], vouched: Set<String> = [], isStrict: Bool = true) throws -> Sitemap {
        let url = try FetchURL.parse("https://example.org/maps/sitemap.xml")
        return SitemapReader.read(bytes, url: url, vouched: vouched, isStrict: isStrict)
    }

    private func paths(_ sitemap: Sitemap) -> [String] { sitemap.entries.map { $0.url.requestTarget } }

    private static let start = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"

    @Test func urlsWithTheirDates() throws {
        let sitemap = try read(
            Self.start + """
                <url><loc> https://example.org/maps/a?x=1&amp;y=2 </loc><lastmod>2024-05-01</lastmod><image:image>
                <image:loc>https://example.org/maps/i.png</image:loc></image:image></url>
                <url><lastmod>2024</lastmod><loc><![CDATA[b?x&y]]></loc></url><url><loc>b?x&amp;y#z</loc></url><url/></urlset>
                """)
        #expect(sitemap.kind == .urlset && sitemap.problem == nil)
        #expect(paths(sitemap) == ["/maps/a?x=1&y=2", "/maps/b?x&y"])
        #expect(sitemap.entries.map(\.lastModified) == ["2024-05-01", "2024"])
    }

    @Test func itSpeaksForItsFolderUnlessVouchedFor() throws {
        let text =
            Self.start
            + [
                "https://example.org/maps/a", "http://example.org/maps/b", "/c", "https://other.org/d",
                "https://example.org:1/maps/e", "mailto:x",
            ]
            .map { "<url><loc>\($0)</loc></url>" }.joined() + "</urlset>"
        #expect(paths(try read(text)) == ["/maps/a", "/maps/b"])
        #expect(try read(text).skipped == 4)
        #expect(paths(try read(text, vouched: ["example.org"])) == ["/maps/a", "/maps/b", "/c", "/maps/e"])
        #expect(try read(text, vouched: ["example.org", "other.org"]).entries.count == 5)
        #expect(try read(text, isStrict: false).entries.count == 5)
    }

    @Test func anIndexHoldsSitemapsOfItsHost() throws {
        let sitemap = try read(
            "<sitemapindex><sitemap><loc>https://example.org/x.xml.gz</loc></sitemap><sitemap><loc>https://o.org/</loc></sitemap></sitemapindex>"
        )
        #expect(sitemap.kind == .index && paths(sitemap) == ["/x.xml.gz"] && sitemap.skipped == 1)
    }

    @Test func aListIsText() throws {
        let sitemap = try read(
            "\u{FEFF}https://example.org/maps/a\r\n\n  http://example.org/maps/b\t\nexample.org/maps/c\nnonsense\nhttps://example.org/maps/d"
        )
        #expect(
            sitemap.kind == .text && paths(sitemap) == ["/maps/a", "/maps/b", "/maps/c", "/maps/d"]
                && sitemap.skipped == 1)
    }

    @Test func feeds() throws {
        let rss = try read(
            "<rss><channel><link>https://example.org/no</link><item><link>/maps/a</link><atom:link xmlns:atom='a' href='x'/><pubDate>d</pubDate></item><item><guid>https://example.org/maps/b</guid></item><item><guid>7</guid></item></channel></rss>"
        )
        #expect(rss.kind == .rss && paths(rss) == ["/maps/a", "/maps/b"] && rss.entries.first?.lastModified == "d")
        let atom = try read(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link href='/no'/><entry><link rel='edit' href='/no'/><link href='/maps/a'/><link href='/no'/><updated>u</updated></entry></feed>"
        )
        #expect(atom.kind == .atom && paths(atom) == ["/maps/a"] && atom.entries.first?.lastModified == "u")
    }

    @Test(
        "What came before the break is kept",
        arguments: [
            "<url></urlset>",
            "<url><loc>https://example.org/maps/tru", "", "\u{1}",
            "<url", "</urlset><urlset>", "<<<<",
        ])
    func broken(_ rest: String) throws {
        let sitemap = try read(Self.start + "<url><loc>/maps/a</loc></url><url><loc>/maps/b</loc></url>" + rest)
        #expect(paths(sitemap) == ["/maps/a", "/maps/b"])
        #expect(sitemap.problem?.hasPrefix("broken XML in line 1: ") == true)
    }

    @Test func aTextWhoseEndTagBeganIsWhole() throws {
        #expect(paths(try read(Self.start + "<url><loc>/maps/a</lo")) == ["/maps/a"])
        #expect(paths(try read(Self.start + "<url><loc>/maps/a<")) == [])
    }

    @Test func noEntityIsExpandedAndNothingIsLoaded() throws {
        let bomb =
            "<!DOCTYPE u [<!ENTITY a 'aaaaaaaaaa'>"
            + (1...9).map {
                "<!ENTITY a\($0) '" + String(repeating: $0 == 1 ? "&a;" : "&a\($0 - 1);", count: 10) + "'>"
            }.joined() + "]>"
        for text in [
            bomb + "<urlset><url><loc>/maps/&a9;</loc></url></urlset>",
            "<!DOCTYPE u [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>/maps/&x;</loc></url></urlset>",
            "<!DOCTYPE u [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/x'> %x;]><urlset><url><loc>/maps/a</loc></url></urlset>",
        ] {
            let sitemap = try read(text)
            #expect(sitemap.problem == "it declares entities" && sitemap.entries.isEmpty)
        }
        // The doctype of RSS 0.91 is no reason to refuse it; what it names is not loaded.
        let doctype = "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/rss-0.91.dtd'>"
        #expect(
            paths(try read(doctype + "<rss><channel><item><link>/maps/a</link></item></channel></rss>")) == ["/maps/a"])
    }

    @Test func gzipIsKnownByItsMark() throws {
        let text = Self.start + "<url><loc>/maps/a</loc></url></urlset>"
        let packed = LoopbackServer.gzip(Array(text.utf8))
        #expect(paths(try read(packed)) == ["/maps/a"])
        let cut = try read(
            Array(
                LoopbackServer.gzip(Array((0..<9_000).map { "https://example.org/maps/\($0)\n" }.joined().utf8))
                    .dropLast(4_000)))
        #expect(cut.problem == "the gzip stream is cut off" && cut.entries.count > 100)
        #expect(try read([0x1F, 0x8B, 0, 0, 0]).problem?.hasPrefix("the gzip stream is corrupt") == true)
    }

    @Test func aBombStopsAtTheLimit() throws {
        var bytes = LoopbackServer.gzip(Array("https://example.org/maps/a\n".utf8))
        bytes += LoopbackServer.gzip([UInt8](repeating: 0x20, count: 1 << 20), times: 100)
        var limits = SitemapReader.Limits()
        #expect(limits.bytes == 50 << 20)
        limits.bytes = 2 << 20
        let reader = SitemapReader(url: try .parse("https://example.org/maps/sitemap.xml"), limits: limits)
        #expect(!reader.push(bytes[...]))
        let sitemap = reader.finish()
        #expect(sitemap.problem == "larger than 2097152 bytes" && paths(sitemap) == ["/maps/a"])
    }

    @Test func limitsOfTheProtocol() throws {
        let sitemap = try read((0...50_000).map { "https://example.org/maps/\($0)\n" }.joined())
        #expect(sitemap.entries.count == 50_000 && sitemap.problem == "more than 50000 URLs")
        var limits = SitemapReader.Limits()
        limits.urls = 2
        let reader = SitemapReader(url: try .parse("http://a/"), limits: limits)
        #expect(reader.push(Array("http://a/1\nhttp://a/2\n".utf8)[...]))
        #expect(!reader.push(Array("http://a/3\n".utf8)[...]))
        #expect(!reader.push(Array("http://a/4\n".utf8)[...]))
        #expect(reader.finish().entries.count == 2)
    }

    @Test(
        "What is no sitemap says so",
        arguments: [
            "<html><body><a href='/maps/a'>x</a></body></html>", "<!doctype html><p>", "<url><loc>/maps/a</loc></url>",
        ])
    func other(_ text: String) throws {
        let sitemap = try read(text)
        #expect(sitemap.entries.isEmpty && sitemap.problem != nil)
    }

    @Test func nothingIsAnEmptyList() throws {
        for text in ["", " ", "\n\n"] { #expect(try read(text).entries.isEmpty) }
    }

    @Test func encodingsOfXML() throws {
        let latin =
            Array("<?xml version='1.0' encoding='ISO-8859-1'?><urlset><url><loc>/maps/".utf8) + [0xE9]
            + Array("</loc></url></urlset>".utf8)
        #expect(paths(try read(latin)) == ["/maps/%C3%A9"])
        let wide = Array("\u{FEFF}<urlset><url><loc>/maps/é</loc></url></urlset>".utf16).flatMap {
            [UInt8($0 & 0xFF), UInt8($0 >> 8)]
        }
        #expect(paths(try read(wide)) == ["/maps/%C3%A9"])
        #expect(paths(try read("\n\n" + Self.start + "<url><loc>/maps/a</loc></url></urlset>")) == ["/maps/a"])
    }

    @Test("Cut anywhere, it is read the same", arguments: [1, 3, 1_000])
    func pieces(_ size: Int) throws {
        let text =
            Self.start
            + (0..<40).map { "<url><loc>https://example.org/maps/\($0)?a&amp;é</loc><lastmod>2024</lastmod></url>" }
            .joined() + "</urlset>"
        for bytes in [
            Array(text.utf8), LoopbackServer.gzip(Array(text.utf8)),
            Array("https://example.org/maps/a\nhttps://example.org/maps/b".utf8),
        ] {
            let reader = SitemapReader(url: try .parse("https://example.org/maps/sitemap.xml"))
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.push(bytes[start..<min(start + size, bytes.count)])
            }
            let sitemap = reader.finish()
            #expect(sitemap.entries == (try read(bytes)).entries && sitemap.entries.count >= 2)
        }
    }

    @Test("Any bytes are read or refused", arguments: [1, 2, 3] as [UInt64])
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let pieces = [
            "<url>", "</url>", "<loc>", "</loc>", "<urlset>", "</urlset>", "<sitemap>", "<![CDATA[", "]]>",
            "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "&a;", "&amp;", "&", "<!--", "-->", "<?xml version='1.0'?>",
            "/maps/a", "\n", "é", "<a b='c'>", "<lastmod>", "\u{0}",
        ]
        var found = 0
        for _ in 0..<2_000 {
            let start = generator.next() % 2 == 0 ? "<urlset><url><loc>/maps/x</loc></url>" : ""
            let text = (0..<Int.random(in: 0...15, using: &generator)).reduce(into: start) { text, _ in
                text += pieces.randomElement(using: &generator) ?? ""
            }
            let sitemap = try read(text)
            found += sitemap.entries.count
            #expect(sitemap.entries.allSatisfy { $0.url.path.hasPrefix("/maps/") })
            if text.contains("<!ENTITY"), sitemap.problem == nil { #expect(sitemap.kind == .text) }
        }
        #expect(found > 500)
    }
}
