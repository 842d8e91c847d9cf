import FetchArgumentParser
import FetchRecords
import FetchSystem

/// The options for answers that are written as they are.
struct AnswerOptions: ParsableArguments {
    @Option(
        name: .customLong("print"),
        help: ArgumentHelp(
            "Write the answers to standard output in input order, not records: body, headers or both.",
            valueName: "part"))
    var part: AnswerPlan.Part?

    @Flag(name: [.customShort("i"), .long], help: "Write the headers and bodies of answers (--print both).")
    var include = false

    @Option(
        name: [.customShort("D"), .long],
        help: ArgumentHelp(
            "Write the headers of all answers, and of redirects to them, to this file; records are in input order then.",
            valueName: "file"))
    var dumpHeader: String?

    func validate() throws {
        try OptionValue.checkFile(dumpHeader, "-D")
        if dumpHeader == "-" { throw ValidationError("-D -: use --print headers, or -i for headers and body") }
        if include, let part, part != .both {
            throw ValidationError("--print \(part.rawValue) and -i cannot be used together; -i is --print both")
        }
    }

    /// What the run does with answers; nil if it writes records only.
    ///
    /// - Parameter dropsFailures: Whether the body of an answer that is not a success is not written (`-f`).
    func plan(dropsFailures: Bool) -> AnswerPlan? {
        let part = part ?? (include ? .both : nil)
        guard part != nil || dumpHeader != nil else { return nil }
        return AnswerPlan(part: part, dropsFailures: dropsFailures, dumpHeader: dumpHeader)
    }

    /// Refuses options that are about records while answers are written, and those that leave out answers.
    ///
    /// - Parameters:
    ///   - asksForBodies: Whether the requests do.
    ///   - state: The options of state between runs, by name; nil where not given.
    func check(_ output: OutputOptions, asksForBodies: Bool, state: [(option: String, isGiven: Bool)]) throws {
        guard let plan = plan(dropsFailures: false) else { return }
        let name = plan.part == nil ? "-D" : part == nil ? "-i" : "--print"
        if let other = state.first(where: \.isGiven) {
            throw ValidationError(
                "\(name) and \(other.option) cannot be used together: answers that are not fetched again cannot be written"
            )
        }
        guard let part = plan.part else { return }
        if let other = Self.recordOptions(output).first(where: \.isGiven)?.option {
            let advice = other == "--jq" ? "; type: --body --json --jq '.[].json'" : ""
            throw ValidationError(
                "\(name) and \(other) cannot be used together: \(name) writes the answers, and no records or files\(advice)"
            )
        }
        if part == .body, !asksForBodies {
            throw ValidationError("--print body and -I cannot be used together; use --print headers")
        }
    }

    /// Refuses `-o` for one URL, where users of curl expect the body in the file and others the record.
    ///
    /// - Parameter count: The number of inputs; nil for a list.
    func checkFile(_ output: OutputOptions, count: Int?) throws {
        if count != 1, let file = output.outputFile { try Self.checkName(file, format: output.chosenFormat) }
        // curl's idiom for the values of -w alone: the body that it drops there is not written anyway.
        guard count == 1, let file = output.outputFile, !output.dropsBody, output.format == nil, !output.json,
            !output.jsonl,
            output.jq == nil
        else { return }
        let name = file == "-" ? "" : " > " + Self.quoted(file)
        let record = file == "-" ? "--json" : "--json -o " + Self.quoted(file)
        var advice = "-O (its own name) or --print body\(name) for the body, \(record) for the record"
        if output.writeOut != nil { advice = "-w alone: it writes no body; \(advice)" }
        throw ValidationError("-o is the file of the records of a list; with one URL use \(advice)")
    }

    /// Refuses names that can only be meant for bodies.
    private static func checkName(_ file: String, format: OutputOptions.Format?) throws {
        let isForEach = file.split(separator: "#").dropFirst().contains { $0.utf8.first?.isASCIIDigit == true }
        let isPage = [".html", ".htm", ".xhtml"].contains { file.lowercased().hasSuffix($0) }
        guard isForEach || isPage && format == .table else { return }
        let template = isForEach ? " --filename-template '{1}'" : ""
        throw ValidationError(
            "-o \(quoted(file)): -o is the one file of the records; to save bodies use --output-dir DIR\(template)")
    }

    /// Names `--print` after the record of one URL went to a file or a pipe, where users of curl expect the body.
    ///
    /// - Parameters:
    ///   - count: The number of inputs; nil for a list.
    ///   - sources: The sources of the command line.
    ///   - isHead: Whether the request asks for the headers only.
    func advise(_ output: OutputOptions, count: Int?, sources: [String], isHead: Bool, _ console: Console) {
        guard count == 1, sources.first?.contains(text: "://") == true, output.chosenFormat == .table,
            output.format == nil, output.output == nil, output.sqlite == nil, output.failedTo == nil, !output.summary,
            !output.savesBodies, !output.verbose, !output.quiet, plan(dropsFailures: false) == nil,
            !console.stdoutIsTerminal
        else { return }
        let option = isHead ? "-i writes the headers" : "--print body writes the body, -i the headers too"
        console.say("fetchall: this is the record of the request; \(option)")
    }

    private static func recordOptions(_ output: OutputOptions) -> [(option: String, isGiven: Bool)] {
        [
            ("--json", output.json), ("--jsonl", output.jsonl), ("--format", output.format != nil),
            ("-w", output.writeOut != nil), ("--jq", output.jq != nil), ("--body", output.body),
            ("--output-dir", output.saving.outputDir != nil), ("-O", output.saving.remoteName),
            ("-o", output.outputFile != nil), ("--records", output.records != nil),
            ("--include-headers", output.includeHeaders), ("--sqlite", output.sqlite != nil),
            ("--har-content", output.reports.harContent),
        ]
    }

    /// A file name as it can be typed into a shell.
    private static func quoted(_ name: String) -> String { ByteText.text(of: ShellWord(name).quoted) }
}
