import FetchHTML
import FetchHTTP
import FoundationEssentials
import TestSupport
import Testing

/// A row of `robots_vectors.jsonl`.
struct RobotsRow: Decodable {
    let id: String
    let robotstxt: String?
    /// In place of it, where the bytes are no UTF-8.
    let robotstxt_base64: Data?
    let agent: String
    let url: String
    let allowed: Bool
    let grade: String
    let why: String

    var bytes: [UInt8] { robotstxt_base64.map { [UInt8]($0) } ?? Array((robotstxt ?? "").utf8) }
}

/// A row of `real_sites.jsonl`.
struct RealRobotsRow: Decodable {
    struct Case: Decodable {
        let agent: String
        let url: String
        let allowed: Bool
    }

    let site_file: String
    let robotstxt: String
    let cases: [Case]
}

/// A row of `crawl_delay.jsonl`.
struct CrawlDelayRow: Decodable {
    let test: String
    let robotstxt: String
    let agent: String
    let crawl_delay: Double?
}

@Suite("robots.txt: public test vectors", .enabled(if: TestData.isPresent, "no ../shared/data"))
struct RobotsVectorTests {
    private static func isAllowed(_ robots: [UInt8], _ agent: String, _ url: String) -> Bool? {
        FetchURL(url).map { RobotsPolicy(parsing: robots, agent: agent).verdict(for: $0).isAllowed }
    }

    @Test("Every row that RFC 9309 decides, and every one on which the parsers agree", arguments: ["must", "should"])
    func rows(_ grade: String) throws {
        let rows = try TestData.rows("robots/robots_vectors.jsonl", as: RobotsRow.self).filter { $0.grade == grade }
        #expect(rows.count == (grade == "must" ? 298 : 29))
        for row in rows {
            let allowed = Self.isAllowed(row.bytes, row.agent, row.url)
            #expect(allowed == row.allowed, "\(row.id) \(row.agent) \(row.url.prefix(200)): \(row.why)")
        }
    }

    @Test("Eighty real files give the verdicts of two other parsers")
    func realSites() throws {
        let rows = try TestData.rows("robots/real_sites.jsonl", as: RealRobotsRow.self)
        var count = 0
        for row in rows {
            for (agent, cases) in Dictionary(grouping: row.cases, by: \.agent) {
                count += cases.count
                let policy = RobotsPolicy(parsing: Array(row.robotstxt.utf8), agent: agent)
                for example in cases {
                    let allowed = FetchURL(example.url).map { policy.verdict(for: $0).isAllowed }
                    #expect(allowed == example.allowed, "\(row.site_file): \(agent) \(example.url)")
                }
            }
        }
        #expect(count == 3_034)
    }

    @Test("Crawl-delay is that of the crawler's own group")
    func crawlDelay() throws {
        for row in try TestData.rows("robots/crawl_delay.jsonl", as: CrawlDelayRow.self) {
            let policy = RobotsPolicy(parsing: Array(row.robotstxt.utf8), agent: row.agent)
            #expect(
                policy.crawlDelay == row.crawl_delay.map { .milliseconds(Int($0 * 1000)) }, "\(row.test) \(row.agent)")
        }
    }
}
