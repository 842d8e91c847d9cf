import FetchCrawl
import FetchHTML
import FetchHTTP

/// What a crawl would follow and obey, for `--dry-run`.
enum CrawlPlan {
    /// A line each for scope, robots.txt and sitemaps.
    static func lines(_ options: CrawlOptions, _ arguments: CrawlArguments) -> [String] {
        [scope(options, arguments), robots(options), sitemaps(options)]
    }

    private static func scope(_ options: CrawlOptions, _ arguments: CrawlArguments) -> String {
        var parts = ["scope: \(arguments.scope.rawValue)"]
        parts += arguments.include.map { "--include \($0)" } + arguments.exclude.map { "--exclude \($0)" }
        if arguments.extraHops > 0 { parts.append("\(arguments.extraHops) links out of it") }
        parts.append("depth at most \(options.maxDepth)")
        parts.append("at most \(options.maxPages) pages")
        if options.sitemapsOnly { parts.append("no links are followed") }
        return parts.joined(separator: ", ")
    }

    private static func robots(_ options: CrawlOptions) -> String {
        guard options.obeysRobots else { return "robots: robots.txt is not read" }
        let origins = options.seeds.map(\.origin.serialization).reduce(into: [String]()) { origins, origin in
            if !origins.contains(origin) { origins.append(origin) }
        }
        let files = origins.prefix(5).map { $0 + "/robots.txt" }.joined(separator: ", ")
        return "robots: the rules for \(options.agent) in \(files)\(origins.count > 5 ? " and others" : "")"
    }

    private static func sitemaps(_ options: CrawlOptions) -> String {
        switch options.sitemaps {
        case .none: "sitemaps: none"
        case .discovered: "sitemaps: those that robots.txt names, and /sitemap.xml"
        case .given(let sitemaps): "sitemaps: " + sitemaps.map(\.redacted).joined(separator: ", ")
        }
    }
}
