import FetchHTTP
import TestSupport
import Testing

@testable import FetchHTML

/// The links of pages.
@Suite struct LinkExtractorTests {
    private func extract(
        _ html: String, contentType: String? = "text/html; charset=utf-8", requisites: Bool = false
    ) throws -> ExtractedLinks {
        try extract(Array(html.utf8), contentType: contentType, requisites: requisites)
    }

    private func extract(_ bytes: [UInt8], contentType: String?, requisites: Bool = false) throws -> ExtractedLinks {
        var options = LinkExtractor.Options()
        options.requisites = requisites
        let base = try FetchURL.parse("http://example.org/dir/page.html?q#f")
        return LinkExtractor.extract(bytes, base: base, contentType: contentType, options: options)
    }

    /// The links without what all of them start with.
    private func hrefs(_ html: String, requisites: Bool = false) throws -> [String] {
        try extract(html, requisites: requisites).links.map { link in
            let prefix = "http://example.org/"
            return link.url.href.hasPrefix(prefix) ? String(link.url.href.dropFirst(prefix.count)) : link.url.href
        }
    }

    @Test func everyKindOfLinkIsFound() throws {
        let html = """
            <body background=bg.png><a href=a><map><area href=area></map><iframe src=iframe></iframe><frame src=frame>
            <link rel=next href=link><link rel="shortcut icon" href=icon><meta http-equiv=Refresh content="5; url=refresh">
            <img src=img srcset="set1 1x, set2 2x"><picture><source src=source srcset="srcset 100w"></picture>
            <script src=script></script><video src=video poster=poster><track src=track></video><audio src=audio></audio>
            <embed src=embed><object data=object></object><input type=IMAGE src=input><input src=no>
            <form action=no></form><blockquote cite=no></blockquote><svg><a xlink:href=svg></a></svg>
            """
        let found = try extract(html, requisites: true)
        let expected: [(Link.Kind, String)] = [
            (.background, "bg.png"), (.a, "a"), (.area, "area"), (.iframe, "iframe"), (.frame, "frame"),
            (.link, "link"),
            (.linkedResource, "icon"), (.metaRefresh, "refresh"), (.image, "img"), (.imageSet, "set1"),
            (.imageSet, "set2"),
            (.source, "source"), (.sourceSet, "srcset"), (.script, "script"), (.video, "video"), (.poster, "poster"),
            (.track, "track"), (.audio, "audio"), (.embed, "embed"), (.object, "object"), (.inputImage, "input"),
            (.a, "svg"),
        ]
        #expect(found.links.map { "\($0.kind) \($0.url.path)" } == expected.map { "\($0.0) /dir/\($0.1)" })
        #expect(Set(found.links.map(\.kind)) == Set(Link.Kind.allCases).subtracting([.header]))
        let pages = try extract(html).links
        #expect(pages.map(\.kind) == [.a, .area, .iframe, .frame, .link, .metaRefresh, .a])
        #expect(found.refresh == .init(delay: .seconds(5), url: try .parse("http://example.org/dir/refresh")))
    }

    @Test(
        "References resolve as in a browser",
        arguments: [
            ("", "dir/page.html?q"), ("#x", "dir/page.html?q"), ("?a=1&b=2", "dir/page.html?a=1&b=2"), ("/x", "x"),
            ("//other.org/x", "http://other.org/x"), (" \n ../x \t", "x"), ("x\ny", "dir/xy"), ("a b", "dir/a%20b"),
            ("x#y#z", "dir/x"), ("é", "dir/%C3%A9"), ("?é", "dir/page.html?%C3%A9"), ("a\\b", "dir/a/b"),
            ("%7e", "dir/%7e"),
            ("HTTPS://OTHER.org:443", "https://other.org/"), ("&#39;x", "dir/'x"), ("?a&amp;b", "dir/page.html?a&b"),
            ("?a&copy=1", "dir/page.html?a&copy=1"), ("x&period;html", "dir/x.html"), ("&#x80;", "dir/%E2%82%AC"),
            ("&#0;", "dir/%EF%BF%BD"), ("x&#35;y", "dir/x"), ("&ngE;", "dir/%E2%89%A7%CC%B8"),
            ("&nosuch;", "dir/&nosuch;"),
            ("javascript:x()", nil), ("mailto:a@b", nil), ("data:text/html,x", nil), ("http://[bad/", nil),
            ("http://", nil),
            ("http://a:99999/", nil), ("ftp://a/", nil),
        ] as [(String, String?)])
    func resolution(_ reference: String, _ expected: String?) throws {
        #expect(try hrefs("<a href=\"\(reference)\">") == (expected.map { [$0] } ?? []))
        #expect(
            try extract("<a href='\(reference.replacing("'", with: "&apos;"))'>").skipped == (expected == nil ? 1 : 0))
    }

    @Test func theFirstBaseCountsForTheWholePage() throws {
        #expect(try hrefs("<a href=x><base target=y><base href=/b/><base href=/c/><a href=y>") == ["b/x", "b/y"])
        #expect(try hrefs("<base href='data:x'><base href=/c/><a href=y>") == ["dir/y"])
        #expect(try hrefs("<!-- <base href=/b/> --><a href=y>") == ["dir/y"])
    }

    @Test func aPageLinkedTwiceIsOneLink() throws {
        #expect(try hrefs("<a href=x><a href='x#a'><a href=\"x#b\"><a href='./x'><area href=x>") == ["dir/x", "dir/x"])
        let links = try extract(
            "<a rel=nofollow href=x><a href=y><a href=x><a href=./y rel='me,NoFollow'><a rel=nofollow href=z>"
        ).links
        #expect(links.map(\.isNofollow) == [false, false, true])
    }

    @Test(
        "Text is no markup",
        arguments: [
            "<script>'<a href=no>'</script>", "<style><a href=no></style>", "<title><a href=no></title>",
            "<textarea><a href=no></textarea>", "<xmp><a href=no></xmp>", "<iframe><a href=no></iframe>",
            "<!-- <a href=no> -->", "<!--- ><a href=no>-->", "<![CDATA[<a href=no>]]>",
            "<svg><![CDATA[>\"<a href=no>]]></svg>",
            "<script><!--<script></script><a href=no></script>--></script>", "<script></scripty><a href=no></script>",
            "<script><!--<script></script x><a href=no></script>", "<?php <a href=no>", "<a title='<a href=no>'>",
            "</a href=no>", "<a\u{0}href=no>", "<a =href=no>", "< a href=no>", "<ahref=no>", "<a xhref=no>",
            "<!doctype '<a href=no>",
        ])
    func noMarkup(_ html: String) throws {
        #expect(try hrefs(html + "<a href=end>") == ["dir/end"])
    }

    @Test(
        "What the end of the page cuts off is nothing",
        arguments: [
            "<a href=no", "<a href=\"no>", "<a href='no>", "<plaintext><a href=no>", "<!--<a href=no>",
            "<script><a href=no>", "<a href=no ", "<a href=",
        ])
    func cutOff(_ html: String) throws {
        #expect(try hrefs("<a href=x>" + html) == ["dir/x"])
    }

    @Test(
        "Odd markup is markup",
        arguments: [
            "<!--><a href=x>", "<!---><a href=x>", "<!-- --!><a href=x>",
            "<script><!--<script></script>--></script><a href=x>",
            "<script><!-- </script><a href=x>", "<script><!--><script></script><a href=x>",
            "<SCRIPT></script ><a href=x>",
            "<noscript><a href=x></noscript>", "<a/href=x>", "<a href = x>", "<a\thref\n=\u{C}x>", "<a href=x href=no>",
            "<svg><title><a href=x></title></svg>", "</ a><a href=x>", "<a b=c\"d href=x>", "<a 'href=no' href=x>",
            "<<a href=x>",
            "<A HREF=x>", "<a b='c'href=x>", "<a b=''/href=x>", "<!><a href=x>", "</><a href=x>",
            "<a href='x' href=\"no\">",
        ])
    func oddMarkup(_ html: String) throws {
        #expect(try hrefs(html) == ["dir/x"])
    }

    @Test func titles() throws {
        #expect(try extract("<title> A &amp; B\n&notit; &copy2 </title><title>C</title>").title == "A & B ¬it; ©2")
        #expect(try extract("<svg><title>no</title></svg><title>x<!--y--></title>").title == "x<!--y-->")
        #expect(try extract("<p>").title == nil)
        #expect(try extract("<title> </title>").title == nil)
        #expect(try extract("<title>" + String(repeating: "é", count: 5_000)).title?.count == 1_000)
    }

    @Test func directivesOfThePage() throws {
        #expect(try extract("<META NAME=Robots CONTENT='noindex, nofollow'>").robots.nofollow)
        #expect(try extract("<meta name=fetchall content=none><meta name=robots content=all>").robots.noindex)
        #expect(try !extract("<meta name=googlebot content=none>").robots.noindex)
    }

    @Test(
        "Charsets: mark, header, meta, guess",
        arguments: [
            ("text/html; charset=utf-8", "", [0xC3, 0xA9]), ("text/html; charset=\"ISO-8859-1\"", "", [0xE9]),
            ("text/html", "<meta charset=latin1>", [0xE9]),
            (nil, "<meta http-equiv=content-type content='a;charset=cp1252'>", [0xE9]),
            ("text/html", "", [0xE9]), ("text/html", "", [0xC3, 0xA9]),
            ("text/html; charset=nonsense", "", [0xC3, 0xA9]),
            ("text/html; charset=utf-8", "<meta charset=latin1>", [0xC3, 0xA9]),
            ("a;b;;=", "<meta charset=koi8-r>", [0xC9]),
            ("text/html; charset=iso-8859-2", "", [0xE9]), ("text/html; charset=windows-1251", "", [0xE9]),
            ("text/html; charset=shift_jis", "", [0x83, 0x5C]),
            ("text/html; charset=latin1", "\u{FEFF}", [0xC3, 0xA9]),
        ] as [(String?, String, [UInt8])])
    func charsets(_ contentType: String?, _ start: String, _ letter: [UInt8]) throws {
        let page =
            Array((start + "<title>").utf8) + letter + Array("</title><a href='".utf8) + letter + Array("?".utf8)
            + letter
        let found = try extract(page + Array("'>".utf8), contentType: contentType)
        let expected =
            start.contains("koi8")
            ? "и"
            : contentType?.contains("1251") == true
                ? "й"
                : contentType?.contains("jis") == true ? "ソ" : "é"
        #expect(found.title == expected)
        // The path is UTF-8, the query is in the charset of the page.
        var query =
            start.hasPrefix("\u{FEFF}") || letter == [0xC3, 0xA9] ? "%C3%A9" : "%" + (letter == [0xC9] ? "C9" : "E9")
        if letter.count == 2, letter[0] == 0x83 { query = "%83\\" }
        #expect(found.links.map(\.url) == [try .parse("http://example.org/dir/\(expected)?\(query)")])
    }

    @Test(arguments: [true, false])
    func wideCharsets(_ isLittle: Bool) throws {
        let units = Array("\u{FEFF}<title>é</title><a href='日?本'>".utf16)
        let bytes = units.flatMap {
            isLittle ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)]
        }
        for (page, type) in [
            (bytes, nil), (Array(bytes.dropFirst(2)), isLittle ? "a/b; charset=utf-16" : "a/b; charset=utf-16be"),
        ] {
            let found = try extract(page, contentType: type)
            #expect(found.title == "é")
            #expect(found.links.map(\.url) == [try .parse("http://example.org/dir/日?本")])
        }
        let japanese =
            Array("<meta charset=iso-2022-jp><a href='".utf8) + [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x42]
            + Array("'>".utf8)
        #expect(try extract(japanese, contentType: nil).links.map(\.url) == [try .parse("http://example.org/dir/日")])
    }

    @Test func onlyPagesAreRead() {
        for type in [nil, "", "text/html", "TEXT/HTML;charset=x", "application/xhtml+xml", " text/html ;b;;="]
            as [String?]
        {
            #expect(LinkExtractor.isPage(contentType: type))
        }
        for type in ["text/plain", "application/octet-stream", "text/html2", "image/svg+xml"] {
            #expect(!LinkExtractor.isPage(contentType: type))
        }
    }

    @Test func limitsCutAndSaySo() throws {
        let base = try FetchURL.parse("http://example.org/")
        let page = Array((0..<100).map { "<a href=\($0)>" }.joined().utf8)
        var options = LinkExtractor.Options()
        options.maximumLinks = 10
        var found = LinkExtractor.extract(page, base: base, contentType: nil, options: options)
        #expect(found.links.count == 10 && found.isTruncated)
        options = LinkExtractor.Options()
        options.maximumBytes = 105
        found = LinkExtractor.extract(page, base: base, contentType: nil, options: options)
        #expect(found.links.last?.url.path == "/9" && found.isTruncated)
        #expect(!LinkExtractor.extract(page, base: base, contentType: nil).isTruncated)
    }

    @Test func theTableOfNamesIsWhole() {
        var output: [UInt8] = []
        for entry in HTMLEntityTable.text.split(separator: " ") {
            let name = Array("&\(entry.prefix { $0 != ":" && $0 != "!" });".utf8)
            var index = 0
            output = []
            HTMLEntities.append(name[...], at: &index, isAttribute: true, to: &output)
            #expect(index == name.count && output != name, "\(entry)")
        }
        #expect(HTMLEntityTable.text.split(separator: " ").count == 2_125)
    }

    @Test func knownNamesAreTheirLetters() {
        func key(_ name: String) -> UInt64 { name.utf8.reduce(0) { $0 << 8 | UInt64($1) } }
        for name in [
            "a", "area", "audio", "base", "body", "embed", "frame", "iframe", "image", "img", "input", "link", "math",
            "meta", "noembed", "noframes", "noscript", "object", "plaintext", "script", "source", "style", "svg",
            "textarea",
            "title", "track", "video", "xmp",
        ] {
            #expect(HTMLTag(rawValue: key(name)).map { "\($0)" } == name)
        }
        let attributes: [(String, HTMLAttributeName)] = [
            ("background", .background), ("charset", .charset), ("content", .content), ("data", .data), ("href", .href),
            ("http-equiv", .httpEquiv), ("name", .name), ("poster", .poster), ("rel", .rel), ("src", .src),
            ("srcset", .srcset), ("type", .type), ("xlink:href", .xlinkHref),
        ]
        for (name, attribute) in attributes { #expect(HTMLAttributeName(rawValue: key(name)) == attribute) }
    }
}
