import FetchHTTP
import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@testable import FetchHTML

/// A row of `tokenizer_attributes.jsonl`.
struct TokenizerRow: Decodable {
    struct Tag: Decodable {
        let name: String
        let attributes: [String: String]

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            name = try container.decode(String.self)
            attributes = try container.decode([String: String].self)
        }
    }

    let html: String
    let start_tags: [Tag]
}

/// A text as such or in base64.
struct PageBytes: Decodable {
    let text: String?
    let base64: Data?

    var bytes: [UInt8] { base64.map { [UInt8]($0) } ?? Array((text ?? "").utf8) }
}

/// A row of `scrapy_links.jsonl`.
struct ScrapyRow: Decodable {
    struct Found: Decodable {
        let url: String
        let nofollow: Bool
    }

    let test: String
    let page_url: String
    let page_encoding: String
    let html_base64: Data
    let options: [String: String]
    let links: [Found]
}

/// A row of `lychee_extract.jsonl`.
struct LycheeRow: Decodable {
    let test: String
    let html: String
    let links: [String]
}

/// A row of `base_href.jsonl`.
struct BaseRow: Decodable {
    let test: String
    let html: PageBytes
    let page_url: String
    let base_url: String
}

/// A row of `meta_refresh.jsonl`.
struct RefreshRow: Decodable {
    let content: String
    let refresh: Bool
    let seconds: Int?
    let url: String?
}

/// A row of `meta_refresh_pages.jsonl`.
struct RefreshPageRow: Decodable {
    struct Result: Decodable {
        let seconds: Double?
        let url: String?

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            seconds = try container.decode(Double?.self)
            url = try container.decode(String?.self)
        }
    }

    let test: String
    let html: PageBytes
    let page_url: String
    let result: Result
    let encoding: String
    let options: [String: String]
}

/// A row of `srcset.jsonl`.
struct SourceSetRow: Decodable {
    let srcset: String
    let first_valid: String?
}

/// A row of `charset_sniff.jsonl`.
struct CharsetRow: Decodable {
    let html_base64: Data
    let encoding: String
}

@Suite("Pages: public test vectors", .enabled(if: TestData.isPresent, "no ../shared/data"))
struct HTMLVectorTests {
    @Test("Malformed tags are read as html5lib reads them")
    func tokenizer() throws {
        let rows = try TestData.rows("html/tokenizer_attributes.jsonl", as: TokenizerRow.self)
        #expect(rows.count == 191)
        for row in rows {
            var scanner = HTMLScanner(Array(row.html.utf8), keepsAll: true) { _ in true }
            let text = PageText(bytes: scanner.bytes, encoding: .utf8)
            var tags: [String] = []
            while scanner.next() {
                var attributes: [String: String] = [:]
                for attribute in scanner.attributes {
                    let name = text.attribute(attribute.nameRange).map(\.lowercasedASCII)
                    let value = String(decoding: text.attribute(attribute.value), as: UTF8.self)
                    attributes[String(decoding: name, as: UTF8.self), default: value] = value
                }
                // The rows leave out tags without attributes.
                if attributes.isEmpty { continue }
                let name = String(decoding: scanner.bytes[scanner.tagRange].map(\.lowercasedASCII), as: UTF8.self)
                tags.append("\(name) \(attributes.sorted { $0.key < $1.key })")
            }
            let expected = row.start_tags.map { "\($0.name) \($0.attributes.sorted { $0.key < $1.key })" }
            #expect(tags == expected, "\(row.html.debugDescription)")
        }
    }

    @Test("Links as Scrapy's extractor finds them")
    func scrapy() throws {
        let rows = try TestData.rows("html/scrapy_links.jsonl", as: ScrapyRow.self)
        #expect(rows.count == 13)
        for row in rows {
            let base = try #require(FetchURL(row.page_url))
            // Other elements and attributes than a page's links are Scrapy's options, not ours.
            let kinds: Set<Link.Kind>
            switch (row.options["tags"], row.options["attrs"]) {
            case (nil, nil), (nil, "'href'"): kinds = [.a, .area]
            case ("'a'", _): kinds = [.a]
            case ("'area'", _): kinds = [.area]
            case ("None", _), (_, "None"): kinds = []
            default: continue
            }
            let found = LinkExtractor.extract(
                [UInt8](row.html_base64), base: base, contentType: "text/html; charset=\(row.page_encoding)")
            let urls = found.links.filter { kinds.contains($0.kind) }
            // We leave fragments out, so that Scrapy's second link to a page is none.
            let expected = row.links.filter { !$0.url.contains("#") }
            #expect(urls.map(\.url.href) == expected.map(\.url), "\(row.test)")
            #expect(urls.map(\.isNofollow) == expected.map(\.nofollow), "\(row.test)")
        }
    }

    /// Rows of lychee, a link checker, that ask for what a crawler does not want.
    private static let lychee = [
        "test_valid_email": "mailto: is no URL to fetch; it is counted as skipped",
        "test_valid_tel": "tel: is no URL to fetch; it is counted as skipped",
        "test_skip_emails_in_stylesheets": "is about addresses; a style sheet is a requisite",
        "test_email_false_positive": "is about addresses; the image is one",
    ]

    @Test("Links as lychee finds them")
    func lychee() throws {
        let rows = try TestData.rows("html/lychee_extract.jsonl", as: LycheeRow.self)
        #expect(rows.count == 10)
        let base = try #require(FetchURL("https://base.example/"))
        for row in rows {
            var options = LinkExtractor.Options()
            options.requisites = true
            let found = LinkExtractor.extract(Array(row.html.utf8), base: base, contentType: nil, options: options)
            let urls = Set(found.links.filter { !$0.isNofollow }.map(\.url.href))
            let expected = Set(row.links.compactMap { FetchURL($0, base: base)?.href })
            if let reason = Self.lychee[row.test] {
                let differs = urls != expected || row.links.count != urls.count
                #expect(differs, "\(row.test) passes now; it was an exception: \(reason)")
            } else {
                #expect(urls == expected, "\(row.test)")
            }
        }
    }

    @Test("The base of a page as w3lib finds it")
    func base() throws {
        for row in try TestData.rows("html/base_href.jsonl", as: BaseRow.self) {
            let page = try FetchURL.parse(row.page_url.isEmpty ? "http://page.example/" : row.page_url)
            let expected = row.base_url.isEmpty ? page : try FetchURL.parse(row.base_url)
            let found = LinkExtractor.extract(
                row.html.bytes + Array(#"--><a href="?q">"#.utf8), base: page, contentType: "text/html; charset=utf-8")
            #expect(found.links.last?.url == FetchURL("?q", base: expected), "\(row.test)")
        }
    }

    @Test("Refreshes as the web platform tests read them")
    func refresh() throws {
        let rows = try TestData.rows("html/meta_refresh.jsonl", as: RefreshRow.self)
        #expect(rows.count == 31)
        for row in rows {
            let refresh = MetaRefresh(Array(row.content.utf8))
            #expect((refresh != nil) == row.refresh, "\(row.content.debugDescription)")
            #expect(refresh?.seconds == row.seconds, "\(row.content.debugDescription)")
            #expect(
                refresh.map { String(decoding: $0.url, as: UTF8.self) } == row.url, "\(row.content.debugDescription)")
        }
    }

    @Test("Refreshes of pages as w3lib finds them")
    func refreshPages() throws {
        var cutOff = 0
        for row in try TestData.rows("html/meta_refresh_pages.jsonl", as: RefreshPageRow.self) {
            let base = try FetchURL.parse(row.page_url)
            let found = LinkExtractor.extract(row.html.bytes, base: base, contentType: "text/html; charset=utf-8")
            if !row.html.bytes.contains(UInt8(ascii: ">")) {
                // w3lib takes a tag that the page's end cuts off; the standard drops it.
                cutOff += 1
                #expect(found.refresh == nil)
            } else if row.options["ignore_tags"] == "()" {
                // With its option w3lib looks into noscript; ours is a link there, and not where the page goes on.
                #expect(found.refresh == nil && found.links.map(\.url.href) == [row.result.url])
            } else {
                // A fraction of a second is dropped, as the standard says.
                #expect(found.refresh?.delay == row.result.seconds.map { .seconds(Int($0)) }, "\(row.test)")
                #expect(found.refresh?.url == row.result.url.flatMap { FetchURL($0) }, "\(row.test)")
            }
        }
        #expect(cutOff == 1)
    }

    @Test("srcset is split as browsers split it")
    func sourceSet() throws {
        let rows = try TestData.rows("html/srcset.jsonl", as: SourceSetRow.self)
        #expect(rows.count == 44)
        for row in rows {
            let urls = SourceSet.urls(Array(row.srcset.utf8))
            if let expected = row.first_valid {
                #expect(urls.contains { $0.elementsEqual(expected.utf8) }, "\(row.srcset.debugDescription)")
            }
            #expect(
                !urls.contains { $0.contains(where: \.isHTMLSpace) || $0.isEmpty }, "\(row.srcset.debugDescription)")
        }
    }

    @Test("Charsets as html5lib finds them")
    func charset() throws {
        let rows = try TestData.rows("html/charset_sniff.jsonl", as: CharsetRow.self)
        #expect(rows.count == 37)
        for row in rows {
            let bytes = [UInt8](row.html_base64)
            let mark = CharacterEncoding.mark(of: bytes[...])?.encoding
            let name = mark ?? PageScan(bytes, options: LinkExtractor.Options()).encoding
            // Where nobody names a charset browsers take windows-1252.
            let text = String(decoding: bytes.prefix(300), as: UTF8.self)
            #expect((name?.name ?? "windows-1252") == row.encoding.lowercased(), "\(text.debugDescription)")
        }
    }
}
