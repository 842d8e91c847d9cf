import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchArgumentParser

/// `fetchall gather NAME=URL…`: fetches several responses as one JSON object.
struct GatherCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "gather", abstract: "Fetch several URLs concurrently into one JSON object: {\"name\": answer, …}.",
        usage: "fetchall gather [<options>] <name=url> ...",
        discussion: """
            --var gives values for {id} and other names in the URLs. With several ids (--var id=1..50, --each) the \
            output is one object per line, in the order of the ids. If a part fails, the object is null and the exit \
            code is 1, unless the part is --optional.
            """)

    @Argument(help: ArgumentHelp("A member of the object, and the URL of its value.", valueName: "name=url"))
    var parts: [String] = []

    @Option(help: ArgumentHelp("Write null for this part if it fails.", valueName: "name"))
    var optional: [String] = []

    @Flag(help: "Add the member \"timing\" with the seconds that each part took.")
    var timing = false

    @Option(
        name: .customLong("var"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Replace {name} in the URLs with this value; a range such as id=1..50 gives one object for each id.",
            valueName: "name=value"))
    var variables: [String] = []

    @OptionGroup(title: "Ids") var more: IDOptions
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        let parts = try gatherParts()
        guard !parts.isEmpty else {
            throw ValidationError("no part is given: write fetchall gather NAME=URL, such as profile=https://…")
        }
        for name in optional where !parts.contains(where: { $0.name == name }) {
            throw ValidationError("--optional: no part is named '\(name)'")
        }
        if timing, parts.contains(where: { $0.name == "timing" }) {
            throw ValidationError("--timing adds a member named timing; give your part of that name another name")
        }
        let given = try fixed()
        let isIDGiven = hasIDs
        for name in parts.flatMap(\.template.names).sorted() where given[name] == nil {
            if name == TemplateSource.idName, isIDGiven { continue }
            throw ValidationError("{\(name)} has no value; give one with --var \(name)=VALUE")
        }
        if isIDGiven, !parts.contains(where: { $0.template.names.contains(TemplateSource.idName) }) {
            throw ValidationError("ids are given, but no URL contains {id}")
        }
        try OptionRules.check(.gather, options, output)
        try OptionRules.checkStandardInput(options, output, listIsThere: more.readsStandardInput(ids))
        try OptionRules.checkFiles(options, output, inputs: more.each + [more.csv])
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let parts = try gatherParts()
        let source = try options.guarding(
            TemplateSource(
                parts.map { ($0.name, $0.template) },
                ids: !hasIDs
                    ? nil : try more.reader(ids, dropsRepeated: false, console: console),
                variables: try fixed(),
                defaults: try options.defaults(output, console, home: parts.first?.template.origin)), output)
        defer { source.close() }
        var output = try output.loadingWriteOut()
        output.showsValue = true
        if output.isDocumentOrTable { output.keepOrder = true }
        if output.onlyPlans { return try await DryRun(options, output, console).run(source) }
        var (network, scheduler) = try options.plan(.gather, output) { console.environment($0) }
        try KeyPassword.ask(&network, console)
        scheduler.keepBodies()
        let document = GatherFormatter(parts: parts, showsTiming: timing)
        let status = try await FetchRun(
            source: source, network: network, scheduler: scheduler, output: output, console: console,
            formatter: try output.formatter(console: console, document: document, isLineWise: true) {
                GatherTableFormatter(parts: parts, showsTiming: timing, showsID: hasIDs, form: $0)
            },
            command: .gather, cacheFile: try options.cache.file { console.environment($0) },
            failsEarly: options.habits.failEarly, filter: GatherFilter(parts: parts)
        ).run()
        return options.conclude(status, console)
    }

    private func gatherParts() throws -> [GatherPart] {
        var result: [GatherPart] = []
        for part in parts {
            let (name, url) = try Self.pair(part, "write a part as NAME=URL")
            guard !result.contains(where: { $0.name == name }) else {
                throw ValidationError("two parts are named '\(name)'; give one another name")
            }
            do {
                let template = try URLTemplate(url)
                result.append(GatherPart(name: name, template: template, isOptional: optional.contains(name)))
            } catch {
                throw ValidationError("\(name): \(error.message)")
            }
        }
        return result
    }

    /// The ids of `--var`: every `id=…` whose value is a range, or that is one of several.
    private var ids: [String] {
        let values = variables.filter { $0.hasPrefix("id=") }.map { String($0.dropFirst(3)) }
        let isOne = values.count == 1 && more.isEmpty && !Self.isRange(values[0])
        return isOne ? [] : values
    }

    /// Whether there is an object for each of several ids.
    private var hasIDs: Bool { !ids.isEmpty || !more.isEmpty }

    /// The values of the names that are the same in all objects.
    private func fixed() throws -> [String: String] {
        var values: [String: String] = [:]
        for text in variables {
            let (name, value) = try Self.pair(text, "write --var as NAME=VALUE")
            if name == TemplateSource.idName, !ids.isEmpty { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ValidationError("--var: {\(name)} has two values; only {id} can have several")
            }
        }
        return values
    }

    private static func isRange(_ text: String) -> Bool {
        let ends = text.split(separator: ".", omittingEmptySubsequences: false)
        return ends.count == 3 && ends[1].isEmpty && Int(ends[0]) != nil && Int(ends[2]) != nil
    }

    private static func pair(_ text: String, _ advice: String) throws -> (String, String) {
        guard let index = text.firstIndex(of: "="), index > text.startIndex else {
            throw ValidationError("'\(PrintableURL.hidingCredentials(in: text))' is not valid: \(advice)")
        }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }
}

extension SchedulerOptions {
    /// Keeps bodies in memory, with the limit of `--body`.
    mutating func keepBodies() {
        bodies = .memory
        maxBodySize = maxBodySize ?? 16 << 20
    }
}
