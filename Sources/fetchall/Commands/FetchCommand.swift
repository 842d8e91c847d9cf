import FetchHTTP
import FetchRecords
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// `fetchall [fetch] SOURCE…`: fetches lists of URLs.
struct FetchCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Fetch many URLs concurrently and write one record for each.",
        usage: "fetchall [<options>] <source> ...",
        discussion: """
            A SOURCE is a URL (globs [1-9] and {a,b} expand), a file, or - for standard input. A list has one URL, \
            id<TAB>URL or {"id","url","method","headers","body","sha256"} per line (for \
            files to send "body_file" or "form"); # starts a comment. Lists may be gzipped.

            Durations: 500ms, 2s, 1m, 1h; a bare number is seconds. Sizes: bytes, or 10k, 5M, 1G (k = 1024), 1MB (1000 kB).

            Other commands: github, crawl, check, gather, map, cache, config, completions, man (see fetchall COMMAND --help). fetchall -h \
            shows the options used most, fetchall --help GROUP one group of them.
            """,
        version: Fetchall.version)

    @Argument(help: ArgumentHelp("A URL, a file that lists URLs, or - for standard input.", valueName: "source"))
    var sources: [String] = []

    @Flag(name: [.short, .customLong("globoff")], help: "Do not expand [ ] and { } in URLs.")
    var globoff = false

    @OptionGroup(title: "Bodies of a list") var bodies: ListBodyOptions
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Answers") var answers: AnswerOptions
    @OptionGroup(title: "State") var state: StateOptions
    @OptionGroup(title: "Defaults of curl") var fetchHabits: FetchHabits

    /// The sources in their order. ``WrittenOrder`` has made arguments of those of `--url`.
    private var allSources: [String] { (sources + options.habits.sources).map(fetchHabits.withScheme) }

    func validate() throws {
        let sources = allSources
        try state.resume.check(output, others: sources)
        try OptionRules.check(.fetch, options, output)
        try answers.check(
            output, asksForBodies: !options.request.head && options.request.request?.uppercased() != "HEAD",
            state: [("--resume", state.resume.file != nil), ("--dedupe", state.dedupe)])
        try fetchHabits.check(output, answers, dropsFailures: options.habits.fail)
        try bodies.check(sources, options, expandsGlobs: !globoff)
        try OptionRules.checkStandardInput(
            options, output, listIsThere: sources.contains("-") || bodies.eachLine == "-")
        try OptionRules.checkFiles(
            options, output, others: [("--resume", state.resume.file), ("-D", answers.dumpHeader)],
            inputs: sources + [options.downloads.checksums, bodies.eachLine])
        if sources.isEmpty {
            throw ValidationError(
                "no source is given: name a URL, a file of URLs, or - for standard input (see fetchall --help)")
        }
    }

    /// Opens the sources, or the file of `--each-line`.
    ///
    /// - Returns: The source, and the number of its inputs if it is known.
    private func open(
        _ defaults: RequestDefaults, _ checksums: InputChecksums?, needsGlobs: Bool
    ) throws -> (source: any InputSource, count: Int?) {
        do {
            if let file = bodies.eachLine, let url = allSources.first {
                return (try EachLineSource(file, url: url, defaults: defaults), nil)
            }
            let source = try SourceReader(
                allSources, defaults: defaults, expandsGlobs: !globoff,
                checksums: checksums, keepsGlobParts: needsGlobs, files: bodies.files)
            do {
                try options.downloads.check(count: source.knownCount)
                if needsGlobs, !source.hasGlobs {
                    throw ValidationError(
                        "--filename-template: {1} is the value of a glob such as [1-9] or {a,b}, and no URL has one")
                }
            } catch {
                source.close()
                throw error
            }
            return (source, source.knownCount)
        } catch let failure as InputFailure where failure.reason != .system {
            let advice = failure.reason == .invalidGlob ? " (use --globoff to take it literally)" : ""
            throw ValidationError(failure.message + advice)
        } catch let error as FetchError {
            throw ValidationError(error.message)
        }
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let sources = allSources
        if sources.contains("-") || bodies.eachLine == "-" || options.request.bodies.standardInputCount > 0
            || options.downloads.checksums == "-", console.stdinWasClosed
        {
            throw ValidationError("standard input is closed")
        }
        let checksums = try options.downloads.inputChecksums(output)
        let needsGlobs = try output.saving.template().needsGlobs
        let defaults = try options.defaults(output, console, home: state.resume.credentialHome)
        let (opened, count) = try open(defaults, checksums, needsGlobs: needsGlobs)
        var source = try options.guarding(opened, output)
        defer { opened.close() }
        try answers.checkFile(output, count: count)
        var output = try output.applying(options.downloads, isList: true).loadingWriteOut()
        output.answers = answers.plan(dropsFailures: options.habits.fail)
        if output.onlyPlans { return try await DryRun(options, output, console).run(source) }
        var (network, scheduler) = try options.plan(.fetch, output) { console.environment($0) }
        try KeyPassword.ask(&network, console)
        let openedJournal = try await console.opening {
            try state.resume.journal(
                ResumeIdentity.values(output, options.request, options.retry) + options.habits.identity
                    + options.requestDetails.identity + options.credentials.identity() + options.config.identity,
                output, console)
        }
        guard var journal = openedJournal else { return .io }
        if let gate = defaults.gate, let noted = journal?.noting(gate, in: source) { source = noted }
        let status = try await FetchRun(
            source: source, network: network, scheduler: scheduler, output: output, console: console,
            formatter: try output.formatter(console: console),
            cacheFile: try options.cache.file { console.environment($0) }, journal: journal, dedupes: state.dedupe,
            failsEarly: options.habits.failEarly
        ).run()
        options.downloads.sayUnlisted(checksums, output, console)
        if case .success = status {
            answers.advise(output, count: count, sources: sources, isHead: options.request.head, console)
        }
        return options.conclude(status, console)
    }
}
