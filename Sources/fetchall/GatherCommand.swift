import ArgumentParser
import FetchCore

/// `fetchall gather NAME=URL…`: several answers as one JSON object.
struct GatherCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "gather", abstract: "Fetch several URLs at once into one JSON object: {\"name\": answer, …}.",
        usage: "fetchall gather [<options>] <name=url> ...",
        discussion: """
            {id} and other names in URLs are filled by --var. With several ids (--var id=1..50, --each) there is one \
            object on each line, in their order. A part that fails makes the whole null and the exit code 1, unless \
            it is --optional.
            """)

    @Argument(help: ArgumentHelp("A part of the object, and where it comes from.", valueName: "name=url"))
    var parts: [String] = []

    @Option(help: ArgumentHelp("Let this part be null when it fails.", valueName: "name"))
    var optional: [String] = []

    @Flag(help: "Add the seconds that each part took, as \"timing\".")
    var timing = false

    @Option(
        name: .customLong("var"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What to put in for {name}; a range such as id=1..50 is one object for each.", valueName: "name=value"))
    var variables: [String] = []

    @OptionGroup(title: "Ids") var more: IDOptions
    @OptionGroup var options: RunOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        let parts = try gatherParts()
        guard !parts.isEmpty else { throw ValidationError("name parts: fetchall gather profile=https://…") }
        for name in optional where !parts.contains(where: { $0.name == name }) {
            throw ValidationError("--optional: there is no part called '\(name)'")
        }
        if timing, parts.contains(where: { $0.name == "timing" }) {
            throw ValidationError("--timing adds a member called timing; give that part another name")
        }
        let given = try fixed()
        let isIDGiven = !ids.isEmpty || !more.isEmpty
        for name in parts.flatMap(\.template.names).sorted() where given[name] == nil {
            if name == TemplateSource.idName, isIDGiven { continue }
            throw ValidationError("there is no value for {\(name)}; give it with --var \(name)=…")
        }
        if isIDGiven, !parts.contains(where: { $0.template.names.contains(TemplateSource.idName) }) {
            throw ValidationError("there are ids, but no URL has {id} in it")
        }
        try output.rejectSavedBodies(of: "gather")
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let parts = try gatherParts()
        let source = TemplateSource(
            parts.map { ($0.name, $0.template) },
            ids: ids.isEmpty && more.isEmpty
                ? nil : try more.reader(ids, dropsRepeated: false, console: console),
            variables: try fixed(), defaults: try options.request.defaults())
        defer { source.close() }
        var output = output
        output.showsValue = true
        if output.isDocument { output.keepOrder = true }
        if output.dryRun { return try await DryRun(output: output, console: console).run(source) }
        var (network, scheduler) = try options.plan { console.environment($0) }
        scheduler.keepBodies()
        let document = GatherFormatter(parts: parts, showsTiming: timing)
        return try await FetchRun(
            source: source, network: network, scheduler: scheduler, output: output, console: console,
            formatter: try output.formatter(console: console, document: document, isLineWise: true),
            cacheFile: try options.cache.file { console.environment($0) }, filter: GatherFilter(parts: parts)
        ).run()
    }

    private func gatherParts() throws -> [GatherPart] {
        var result: [GatherPart] = []
        for part in parts {
            let (name, url) = try Self.pair(part, "a part is NAME=URL")
            guard !result.contains(where: { $0.name == name }) else {
                throw ValidationError("two parts are called '\(name)'")
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

    /// The ids that `--var` gives: every `id=…` whose value is a range, or which is one of several.
    private var ids: [String] {
        let values = variables.filter { $0.hasPrefix("id=") }.map { String($0.dropFirst(3)) }
        let isOne = values.count == 1 && more.isEmpty && !Self.isRange(values[0])
        return isOne ? [] : values
    }

    /// The values of the names that stay the same in all objects.
    private func fixed() throws -> [String: String] {
        var values: [String: String] = [:]
        for text in variables {
            let (name, value) = try Self.pair(text, "--var is NAME=VALUE")
            if name == TemplateSource.idName, !ids.isEmpty { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ValidationError("--var: {\(name)} has two values; only {id} may have several")
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
            throw ValidationError("\(advice), not '\(PrintableURL.hidingCredentials(in: text))'")
        }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }
}

extension SchedulerOptions {
    /// Keeps bodies in memory, with the bound that `--body` has.
    mutating func keepBodies() {
        bodies = .memory
        maxBodySize = maxBodySize ?? 16 << 20
    }
}
