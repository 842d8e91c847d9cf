import FetchCrawl
import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchTransport
import TestSupport

/// A small site of several hosts with everything that a crawl meets, and options for crawling it; equal for a seed.
struct RandomSite {
    private var random: SeededRandom
    private(set) var pages: [String: TransferResult] = [:]
    private var hosts: [String] = []
    let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        hosts = (0..<Int.random(in: 1...4, using: &random)).map { "h\($0)" }
        for host in hosts {
            pages[host + "/robots.txt"] = robots(host)
            if chance(2) { pages[host + "/sitemap.xml"] = sitemap() }
            if chance(3) { pages[host + "/map.xml"] = sitemap() }
            for name in ["/", "/a", "/b", "/c", "/d"] { pages[host + name] = page() }
        }
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    private mutating func url() -> String {
        let host = hosts.randomElement(using: &random) ?? "h0"
        return "http://\(host)/" + (["", "a", "b", "c", "d", "e", "a?x", "b#y"].randomElement(using: &random) ?? "")
    }

    private func reply(_ status: Int, _ fields: [(String, String)] = [], _ text: String = "") -> TransferResult {
        TransferResult(
            response: Response(
                status: status, headers: HeaderFields(fields.map { (name: $0.0, value: $0.1) }),
                body: .bytes(Array(text.utf8)), size: text.utf8.count))
    }

    private mutating func robots(_ host: String) -> TransferResult {
        let sitemap = chance(3) ? "Sitemap: http://\(host)/map.xml\n" : ""
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: return reply(200, [], "User-agent: *\nDisallow: /\n" + sitemap)
        case 2, 3: return reply(200, [], "User-agent: *\nDisallow: /a\nDisallow: /sitemap\n" + sitemap)
        case 4: return reply(500)
        case 5: return reply(429, [("Retry-After", chance(2) ? "2" : "9999")])
        case 6: return reply(200, [], "User-agent: *\nDisallow: /b\nCrawl-delay: 2\n" + sitemap)
        case 7: return reply(302, [("Location", url())])
        case 8: return TransferResult(error: FetchError(chance(2) ? .connectionRefused : .timedOut, "no answer"))
        case 9: return reply(200, [], sitemap)
        default: return reply(404)
        }
    }

    private mutating func sitemap() -> TransferResult {
        let locations = (0..<Int.random(in: 0...5, using: &random)).map { _ in "<url><loc>\(url())</loc></url>" }
        return reply(200, [], "<urlset>\(locations.joined())</urlset>")
    }

    private mutating func page() -> TransferResult {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return reply(404)
        case 1: return reply(500)
        case 2: return reply(429, chance(2) ? [("Retry-After", chance(2) ? "3" : "9999")] : [])
        case 3: return reply(503, [("Retry-After", "1")])
        case 4, 5: return reply(chance(2) ? 301 : 302, [("Location", url())])
        case 6: return TransferResult(error: FetchError(chance(2) ? .connectionReset : .nameNotResolved, "no answer"))
        default:
            let links = (0..<Int.random(in: 0...4, using: &random)).map { _ in "<a href=\"\(url())\">x</a>" }
            let image = chance(4) ? "<img src=\"\(url())\">" : ""
            return reply(200, [("Content-Type", "text/html")], links.joined() + image)
        }
    }

    /// Options for a crawl of it; the next call gives others.
    mutating func options() throws -> CrawlOptions {
        var seeds = ["http://h0/"]
        while chance(2), seeds.count < 4 { seeds.append(url()) }
        var options = CrawlOptions(seeds: try seeds.map { try FetchURL.parse($0) })
        options.scope = Scope(reach: chance(2) ? .any : .host, seeds: options.seeds)
        options.retry.retries = Int.random(in: 0...2, using: &random)
        options.maxConcurrent = Int.random(in: 1...4, using: &random)
        options.maxPerOrigin = Int.random(in: 1...2, using: &random)
        if chance(3) { options.maxPages = Int.random(in: 1...6, using: &random) }
        if chance(3) { options.maxPagesPerOrigin = Int.random(in: 1...3, using: &random) }
        if chance(3) { options.sitemaps = .discovered }
        if chance(8) { options.sitemaps = .given([try FetchURL.parse("http://h0/map.xml")]) }
        options.sitemapsOnly = options.sitemaps != .none && chance(4)
        options.obeysRobots = !chance(6)
        options.requisites = chance(3)
        options.checksLinks = chance(5)
        options.showsSkipped = chance(5)
        if chance(5) { options.delay = .seconds(1) }
        return options
    }
}
