import FetchSystem
import FetchArgumentParser

/// Options of `fetchall fetch` that a user of curl types: most name what is done anyway.
struct FetchHabits: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Scheme of URLs of the command line that have none: http or https. (default: none)", valueName: "scheme"),
        completion: .list(["http", "https"]))
    var protoDefault: String?

    @Flag(help: "Write no bodies. (default, unless an option asks for them)")
    var outNull = false

    @Flag(help: "Write the body of an answer that is a failure too. (default of --print)")
    var failWithBody = false

    @Flag(name: .customLong("no-buffer"), help: "Write what arrives immediately. (default of --print)")
    var noBuffer = false

    func validate() throws {
        guard let protoDefault, !["http", "https"].contains(protoDefault.lowercased()) else { return }
        throw ValidationError("--proto-default: '\(TerminalText.escaped(protoDefault))' is not http or https")
    }

    /// A source of the command line, with the scheme that it lacks. Standard input, and a file that is there, stay lists.
    func withScheme(_ source: String) -> String {
        guard let protoDefault, source != "-", !source.isEmpty, !source.contains(text: "://"),
            !["http:", "https:"].contains(where: { source.lowercased().hasPrefix($0) }), !SystemFile.exists(source)
        else { return source }
        return "\(protoDefault.lowercased())://\(source)"
    }

    /// Refuses what contradicts other options.
    func check(_ output: OutputOptions, _ answers: AnswerOptions, dropsFailures: Bool) throws {
        if failWithBody, dropsFailures {
            throw ValidationError("-f and --fail-with-body cannot be used together: -f writes no body of a failure")
        }
        guard outNull else { return }
        let others = [
            ("--print", answers.part != nil), ("-i", answers.include), ("--body", output.body),
            ("--output-dir", output.saving.outputDir != nil), ("-O", output.saving.remoteName),
        ]
        if let other = others.first(where: \.1)?.0 {
            throw ValidationError("--out-null and \(other) cannot be used together: \(other) asks for bodies")
        }
    }
}
