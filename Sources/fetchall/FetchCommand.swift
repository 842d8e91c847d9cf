import ArgumentParser
import FetchCore

/// `fetchall [fetch] SOURCE…`: fetches lists of URLs.
struct FetchCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Fetch many URLs at once and write a record for each.",
        usage: "fetchall [<options>] <source> ...",
        discussion: """
            A SOURCE is a URL (globs [1-9] and {a,b} expand), a file, or - for standard input. A list has a URL, \
            id<TAB>URL or {"id","url","method","headers","body"} on each line; # starts a comment; gzip is read as such.

            Other commands: github, crawl, gather, map, cache (fetchall COMMAND --help).
            """)

    @Argument(help: ArgumentHelp("URL, file or -.", valueName: "source"))
    var sources: [String] = []

    @Flag(name: [.short, .customLong("globoff")], help: "Take [ ] { } in URLs as they are.")
    var globoff = false

    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "State") var state: StateOptions

    func validate() throws {
        try state.resume.check(output, others: sources)
        if sources.isEmpty {
            throw ValidationError("name a URL, a file of URLs, or - for standard input (fetchall --help)")
        }
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        if sources.contains("-"), console.stdinWasClosed { throw ValidationError("standard input is closed") }
        let source: SourceReader
        do {
            source = try SourceReader(
                sources, defaults: try options.request.defaults(), expandsGlobs: !globoff)
        } catch let failure as InputFailure {
            let advice = failure.reason == .invalidGlob ? " (--globoff takes it as it is)" : ""
            throw ValidationError(failure.message + advice)
        }
        defer { source.close() }
        if output.dryRun { return try await DryRun(output: output, console: console).run(source) }
        let (network, scheduler) = try options.plan { console.environment($0) }
        let journal: ResumeJournal?
        do {
            journal = try state.resume.journal(
                ResumeOptions.values(output, options.request, options.retry), output)
        } catch let failure as InputFailure {
            console.say("fetchall: \(failure)")
            return .io
        }
        return try await FetchRun(
            source: source, network: network, scheduler: scheduler, output: output, console: console,
            formatter: try output.formatter(console: console),
            cacheFile: try options.cache.file { console.environment($0) }, journal: journal, dedupes: state.dedupe
        ).run()
    }
}
