import FetchCrawl
import FetchGitHub
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// `fetchall check SOURCE…`: finds broken links.
struct CheckCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the links of a site or of files, and write the broken ones.",
        usage: "fetchall check [<options>] <source> ...",
        discussion: """
            A source is a URL whose pages are read within --scope, a file, a folder or a glob of .html, .md, .rst and \
            .txt, or - for a text on standard input. Links that lead elsewhere are asked once, by HEAD and then GET. The \
            exit code is 1 if a link is broken. The pages of a site obey robots.txt; a single link does not ask for it.
            """)

    @Argument(help: ArgumentHelp("A URL, a file, a folder, a glob, or - for standard input.", valueName: "source"))
    var sources: [String] = []

    @OptionGroup(title: "Check") var check: CheckArguments
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    /// The sources in their order. ``WrittenOrder`` has made arguments of those of `--url`.
    private var allSources: [String] { sources + options.habits.url }

    func validate() throws {
        let sources = allSources
        if sources.isEmpty {
            throw ValidationError(
                "no source is given: name a URL, a file or a folder whose links are checked (see fetchall check --help)"
            )
        }
        if sources.contains("") {
            throw ValidationError("a source is empty; name a URL, a file or a folder, or . for this folder")
        }
        if output.failedTo == "-" || output.output == "-" {
            throw ValidationError("-o - and --failed-to - are not supported; leave -o out to write to standard output")
        }
        try OptionRules.check(.check, options, output)
        try OptionRules.checkStandardInput(options, output, listIsThere: sources.contains("-"))
        try OptionRules.checkFiles(options, output, others: [("--state", check.state)], inputs: sources)
        if output.jq != nil, output.chosenFormat == .json, check.state != nil {
            throw ValidationError("--state and --jq need --jsonl: each run writes only a part of a JSON array")
        }
        if check.dump, output.reports.watchPort != nil {
            throw ValidationError("--watch-port and --dump cannot be used together: --dump sends nothing to watch")
        }
        if let url = sources.first(where: Self.isURL), check.offline || check.dump {
            let option = check.offline ? "--offline" : "--dump"
            throw ValidationError(
                "\(option) sends nothing, and \(TerminalText.escaped(PrintableURL.hidingCredentials(in: url))) is a URL; name files"
            )
        }
    }

    /// Whether a source is a URL and not the name of a file.
    private static func isURL(_ text: String) -> Bool {
        text.contains(text: "://") || ["http:", "https:"].contains { text.lowercased().hasPrefix($0) }
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let sources = allSources
        if sources.contains("-"), console.stdinWasClosed { throw ValidationError("standard input is closed") }
        let seeds = try sources.filter(Self.isURL).map(CrawlSeed.parse)
        var checkOptions = CheckOptions(seeds: seeds)
        try check.apply(to: &checkOptions)
        let found = try documents(sources.filter { !Self.isURL($0) && $0 != "-" })
        checkOptions.documents = found?.documents ?? []
        let problems = found?.problems ?? []
        if sources.contains("-") { checkOptions.text = try Self.readStandardInput() }
        for problem in problems { console.say("fetchall: \(problem)") }
        if check.dump { return try LinkDump(options: checkOptions, output: output, console: console).run() }
        let scope = try options.scope(for: seeds, output, console)
        checkOptions.agent = CrawlArguments.agent(
            check.robotsAgent, scope.fields, userAgent: options.request.userAgent ?? "fetchall")
        checkOptions.credentials = scope
        var (network, scheduler) = try options.plan(.check, output) { console.environment($0) }
        try KeyPassword.ask(&network, console)
        // Links on foreign pages must not lead to cloud metadata; a seed there is the user's own choice.
        network.blocksLinkLocalAddresses = !seeds.contains(where: \.isLinkLocal)
        checkOptions.retry = scheduler.retry
        checkOptions.maxRedirects = scheduler.redirects.maxRedirects
        checkOptions.deadline = scheduler.deadline
        checkOptions.window = max(256, 4 * scheduler.maxConcurrent)
        checkOptions.apiRequest = try Self.gitHub(console)
        let format = (output.chosenFormat?.rawValue ?? "") + (output.jq.map { " --jq \($0)" } ?? "")
        let status = try await CheckSession(
            options: checkOptions, network: network,
            scheduler: CheckOptions.schedulerOptions(
                scheduler, maxHost: options.concurrency.maxHost, keepsKinds: options.retry.retryOn != nil),
            output: output, console: console, cacheFile: try options.cache.file { console.environment($0) },
            state: check.state.map { path in
                (path, check.identity(sources, accept: scheduler.accept, agent: checkOptions.agent, format: format))
            }, failsEarly: options.habits.failEarly, hasProblems: !problems.isEmpty
        ).run()
        if let message = options.config.failures.message { console.say("fetchall: \(message)") }
        return options.config.status(status)
    }

    /// What asks GitHub's API about links to github.com; nil without a token.
    private static func gitHub(_ console: Console) throws -> (@Sendable (FetchURL) -> Request?)? {
        let tokens = ["GH_TOKEN", "GITHUB_TOKEN"].compactMap { name in console.environment(name).map { (name, $0) } }
        guard let (name, text) = tokens.first(where: { !$0.1.isEmpty }) else { return nil }
        do throws(ParseFailure) {
            let url = console.environment("GITHUB_API_URL") ?? GitHubAPI.publicURL
            let api = try GitHubAPI(url: url, token: try GitHubToken(text))
            return { api.request(forLink: $0) }
        } catch {
            throw ValidationError("\(name): \(error.message)")
        }
    }

    /// The documents of files, folders and globs; nil without any.
    private func documents(_ paths: [String]) throws -> DocumentFinder.Found? {
        guard !paths.isEmpty else { return nil }
        let finder = try check.finder()
        do throws(InputFailure) {
            return try finder.find(paths)
        } catch {
            // A host without its scheme.
            let host = paths.first {
                !SystemFile.exists($0) && $0.contains(".") && !$0.hasPrefix(".") && !$0.hasPrefix("/")
            }
            let advice = host.map { " (for a host, write http://\(TerminalText.escaped($0)))" } ?? ""
            throw ValidationError(error.message + advice)
        }
    }

    /// The whole text on standard input.
    private static func readStandardInput() throws -> [UInt8] {
        do throws(InputFailure) {
            return try WholeFile.read("-")
        } catch {
            throw ValidationError("standard input: \(error.message)")
        }
    }
}
