import FetchCrawl
import FetchHTML
import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// The options for what the link checker checks.
struct CheckArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Follow links that stay within this part of a seed's site.", valueName: "reach"))
    var scope = CrawlArguments.Reach.host

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum links between a URL of the command line and a page whose links are checked. (default: no limit)",
            valueName: "n"),
        transform: OptionValue.integer(0...60_000))
    var maxDepth: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum pages whose links are checked. (default: 10000)", valueName: "n"),
        transform: OptionValue.integer(1...1_000_000_000))
    var maxPages = 10_000

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Check only links that match one of these patterns.", valueName: "regex"))
    var include: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Do not check links that match this pattern.", valueName: "regex"))
    var exclude: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Leave out files and folders that match this pattern, as .fetchallignore does.", valueName: "glob"))
    var excludePath: [String] = []

    @Option(help: ArgumentHelp("Resolve /x in files against this folder.", valueName: "folder"))
    var rootDir: String?

    @Option(
        help: ArgumentHelp(
            "Check relative links of files below this URL, where the files are published.", valueName: "url"))
    var baseURL: String?

    @Flag(help: "Send nothing: check files only.")
    var offline = false

    @Flag(help: "List the links of files with their lines, and check nothing.")
    var dump = false

    @Flag(
        inversion: .prefixedNo,
        help:
            "Check fragments (#x) on other sites too; --no-fragments checks none. (default: on pages and files that are read)"
    )
    var fragments: Bool?

    @Flag(help: "Warn of links to http.")
    var checkHttps = false

    @Flag(help: "Count warnings as errors.")
    var strict = false

    @Flag(help: "Write links that were not checked too, with the reason.")
    var showSkipped = false

    @Flag(help: "Do not read or obey robots.txt.")
    var noRobots = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Obey the rules of robots.txt for this crawler. (default: the name at the start of -A, else fetchall)",
            valueName: "name"))
    var robotsAgent: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Pause between requests to a host whose links are followed; a longer Crawl-delay (maximum 30s) takes precedence. (default: 0)",
            valueName: "time"),
        transform: OptionValue.duration)
    var delay: Duration = .zero

    @Option(
        help: ArgumentHelp("Record the answers in this file; run the same command again to resume.", valueName: "file"))
    var state: String?

    func validate() throws {
        try OptionValue.checkFile(state, "--state")
        try CrawlArguments.check(robotsAgent: robotsAgent)
        if robotsAgent != nil, noRobots { throw ValidationError("--robots-agent has no effect with --no-robots") }
        _ = try CrawlArguments.patterns(include, "--include")
        _ = try CrawlArguments.patterns(exclude, "--exclude")
        if rootDir == "" { throw ValidationError("--root-dir needs a folder") }
        _ = try publishedURL()
        _ = try finder()
        if dump, offline || showSkipped || strict || checkHttps {
            throw ValidationError(
                "--dump checks nothing; leave out --offline, --show-skipped, --strict and --check-https")
        }
    }

    /// What finds the documents.
    func finder() throws -> DocumentFinder {
        do throws(ParseFailure) {
            return try DocumentFinder(excluding: excludePath)
        } catch {
            throw ValidationError("--exclude-path: \(error.message)")
        }
    }

    private func publishedURL() throws -> FetchURL? {
        guard let baseURL else { return nil }
        do throws(FetchError) {
            return try FetchURL.parse(baseURL)
        } catch {
            throw ValidationError("--base-url: \(error.message)")
        }
    }

    /// Applies the options to those of a check.
    func apply(to options: inout CheckOptions) throws {
        options.scope = Scope(reach: Scope.Reach(rawValue: scope.rawValue) ?? .host, seeds: options.seeds)
        options.maxDepth = maxDepth
        options.maxPages = maxPages
        options.include = try CrawlArguments.patterns(include, "--include")
        options.exclude = try CrawlArguments.patterns(exclude, "--exclude")
        options.rootDirectory = rootDir
        options.baseURL = try publishedURL()
        options.isOffline = offline
        options.onlyLists = dump
        options.checksFragments = fragments ?? true
        options.readsForeignPages = fragments ?? false
        options.warnsOfHTTP = checkHttps
        options.isStrict = strict
        options.showsSkipped = showSkipped
        options.obeysRobots = !noRobots
        options.delay = delay
    }

    /// What distinguishes one check from another; a state belongs to one only.
    func identity(
        _ sources: [String], accept: StatusSet, agent: String, format: String
    ) -> [(name: String, value: String)] {
        [
            ("the sources", sources.map { PrintableURL.hidingCredentials(in: $0) }.joined(separator: " ")),
            ("--scope", scope.rawValue), ("--max-depth", maxDepth.map { "\($0)" } ?? ""),
            ("--include", include.joined(separator: " ")), ("--exclude", exclude.joined(separator: " ")),
            ("--exclude-path", excludePath.joined(separator: " ")), ("--root-dir", rootDir ?? ""),
            ("--base-url", baseURL ?? ""), ("--fragments", fragments.map { "\($0)" } ?? ""),
            ("--check-https", "\(checkHttps)"), ("--strict", "\(strict)"), ("--no-robots", "\(noRobots)"),
            ("--robots-agent", agent), ("--accept", accept.description), ("--format", format),
        ]
    }
}
