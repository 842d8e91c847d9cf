import ArgumentParser
import FetchCore

/// How far a crawl goes and with which manners.
struct CrawlArguments: ParsableArguments {
    /// How much around a seed belongs to the crawl.
    enum Reach: String, ExpressibleByArgument, CaseIterable { case page, prefix, host, domain, any }

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Most links from a seed. (default: 5)", valueName: "n"),
        transform: OptionValue.integer(0...60_000))
    var maxDepth = 5

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Most pages. (default: 10000)", valueName: "n"),
        transform: OptionValue.integer(1...1_000_000_000))
    var maxPages = 10_000

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Most pages of a host.", valueName: "n"),
        transform: OptionValue.integer(1...1_000_000_000))
    var maxPagesHost: Int?

    @Option(help: ArgumentHelp("How much around a seed belongs to the crawl.", valueName: "reach"))
    var scope = Reach.host

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only URLs in which one of these is found.", valueName: "regex"))
    var include: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("No URL in which this is found.", valueName: "regex"))
    var exclude: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Links out of scope that are followed. (default: 0)", valueName: "n"),
        transform: OptionValue.integer(0...100))
    var extraHops = 0

    @Flag(help: "Do not read robots.txt.")
    var noRobots = false

    @Flag(help: "Obey nofollow of links, meta robots and X-Robots-Tag.")
    var metaRobots = false

    @Option(
        help: ArgumentHelp(
            "A sitemap to read, or auto: those that robots.txt names, and /sitemap.xml.", valueName: "url|auto"))
    var sitemap: [String] = []

    @Flag(help: "Fetch what sitemaps name and follow no link.")
    var sitemapOnly = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Pause between requests to a host; Crawl-delay (at most 30s) counts too.", valueName: "time"),
        transform: OptionValue.duration)
    var delay: Duration = .zero

    @Flag(help: "Fetch images, scripts and style sheets too.")
    var requisites = false

    @Flag(help: "Look for broken links, also out of scope; write those only.")
    var check = false

    @Flag(help: "Write a record for what was not fetched, with the reason.")
    var showSkipped = false

    @Option(help: ArgumentHelp("Keep the crawl here; taken up if it is there.", valueName: "file"))
    var state: String?

    @Flag(help: "Begin anew although there is a state.")
    var fresh = false

    @Option(help: ArgumentHelp("Say why a URL was fetched or not (with --state).", valueName: "url"))
    var explain: String?

    func validate() throws {
        if fresh, state == nil { throw ValidationError("--fresh needs --state") }
        if explain != nil, state == nil { throw ValidationError("--explain needs --state") }
        _ = try patterns(include, "--include")
        _ = try patterns(exclude, "--exclude")
        _ = try sitemaps()
    }

    /// Writes what was asked for into the options of a crawl.
    func apply(to options: inout CrawlOptions) throws {
        options.maxDepth = maxDepth
        options.maxPages = maxPages
        options.maxPagesPerOrigin = maxPagesHost
        options.scope = Scope(
            reach: Scope.Reach(rawValue: scope.rawValue) ?? .host, seeds: options.seeds,
            include: try patterns(include, "--include"), exclude: try patterns(exclude, "--exclude"),
            extraHops: extraHops)
        options.obeysRobots = !noRobots
        options.obeysNofollow = metaRobots
        options.sitemaps = try sitemaps()
        options.sitemapsOnly = sitemapOnly
        options.delay = delay
        options.requisites = requisites
        options.checksLinks = check
        options.showsSkipped = showSkipped
    }

    /// What makes a crawl another one: a state is of one of them only.
    func identity(seeds: [FetchURL]) -> [String: String] {
        [
            "seeds": seeds.map { $0.withoutCredentials.href }.joined(separator: " "),
            "--max-depth": "\(maxDepth)", "--scope": scope.rawValue, "--include": include.joined(separator: " "),
            "--exclude": exclude.joined(separator: " "), "--extra-hops": "\(extraHops)",
            "--no-robots": "\(noRobots)", "--meta-robots": "\(metaRobots)",
            "--sitemap": sitemap.joined(separator: " "), "--sitemap-only": "\(sitemapOnly)",
            "--requisites": "\(requisites)", "--check": "\(check)",
        ]
    }

    private func patterns(_ texts: [String], _ name: String) throws -> [URLPattern] {
        try texts.map { text in
            do throws(ParseFailure) {
                return try URLPattern(text)
            } catch {
                throw ValidationError("\(name): \(error.message)")
            }
        }
    }

    private func sitemaps() throws -> CrawlOptions.Sitemaps {
        if sitemap.isEmpty { return sitemapOnly ? .discovered : .none }
        if sitemap == ["auto"] { return .discovered }
        return .given(
            try sitemap.map { text in
                do throws(FetchError) {
                    return try FetchURL.parse(text)
                } catch {
                    throw ValidationError("--sitemap: \(error.message)")
                }
            })
    }
}
