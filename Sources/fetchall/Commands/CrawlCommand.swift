import FetchCrawl
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchArgumentParser

/// `fetchall crawl URL…`: follows links.
struct CrawlCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "crawl", abstract: "Follow links within a scope and write one record for each page.",
        usage: "fetchall crawl [<options>] <url> ...",
        discussion: """
            The crawl obeys robots.txt. With --state it can be killed at any moment; the same command resumes it.
            """)

    @Argument(help: ArgumentHelp("A URL to start from.", valueName: "url"))
    var seeds: [String] = []

    @OptionGroup(title: "Crawl") var crawl: CrawlArguments
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if crawl.explain == nil, seeds.isEmpty {
            throw ValidationError("no seed is given: name a URL to start from (see fetchall crawl --help)")
        }
        if output.failedTo == "-" || output.output == "-" {
            throw ValidationError("-o - and --failed-to - are not supported; leave -o out to write to standard output")
        }
        if output.sqlite != nil {
            throw ValidationError("--sqlite cannot be used with crawl; use --format csv and sqlite3's .import")
        }
        if output.jq != nil, output.chosenFormat == .json, crawl.state != nil {
            throw ValidationError(
                "--state and --jq need --jsonl: each run writes only a part of a JSON array")
        }
        if options.request.head || options.request.request != nil || !options.request.data.isEmpty {
            throw ValidationError("-I, -X and -d cannot be used with crawl: it sends GET requests without a body")
        }
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        if let url = crawl.explain, let state = crawl.state {
            return try CrawlExplanation(console: console).run(url, state: state)
        }
        let seeds = try seeds.map { text throws in
            do throws(FetchError) {
                return try FetchURL.parse(text.contains("://") ? text : "http://" + text)
            } catch {
                throw ValidationError("\(PrintableURL.hidingCredentials(in: text)): \(error.message)")
            }
        }
        var crawlOptions = CrawlOptions(seeds: seeds)
        try crawl.apply(to: &crawlOptions)
        if output.dryRun { return dryRun(seeds, console) }
        var (network, scheduler) = try options.plan { console.environment($0) }
        // Links on foreign pages must not lead to cloud metadata; a seed there is the user's own choice.
        network.blocksLinkLocalAddresses = !seeds.contains(where: \.isLinkLocal)
        scheduler.keepsPackedFiles = output.outputDir != nil
        crawlOptions.maxConcurrent = scheduler.maxConcurrent
        crawlOptions.maxPerOrigin = min(scheduler.maxConcurrent, options.concurrency.maxHost ?? 2)
        crawlOptions.retry = scheduler.retry
        crawlOptions.accept = scheduler.accept
        crawlOptions.maxRedirects = scheduler.redirects.maxRedirects
        crawlOptions.headers = try options.request.defaults().headers
        if let size = scheduler.maxBodySize { crawlOptions.maxSitemapSize = size }
        crawlOptions.deadline = scheduler.deadline
        return try await CrawlSession(
            options: crawlOptions, network: network, scheduler: Crawler.schedulerOptions(scheduler),
            arguments: crawl, output: output, console: console,
            cacheFile: try options.cache.file { console.environment($0) }
        ).run()
    }

    private func dryRun(_ seeds: [FetchURL], _ console: Console) -> ExitStatus {
        do throws(OutputFailure) {
            for seed in seeds { try console.write(Array("GET \(seed.redacted)\n".utf8)) }
            return .success
        } catch {
            return .io
        }
    }
}
