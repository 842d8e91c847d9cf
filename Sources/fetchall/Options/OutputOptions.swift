import ArgumentParser
import FetchCore

/// What is written, where, and in which form.
struct OutputOptions: ParsableArguments {
    /// The forms of records.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, jsonl, csv, tsv
    }

    /// When to colour.
    enum Color: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    @Option(help: ArgumentHelp("Form of the records. (default: table)", valueName: "format"))
    var format: Format?

    @Flag(help: "The same as --format json: one array, in input order.")
    var json = false

    @Flag(help: "The same as --format jsonl: a line for each record, as it completes.")
    var jsonl = false

    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp("Write a text with curl's %{variables} for each record.", valueName: "format"))
    var writeOut: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Run a jq program on the JSON, as gh does: on each line with --jsonl, otherwise on the whole. Integers beyond 2^53 are rounded.",
            valueName: "expr"))
    var jq: String?

    @Option(help: ArgumentHelp("Also write records to a table of a SQLite file.", valueName: "file"))
    var sqlite: String?

    @Option(
        help: ArgumentHelp(
            "The table, gone on with if it is there. (default: records; of github: users)", valueName: "name"))
    var sqliteTable: String?

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write records to a file.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Save bodies in a folder.", valueName: "dir"))
    var outputDir: String?

    @Option(
        help: ArgumentHelp(
            "Names in it: {index} {id} {host} {path} {name} {ext}. (default: {name}, in a crawl {host}/{path})",
            valueName: "template"))
    var filenameTemplate: String?

    @Flag(help: "Put the body into the record, at most 16M.")
    var body = false

    @Flag(help: "Put the response's headers into the record.")
    var includeHeaders = false

    @Flag(help: "CSV, TSV: no ' before what a spreadsheet would run.")
    var noCsvGuard = false

    @Flag(help: "Write records in input order.")
    var keepOrder = false

    @Option(help: ArgumentHelp("Write failed inputs as a list.", valueName: "file"))
    var failedTo: String?

    @Flag(help: "Show totals and latencies at the end.")
    var summary = false

    @Flag(help: "Show what would be sent; send nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("When to colour.", valueName: "when"))
    var color = Color.auto

    @Flag(help: "No live line.")
    var noProgress = false

    @Flag(name: [.customShort("q"), .long], help: "Say nothing on stderr but errors.")
    var quiet = false

    @Flag(name: [.customShort("v"), .long], help: "Say more on stderr.")
    var verbose = false

    /// Whether records have what was taken out of their bodies. Set by the command, not by the user.
    var showsValue = false

    private enum CodingKeys: CodingKey {
        case format, json, jsonl, writeOut, jq, sqlite, sqliteTable, output, outputDir, filenameTemplate, body
        case includeHeaders, noCsvGuard, keepOrder, failedTo, summary, dryRun, color, noProgress, quiet, verbose
    }

    func validate() throws {
        let chosen = [
            format.map { "--format \($0.rawValue)" }, json ? "--json" : nil, jsonl ? "--jsonl" : nil,
            writeOut == nil ? nil : "--write-out",
        ]
        .compactMap { $0 }
        if chosen.count > 1 { throw ValidationError("choose one of \(chosen.joined(separator: " and "))") }
        if jq != nil, chosenFormat != .json, chosenFormat != .jsonl {
            throw ValidationError("--jq works on JSON; choose --json or --jsonl")
        }
        if sqliteTable != nil, sqlite == nil { throw ValidationError("--sqlite-table needs --sqlite") }
        if filenameTemplate != nil, outputDir == nil {
            throw ValidationError("--filename-template needs --output-dir")
        }
        if body, outputDir != nil { throw ValidationError("--body and --output-dir exclude each other") }
        if quiet, verbose { throw ValidationError("-q and -v exclude each other") }
        _ = try template()
        _ = try writeOutFormatter()
    }

    /// The form that was chosen; nil with `--write-out`.
    var chosenFormat: Format? {
        writeOut != nil ? nil : json ? .json : jsonl ? .jsonl : format ?? (jq == nil ? .table : .json)
    }

    /// Whether a command that makes one JSON document of all answers writes that: nothing else was chosen.
    var isDocument: Bool { format == nil && !jsonl && writeOut == nil || format == .json }

    /// Whether records come in input order.
    var isOrdered: Bool { keepOrder || chosenFormat == .json }

    /// What the records hold.
    var recordOptions: RecordOptions { RecordOptions(body: body, headers: includeHeaders, value: showsValue) }

    /// The names of saved bodies.
    func template() throws -> FileNameTemplate {
        guard let filenameTemplate else { return .standard }
        do {
            return try FileNameTemplate(filenameTemplate)
        } catch {
            throw ValidationError("--filename-template: \(error.message)")
        }
    }

    /// The formatter for what was asked for.
    ///
    /// - Parameters:
    ///   - console: Knows the terminal.
    ///   - document: What a command writes of its own where no other form was chosen.
    ///   - isLineWise: Whether that has a document on each line.
    func formatter(
        console: Console, document: (any Formatter)? = nil, isLineWise: Bool = false
    ) throws -> any Formatter {
        if let document, isDocument {
            return jq.map { JQFormatter($0, on: document, isLineWise: isLineWise) } ?? document
        }
        let records = try records(console)
        return jq.map { JQFormatter($0, on: records, isLineWise: chosenFormat == .jsonl) } ?? records
    }

    /// Refuses options that leave no body to take a value from.
    func rejectSavedBodies(of command: String) throws {
        if outputDir != nil { throw ValidationError("--output-dir is of no use with \(command)") }
    }

    private func records(_ console: Console) throws -> any Formatter {
        switch chosenFormat {
        case .table:
            let isTerminal = output == nil && console.stdoutIsTerminal
            return TableFormatter(width: isTerminal ? console.width : nil, color: usesColor(isTerminal, console))
        case .json: return JSONFormatter(options: recordOptions)
        case .jsonl: return JSONLinesFormatter(options: recordOptions)
        case .csv: return CSVFormatter(.csv, guardsFormulas: !noCsvGuard)
        case .tsv: return CSVFormatter(.tsv, guardsFormulas: !noCsvGuard)
        case nil: return try writeOutFormatter() ?? TableFormatter()
        }
    }

    /// Whether to colour what goes to an output (NO_COLOR: https://no-color.org).
    func usesColor(_ isTerminal: Bool, _ console: Console) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: isTerminal && console.environment("NO_COLOR") == nil && console.environment("TERM") != "dumb"
        }
    }

    private func writeOutFormatter() throws -> WriteOut? {
        guard let writeOut else { return nil }
        do {
            return try WriteOut(writeOut, options: recordOptions)
        } catch {
            throw ValidationError("--write-out: \(error.message)")
        }
    }
}
