import FetchHTTP
import FetchRecords
import FetchSystem
import FetchArgumentParser

/// `fetchall map --url-template T ID…`: fetches one value for each id, as one JSON object.
struct MapCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Fetch one value for each id: {\"1\": 9.99, …} in input order.",
        usage: "fetchall map --url-template <url> [--pick <jq>] [<options>] <id> ...",
        discussion: """
            Each ID replaces {id}, percent-encoded; 1..50 is a range, - reads ids from standard input. If a request \
            fails, or its body is not JSON or lacks the value, the id is null and is named on standard error, and the \
            exit code is 1.
            """)

    @Option(help: ArgumentHelp("Fetch this URL, which has {id} in its path or query.", valueName: "url"))
    var urlTemplate: String

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Take the result of this jq expression from each body; NAME=EXPRESSION takes several. (default: the whole body)",
            valueName: "jq"))
    var pick: [String] = []

    @Argument(help: ArgumentHelp("An id, a range of ids, or - for standard input.", valueName: "id"))
    var ids: [String] = []

    @OptionGroup(title: "Ids") var more: IDOptions
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if ids.isEmpty, more.isEmpty {
            throw ValidationError("no ids are given: write ids, 1..50, -, --each FILE or --csv FILE --column NAME")
        }
        _ = try template()
        _ = try filter()
        try OptionRules.check(.map, options, output)
        try OptionRules.checkStandardInput(options, output, listIsThere: more.readsStandardInput(ids))
        try OptionRules.checkFiles(options, output, inputs: more.each + [more.csv])
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let template = try template()
        let source = try options.guarding(
            TemplateSource(
                [(nil, template)], ids: try more.reader(ids, dropsRepeated: true, console: console),
                defaults: try options.defaults(output, console, home: template.origin)), output)
        defer { source.close() }
        var output = try output.loadingWriteOut()
        output.showsValue = true
        if output.isDocumentOrTable { output.keepOrder = true }
        if output.onlyPlans { return try await DryRun(options, output, console).run(source) }
        var (network, scheduler) = try options.plan(.map, output) { console.environment($0) }
        try KeyPassword.ask(&network, console)
        scheduler.keepBodies()
        let filter = try filter()
        let status = try await FetchRun(
            source: source, network: network, scheduler: scheduler, output: output, console: console,
            formatter: try output.formatter(console: console, document: MapFormatter()) {
                MapTableFormatter(names: filter.names, form: $0)
            },
            command: .map, cacheFile: try options.cache.file { console.environment($0) },
            failsEarly: options.habits.failEarly, filter: filter
        ).run()
        return options.conclude(status, console)
    }

    private func template() throws -> URLTemplate {
        let template: URLTemplate
        do {
            template = try URLTemplate(urlTemplate)
        } catch {
            throw ValidationError("--url-template: \(error.message)")
        }
        guard template.names == [TemplateSource.idName] else {
            throw ValidationError("--url-template must contain {id} and no other name in braces")
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
