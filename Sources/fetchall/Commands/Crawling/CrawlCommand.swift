import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchTransport
import FetchArgumentParser

/// `fetchall crawl URL…`: follows links.
struct CrawlCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "crawl", abstract: "Follow links within a scope and write one record for each page.",
        usage: "fetchall crawl [<options>] <url> ...",
        discussion: """
            The crawl obeys the rules of robots.txt for fetchall; with -A MyBot/1.0 those for mybot, or name another \
            with --robots-agent. With --state it can be killed at any moment; the same command resumes it.
            """)

    @Argument(help: ArgumentHelp("A URL to start from.", valueName: "url"))
    var seeds: [String] = []

    @OptionGroup(title: "Crawl") var crawl: CrawlArguments
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if crawl.explain == nil, seeds.isEmpty, options.habits.url.isEmpty {
            throw ValidationError("no seed is given: name a URL to start from (see fetchall crawl --help)")
        }
        if output.failedTo == "-" || output.output == "-" {
            throw ValidationError("-o - and --failed-to - are not supported; leave -o out to write to standard output")
        }
        try OptionRules.check(.crawl, options, output)
        if try output.saving.template().needsGlobs {
            throw ValidationError("--filename-template: {1} is the value of a glob, and a crawl has none")
        }
        try OptionRules.checkStandardInput(options, output, listIsThere: false)
        try OptionRules.checkFiles(options, output, others: [("--state", crawl.state)], inputs: [])
        if output.jq != nil, output.chosenFormat == .json, crawl.state != nil {
            throw ValidationError(
                "--state and --jq need --jsonl: each run writes only a part of a JSON array")
        }
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        if let url = crawl.explain, let state = crawl.state {
            return try CrawlExplanation(console: console).run(url, state: state)
        }
        let seeds = try (seeds + options.habits.url).map(CrawlSeed.parse)
        var crawlOptions = CrawlOptions(seeds: seeds)
        try crawl.apply(to: &crawlOptions)
        let scope = try options.scope(for: seeds, output, console)
        if options.config.failures.isEnded { return .deadline }
        crawlOptions.agent = crawl.agent(scope.fields, userAgent: options.request.userAgent ?? "fetchall")
        if output.onlyPlans {
            let inputs = seeds.enumerated().map { index, seed in
                let fields = scope.fields(for: seed, home: seeds.first?.origin)
                return Input(index: index, text: seed.redacted, request: .success(Request(seed, headers: fields)))
            }
            if !output.quiet {
                for line in CrawlPlan.lines(crawlOptions, crawl) { console.say("fetchall: \(line)") }
            }
            return try await DryRun(options, output, console, isMirror: true).run(SequenceSource(inputs))
        }
        let output = try output.applying(options.downloads).loadingWriteOut()
        var (network, scheduler) = try options.plan(.crawl, output) { console.environment($0) }
        try KeyPassword.ask(&network, console)
        // Links on foreign pages must not lead to cloud metadata; a seed there is the user's own choice.
        network.blocksLinkLocalAddresses = !seeds.contains(where: \.isLinkLocal)
        scheduler.keepsPackedFiles = output.saving.directory != nil
        crawlOptions.maxConcurrent = scheduler.maxConcurrent
        crawlOptions.maxPerOrigin = min(scheduler.maxConcurrent, options.concurrency.maxHost ?? 2)
        crawlOptions.hosts = scheduler.hosts
        crawlOptions.retry = scheduler.retry
        crawlOptions.accept = scheduler.accept
        crawlOptions.maxRedirects = scheduler.redirects.maxRedirects
        crawlOptions.credentials = scope
        if let size = scheduler.maxBodySize { crawlOptions.maxSitemapSize = size }
        crawlOptions.deadline = scheduler.deadline
        let status = try await CrawlSession(
            options: crawlOptions, network: network, scheduler: Crawler.schedulerOptions(scheduler),
            arguments: crawl, output: output, console: console,
            cacheFile: try options.cache.file { console.environment($0) }, failsEarly: options.habits.failEarly
        ).run()
        if let message = options.config.failures.message { console.say("fetchall: \(message)") }
        return options.config.status(status)
    }
}
