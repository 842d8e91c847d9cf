import FetchCrawl
import FetchHTML
import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// The options for the extent and the manners of a crawl.
struct CrawlArguments: ParsableArguments {
    /// The part of a seed's site that belongs to the crawl.
    enum Reach: String, ExpressibleByArgument, CaseIterable { case page, prefix, host, domain, any }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum links between a seed and a page. (default: 5)", valueName: "n"),
        transform: OptionValue.integer(0...60_000))
    var maxDepth = 5

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Maximum pages to fetch. (default: 10000)", valueName: "n"),
        transform: OptionValue.integer(1...1_000_000_000))
    var maxPages = 10_000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum pages to fetch from one host. (default: no limit)", valueName: "n"),
        transform: OptionValue.integer(1...1_000_000_000))
    var maxPagesHost: Int?

    @Option(help: ArgumentHelp("Follow links that stay within this part of a seed's site.", valueName: "reach"))
    var scope = Reach.host

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Fetch only URLs that match one of these patterns.", valueName: "regex"))
    var include: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Do not fetch URLs that match this pattern.", valueName: "regex"))
    var exclude: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum consecutive links out of scope to follow. (default: 0)", valueName: "n"),
        transform: OptionValue.integer(0...100))
    var extraHops = 0

    @Flag(help: "Do not read or obey robots.txt.")
    var noRobots = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Obey the rules of robots.txt for this crawler. (default: the name at the start of -A, else fetchall)",
            valueName: "name"))
    var robotsAgent: String?

    @Flag(help: "Obey nofollow in links, meta robots and X-Robots-Tag.")
    var metaRobots = false

    @Flag(help: "Fetch URLs that look endless too: calendars, session ids, repeated path segments.")
    var noTraps = false

    @Option(
        help: ArgumentHelp(
            "Fetch the URLs of this sitemap; auto reads those that robots.txt names, and /sitemap.xml.",
            valueName: "url|auto"))
    var sitemap: [String] = []

    @Flag(help: "Fetch the URLs of sitemaps and follow no links.")
    var sitemapOnly = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Pause between requests to one host; a longer Crawl-delay (maximum 30s) takes precedence. (default: 0)",
            valueName: "time"),
        transform: OptionValue.duration)
    var delay: Duration = .zero

    @Flag(help: "Fetch images, scripts and style sheets too.")
    var requisites = false

    @Flag(help: "Check all links, also those out of scope, and write only the broken ones (see also fetchall check).")
    var check = false

    @Flag(help: "Write a record for each URL that was not fetched, with the reason.")
    var showSkipped = false

    @Option(
        help: ArgumentHelp("Record the crawl in this file; run the same command again to resume.", valueName: "file"))
    var state: String?

    @Flag(help: "Discard the recorded crawl and start again (with --state).")
    var fresh = false

    @Option(help: ArgumentHelp("Explain why this URL was or was not fetched (with --state).", valueName: "url"))
    var explain: String?

    func validate() throws {
        if fresh, state == nil { throw ValidationError("--fresh needs --state") }
        if explain != nil, state == nil { throw ValidationError("--explain needs --state") }
        try Self.check(robotsAgent: robotsAgent)
        if robotsAgent != nil, noRobots, !metaRobots {
            throw ValidationError("--robots-agent has no effect with --no-robots")
        }
        try OptionValue.checkFile(state, "--state")
        _ = try Self.patterns(include, "--include")
        _ = try Self.patterns(exclude, "--exclude")
        _ = try sitemaps()
    }

    /// Applies the options to those of a crawl.
    func apply(to options: inout CrawlOptions) throws {
        options.maxDepth = maxDepth
        options.maxPages = maxPages
        options.maxPagesPerOrigin = maxPagesHost
        options.scope = Scope(
            reach: Scope.Reach(rawValue: scope.rawValue) ?? .host, seeds: options.seeds,
            include: try Self.patterns(include, "--include"), exclude: try Self.patterns(exclude, "--exclude"),
            extraHops: extraHops)
        options.obeysRobots = !noRobots
        options.obeysNofollow = metaRobots
        if noTraps { options.traps = .none }
        options.sitemaps = try sitemaps()
        options.sitemapsOnly = sitemapOnly
        options.delay = delay
        options.requisites = requisites
        options.checksLinks = check
        options.showsSkipped = showSkipped
    }

    /// The product token of the crawler, which robots.txt knows it by.
    ///
    /// - Parameters:
    ///   - headers: The fields of a request; a User-Agent among them takes precedence.
    ///   - userAgent: The User-Agent otherwise.
    func agent(_ headers: HeaderFields, userAgent: String) -> String {
        Self.agent(robotsAgent, headers, userAgent: userAgent)
    }

    /// The same for the value of `--robots-agent`.
    static func agent(_ robotsAgent: String?, _ headers: HeaderFields, userAgent: String) -> String {
        if let robotsAgent { return robotsAgent.lowercased() }
        return RobotsPolicy.token(ofUserAgent: headers["user-agent"] ?? userAgent) ?? "fetchall"
    }

    /// The options that distinguish one crawl from another; a state belongs to one crawl only.
    func identity(seeds: [FetchURL], agent: String) -> [String: String] {
        var identity = [
            "seeds": seeds.map { $0.withoutCredentials.href }.joined(separator: " "),
            "--max-depth": "\(maxDepth)", "--scope": scope.rawValue, "--include": include.joined(separator: " "),
            "--exclude": exclude.joined(separator: " "), "--extra-hops": "\(extraHops)",
            "--no-robots": "\(noRobots)", "--meta-robots": "\(metaRobots)",
            "--sitemap": sitemap.joined(separator: " "), "--sitemap-only": "\(sitemapOnly)",
            "--requisites": "\(requisites)", "--check": "\(check)",
        ]
        // States of earlier builds have neither.
        if noTraps { identity["--no-traps"] = "true" }
        if agent != "fetchall" { identity["--robots-agent"] = agent }
        return identity
    }

    /// The maximum number of states of all patterns of an option: a file of the working directory may have any number.
    private static let maximumCost = 5_000

    /// Refuses what robots.txt cannot call a crawler.
    static func check(robotsAgent name: String?) throws {
        guard let name, name.isEmpty || !name.utf8.allSatisfy({ $0.isASCIILetter || "-_".utf8.contains($0) }) else {
            return
        }
        throw ValidationError(
            "--robots-agent: '\(TerminalText.escaped(name))' is not a name in robots.txt: it has letters, - and _ only")
    }

    /// The patterns of an option.
    static func patterns(_ texts: [String], _ name: String) throws -> [URLPattern] {
        var cost = 0
        return try texts.map { text in
            let pattern: URLPattern
            do throws(ParseFailure) {
                pattern = try URLPattern(text)
            } catch {
                throw ValidationError("\(name): \(error.message)")
            }
            cost += pattern.cost
            guard cost <= maximumCost else {
                throw ValidationError("\(name): the patterns are too large together (\(maximumCost) states)")
            }
            return pattern
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
