import FetchRecords
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// The options for the output: which records, where, and in which format.
struct OutputOptions: ParsableArguments {
    /// The formats of records.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, jsonl, csv, tsv
        /// Annotations of the link checker.
        case github
    }

    /// When output is coloured.
    enum Color: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    @Option(help: ArgumentHelp("Write records in this format. (default: table)", valueName: "format"))
    var format: Format?

    @Flag(help: "Write one JSON array in input order (--format json).")
    var json = false

    @Flag(help: "Write one JSON line per record as it completes (--format jsonl).")
    var jsonl = false

    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp(
            "Write this text for each record, with the values of curl's %{variables}; @FILE reads it from a file.",
            valueName: "format"))
    var writeOut: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Apply a jq program to the JSON: to each line with --jsonl, otherwise to the whole document. Integers beyond 2^53 are rounded.",
            valueName: "expr"))
    var jq: String?

    @Option(help: ArgumentHelp("Write records to a table of this SQLite file too.", valueName: "file"))
    var sqlite: String?

    @Option(
        help: ArgumentHelp(
            "Table name; rows are appended if it exists. (default: records; in github users)", valueName: "name"))
    var sqliteTable: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "Write the records of a list to this file; .json, .jsonl, .csv, .tsv and .txt are formats. (default: standard output)",
            valueName: "file"))
    var outputFile: String?

    @Option(help: ArgumentHelp("The same as -o, also for one URL.", valueName: "file"))
    var records: String?

    @OptionGroup(title: "Saved files") var saving: SavingArguments

    @Flag(help: "Include the body in the record (maximum 16M; see --max-filesize).")
    var body = false

    @Flag(help: "Include the response headers in the record.")
    var includeHeaders = false

    @Flag(help: "Do not put ' before CSV and TSV fields that a spreadsheet would execute.")
    var noCsvGuard = false

    @Flag(help: "Write records in input order, not as they complete.")
    var keepOrder = false

    @Option(
        help: ArgumentHelp("Write the inputs that failed to this file, as a list to fetch again.", valueName: "file"))
    var failedTo: String?

    @Flag(help: "Write totals and latencies to standard error at the end.")
    var summary = false

    @Flag(help: "Write the requests that would be sent, and send nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Use colours on these occasions.", valueName: "when"))
    var color = Color.auto

    @Option(
        help: ArgumentHelp(
            "Show progress on standard error: a line, or bars for bodies over 5 MB too (both on a terminal only), or a JSON object per second. (default: bars if bodies are saved, otherwise line)",
            valueName: "style"))
    var progress: ProgressStyle?

    @Flag(
        name: [.long, .customLong("no-progress-meter")], help: "Do not show progress (--progress none).")
    var noProgress = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Write only errors to standard error.")
    var isQuiet = false

    @OptionGroup(title: "Reports") var reports: ReportOptions

    @OptionGroup(title: "Debugging") var tracing: TraceOptions

    @OptionGroup var habits: OutputHabits

    /// Whether records have the values taken from their bodies. The command sets it, not the user.
    var showsValue = false

    /// What is done with the answers themselves. The command sets it, not the user.
    var answers: AnswerPlan?

    /// The digest that records have. The command sets it, not the user: see ``applying(_:)``.
    private(set) var hash: DigestAlgorithm?

    /// Whether records say how bodies came into their files. The command sets it, not the user.
    private(set) var showsSaved = false

    /// Whether ``writeOut`` is the content of its file; the name of a file begins with `@`.
    var writeOutIsLoaded = false

    private enum CodingKeys: CodingKey {
        case format, json, jsonl, writeOut, jq, sqlite, sqliteTable, outputFile, records, saving, body
        case includeHeaders, noCsvGuard, keepOrder, failedTo, summary, dryRun, color, progress, noProgress, isQuiet
        case reports, tracing, habits
    }

    func validate() throws {
        let chosen = [
            format.map { "--format \($0.rawValue)" }, json ? "--json" : nil, jsonl ? "--jsonl" : nil,
            writeOut == nil ? nil : "--write-out",
        ]
        .compactMap { $0 }
        if chosen.count > 1 { throw ValidationError("\(chosen.joined(separator: " and ")) cannot be used together") }
        if jq != nil, chosenFormat != .json, chosenFormat != .jsonl {
            throw ValidationError("--jq needs --json or --jsonl")
        }
        if sqliteTable != nil, sqlite == nil { throw ValidationError("--sqlite-table needs --sqlite") }
        try OptionValue.checkFile(sqlite, "--sqlite")
        try OptionValue.checkFile(outputFile, "-o")
        try OptionValue.checkFile(records, "--records")
        if outputFile != nil, records != nil { throw ValidationError("-o and --records cannot be used together") }
        try OptionValue.checkFile(failedTo, "--failed-to")
        if body, saving.directory != nil {
            let option = saving.outputDir == nil ? "-O" : "--output-dir"
            throw ValidationError("--body and \(option) cannot be used together")
        }
        if reports.harContent, saving.directory != nil {
            throw ValidationError("--har-content and saved files cannot be used together: bodies are kept in memory")
        }
        try checkProgress()
        if isQuiet, verbose { throw ValidationError("-q and -v cannot be used together") }
        try checkPlan()
        if !writesFromFile { _ = try writeOutFormatter() }
    }

    /// The file of the records; nil for standard output.
    var output: String? { dropsBody ? nil : outputFile ?? records }

    /// Whether `-o /dev/null` stands beside `-w`: users of curl drop the body there, and want what `-w` writes.
    var dropsBody: Bool { writeOut != nil && outputFile == "/dev/null" }

    /// The selected format; nil with `--write-out`.
    var chosenFormat: Format? {
        writeOut != nil ? nil : json ? .json : jsonl ? .jsonl : namedFormat ?? (jq == nil ? .table : .json)
    }

    /// The format that `--format` names, or the ending of the file while no option says another one.
    private var namedFormat: Format? {
        if format != nil || json || jsonl || writeOut != nil { return format }
        return output.flatMap(Format.init(fileName:))
    }

    /// Whether a command that builds one JSON document writes that document: no other format is selected.
    var isDocument: Bool { namedFormat == nil && !jsonl && writeOut == nil || namedFormat == .json }

    /// Whether a command that builds one document writes it, or its own table: in both, values are in input order.
    var isDocumentOrTable: Bool { isDocument || [.csv, .tsv, .table].contains(namedFormat) }

    /// Whether details are written to standard error.
    var verbose: Bool { tracing.verbosity > 0 }

    /// Whether requests are only shown, and nothing is sent.
    var onlyPlans: Bool { dryRun || tracing.curl }

    /// Refuses options that contradict `--curl`, whose lines are for a shell.
    private func checkPlan() throws {
        if onlyPlans, reports.watchPort != nil {
            let option = dryRun ? "--dry-run" : "--curl"
            throw ValidationError(
                "--watch-port and \(option) cannot be used together: \(option) sends nothing to watch")
        }
        guard tracing.curl else { return }
        let others = [
            (dryRun, "--dry-run"), (json, "--json"), (jsonl, "--jsonl"), (format != nil, "--format"),
            (writeOut != nil, "-w"),
        ]
        if let (_, other) = others.first(where: { $0.0 }) {
            throw ValidationError("--curl and \(other) cannot be used together: --curl writes commands for a shell")
        }
    }

    /// Whether bodies are saved to files.
    var savesBodies: Bool { saving.directory != nil }

    /// Whether records are written in input order.
    var isOrdered: Bool { keepOrder || chosenFormat == .json || answers?.isOrdered == true }

    /// The optional fields of the records.
    var recordOptions: RecordOptions {
        RecordOptions(body: body, headers: includeHeaders, value: showsValue, hash: hash, saved: showsSaved)
    }

    /// The same options with what those for downloads add to the records.
    ///
    /// - Parameter isList: Whether the records are those of a list, which may be downloads.
    func applying(_ downloads: DownloadOptions, isList: Bool = false) -> OutputOptions {
        var output = self
        output.hash = downloads.hash
        output.showsSaved = isList && savesBodies
        return output
    }

    /// The formatter for the selected format.
    ///
    /// - Parameters:
    ///   - console: Knows the terminal's width.
    ///   - document: The command's own document, used if no other format is selected.
    ///   - isLineWise: Whether that is one document per line.
    ///   - table: Makes the command's own table, used for the formats that are tables.
    func formatter(
        console: Console, document: (any Formatter)? = nil, isLineWise: Bool = false,
        table: ((ValueTable.Form) -> any Formatter)? = nil
    ) throws -> any Formatter {
        if answers?.printsAnswers == true { return AnswerFormatter() }
        if let document, isDocument { return document.through(jq: jq, isLineWise: isLineWise) }
        if let table, let form = tableForm(console) { return table(form) }
        let records = try records(console)
        sayMissingMembers(console)
        return records.through(jq: jq, isLineWise: chosenFormat == .jsonl)
    }

    /// How a table of the selected format is written; nil for other formats.
    private func tableForm(_ console: Console) -> ValueTable.Form? {
        switch chosenFormat {
        case .csv: return .separated(.csv, guardsFormulas: !noCsvGuard)
        case .tsv: return .separated(.tsv, guardsFormulas: !noCsvGuard)
        case .table:
            let isTerminal = output == nil && console.stdoutIsTerminal
            return .aligned(width: isTerminal ? console.width : nil, color: usesColor(isTerminal, console))
        case .json, .jsonl, .github, nil: return nil
        }
    }

    private func records(_ console: Console) throws -> any Formatter {
        switch chosenFormat {
        case .table:
            let isTerminal = output == nil && console.stdoutIsTerminal
            return TableFormatter(width: isTerminal ? console.width : nil, color: usesColor(isTerminal, console))
        case .json: return JSONFormatter(options: recordOptions)
        case .jsonl: return JSONLinesFormatter(options: recordOptions)
        case .csv: return CSVFormatter(.csv, guardsFormulas: !noCsvGuard, options: recordOptions)
        case .tsv: return CSVFormatter(.tsv, guardsFormulas: !noCsvGuard, options: recordOptions)
        case .github, nil: return try writeOutFormatter() ?? TableFormatter()
        }
    }

    /// Whether output to a terminal or a file is coloured. `FORCE_COLOR` (https://force-color.org) and `CLICOLOR_FORCE`
    /// (https://bixense.com/clicolors) ask for colour where no terminal is; `NO_COLOR` (https://no-color.org) is
    /// stronger, and options are stronger than variables.
    func usesColor(_ isTerminal: Bool, _ console: Console) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto:
            ColorVariables.decision(console.environment)
                ?? (isTerminal && console.environment("TERM") != "dumb")
        }
    }

    func writeOutFormatter() throws -> WriteOut? {
        guard let writeOut else { return nil }
        do {
            return try WriteOut(writeOut, options: recordOptions)
        } catch {
            throw ValidationError("--write-out: \(error.message)")
        }
    }
}
