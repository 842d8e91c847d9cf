import FetchHTTP
import TestSupport
import Testing

@testable import FetchHTML

/// Pages made to be slow or large. The limits are a hundred times what they take in a release build.
@Suite struct HostilePageTests {
    private func extract(_ page: String) throws -> ExtractedLinks {
        let base = try FetchURL.parse("http://example.org/")
        var options = LinkExtractor.Options()
        options.requisites = true
        let start = ContinuousClock.now
        let found = LinkExtractor.extract(Array(page.utf8), base: base, contentType: nil, options: options)
        #expect(ContinuousClock.now - start < .seconds(60))
        return found
    }

    @Test(
        "Beginnings without end",
        arguments: [
            "<base ", "<meta ", "<a ", "<!--", "<!", "<script>", "<script><!--", "<style>", "<title>", "<![CDATA[",
            "<svg>", "<a href=\"",
            "<a href='x", "&", "&#", "<", "</", "<script><!--<script>", "--", "<a b", "<noscript>", "<textarea></",
            "]]",
        ])
    func repeated(_ piece: String) throws {
        let found = try extract(String(repeating: piece, count: 20_000))
        #expect(found.links.isEmpty && found.refresh == nil)
    }

    @Test func manyAttributes() throws {
        let attributes = (0..<30_000).map { "a\($0)=b" }.joined(separator: " ")
        #expect(try extract("<a \(attributes) href=x>").links.map(\.url.path) == ["/x"])
        #expect(try extract("<meta " + String(repeating: "http-equiv refresh ", count: 20_000) + ">").refresh == nil)
    }

    @Test func deepNesting() throws {
        #expect(try extract(String(repeating: "<div>", count: 50_000) + "<a href=x>y</a>").links.count == 1)
        #expect(try extract(String(repeating: "<svg>", count: 50_000) + "<a href=x>y</a>").links.count == 1)
    }

    @Test func aLinkTooLongIsLeftOut() throws {
        let found = try extract("<a href=\"" + String(repeating: "a", count: 1_000_000) + "\">x</a><a href=ok>")
        #expect(found.links.map(\.url.path) == ["/ok"])
        #expect(found.skipped == 1)
    }

    @Test func manyLinks() throws {
        let found = try extract((0..<30_000).map { "<a href=\($0)>" }.joined())
        #expect(found.links.count == 30_000 && !found.isTruncated)
        let set = try extract("<img srcset='" + String(repeating: "x,, y 1x (,), ", count: 5_000) + "'>")
        #expect(set.links.map(\.url.path) == ["/x", "/y"])
    }

    @Test("Any bytes are a page", arguments: [1, 2, 3, 4] as [UInt64])
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let pieces = [
            "<a href=", "<a href=\"", "<base href=", "<link rel=next href=", "<meta http-equiv=refresh content=",
            "<img srcset=",
            "<meta charset=", "utf-16", "utf-8", "big5", "<title>", "</title>", "<script>", "</script>", "<!--", "-->",
            "<svg>",
            "</svg>", "<![CDATA[", "]]>", "\"", "'", ">", "=", " ", "/", "#", "?", "&", "&amp;", "&#x", "&#", ";", "x",
            "http://h/",
            "1;url=", ",", "é", "\u{0}", "\r\n", "\u{FEFF}", "rel=nofollow ", "//", "..",
        ]
        let base = try FetchURL.parse("http://example.org/dir/")
        var links = 0
        for _ in 0..<1_000 {
            var page: [UInt8] = []
            for _ in 0..<Int.random(in: 0...30, using: &generator) {
                page += Array((pieces.randomElement(using: &generator) ?? "").utf8)
                if generator.next() % 16 == 0 { page.append(UInt8(truncatingIfNeeded: generator.next())) }
            }
            var options = LinkExtractor.Options()
            options.requisites = true
            let found = LinkExtractor.extract(page, base: base, contentType: nil, options: options)
            links += found.links.count
            for link in found.links { #expect(link.url.fragment == nil && FetchURL(link.url.href) == link.url) }
            #expect(Set(found.links).count == found.links.count)
        }
        #expect(links > 150)
    }
}
