import FetchHTML
import FetchHTTP
import FoundationEssentials
import TestSupport
import Testing

/// A row of `crawlercommons.jsonl`.
struct CrawlerCommonsSitemapRow: Decodable {
    let test: String
    let url: String
    let body_base64: Data
    let urls: Int?
    let child_sitemaps: Int?
}

/// A row of `scrapy.jsonl`.
struct ScrapySitemapRow: Decodable {
    let test: String
    let xml: PageBytes
    let type: String
    let locs: [String]
}

@Suite("Sitemaps: public test vectors", .enabled(if: TestData.isPresent, "no ../shared/data"))
struct SitemapVectorTests {
    @Test("As many URLs as crawler-commons finds")
    func crawlerCommons() throws {
        let rows = try TestData.rows("sitemap/crawlercommons.jsonl", as: CrawlerCommonsSitemapRow.self)
        #expect(rows.count == 9)
        for row in rows {
            let sitemap = SitemapReader.read([UInt8](row.body_base64), url: try .parse(row.url), isStrict: false)
            #expect(sitemap.entries.count == row.urls ?? row.child_sitemaps, "\(row.test)")
            #expect((sitemap.kind == .index) == (row.child_sitemaps != nil), "\(row.test)")
        }
    }

    @Test("The URLs that Scrapy finds")
    func scrapy() throws {
        let rows = try TestData.rows("sitemap/scrapy.jsonl", as: ScrapySitemapRow.self)
        #expect(rows.count == 3)
        for row in rows {
            let sitemap = SitemapReader.read(row.xml.bytes, url: try .parse("http://www.example.com/sitemap.xml"))
            #expect(sitemap.entries.map(\.url.href) == row.locs, "\(row.test)")
            #expect(sitemap.kind == (row.type == "sitemapindex" ? .index : .urlset), "\(row.test)")
            #expect(sitemap.problem == nil)
        }
    }
}
