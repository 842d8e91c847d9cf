import ArgumentParser
import FetchCore

/// `fetchall map --url-template T ID…`: a value for each id, as one JSON object.
struct MapCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Fetch a value for each of many ids: {\"1\": 9.99, …} in input order.",
        usage: "fetchall map --url-template <url> [--pick <jq>] [<options>] <id> ...",
        discussion: """
            An ID is put in for {id}, percent-encoded; 1..50 is a range, - reads ids from standard input. An id whose \
            answer fails, is not JSON or lacks the path is null, is named on stderr, and makes the exit code 1.
            """)

    @Option(help: ArgumentHelp("The URL, with {id} in its path or query.", valueName: "url"))
    var urlTemplate: String

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What to take out of each answer: a jq expression, or NAME=EXPRESSION for one of several. (default: all of it)",
            valueName: "jq"))
    var pick: [String] = []

    @Argument(help: ArgumentHelp("Id, range or -.", valueName: "id"))
    var ids: [String] = []

    @OptionGroup(title: "Ids") var more: IDOptions
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if ids.isEmpty, more.isEmpty {
            throw ValidationError("name ids, or where they come from: 1..50, -, --each FILE, --csv FILE --column NAME")
        }
        _ = try template()
        _ = try filter()
        try output.rejectSavedBodies(of: "map")
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let source = TemplateSource(
            [(nil, try template())], ids: try more.reader(ids, dropsRepeated: true, console: console),
            defaults: try options.request.defaults())
        defer { source.close() }
        var output = output
        output.showsValue = true
        if output.isDocument { output.keepOrder = true }
        if output.dryRun { return try await DryRun(output: output, console: console).run(source) }
        var (network, scheduler) = try options.plan { console.environment($0) }
        scheduler.keepBodies()
        return try await FetchRun(
            source: source, network: network, scheduler: scheduler, output: output, console: console,
            formatter: try output.formatter(console: console, document: MapFormatter()),
            cacheFile: try options.cache.file { console.environment($0) }, filter: try filter()
        ).run()
    }

    private func template() throws -> URLTemplate {
        let template: URLTemplate
        do {
            template = try URLTemplate(urlTemplate)
        } catch {
            throw ValidationError("--url-template: \(error.message)")
        }
        guard template.names == [TemplateSource.idName] else {
            throw ValidationError("--url-template needs {id} in it, and knows no other name")
        }
        return template
    }

    private func filter() throws -> Pick {
        do {
            return try Pick(pick)
        } catch {
            throw ValidationError("--pick: \(error.message)")
        }
    }
}
