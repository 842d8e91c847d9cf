import FetchArgumentParser
import FetchSystem
import SystemPackage

/// Which of the shared options a command refuses: those that it could only ignore. All other options work in all commands.
enum OptionRules {
    /// The commands that have the shared options.
    enum Command: String, CaseIterable {
        case fetch, crawl, github, gather, map
    }

    /// An option, and the commands that refuse it.
    struct Rule: Sendable {
        /// The option as the user writes it.
        let option: String
        let commands: Set<Command>
        /// Why, or what to do instead; a part of a sentence.
        let advice: String
        let isGiven: @Sendable (RunOptions, OutputOptions) -> Bool

        fileprivate init(
            _ option: String, _ commands: Set<Command>, _ advice: String = "",
            isGiven: @escaping @Sendable (RunOptions, OutputOptions) -> Bool
        ) {
            self.option = option
            self.commands = commands
            self.advice = advice
            self.isGiven = isGiven
        }
    }

    /// All rules.
    static let table: [Rule] = [
        Rule("-I", [.crawl, .github], "it sends its own requests") { options, _ in options.request.head },
        Rule("-I", [.gather, .map], "it takes values from bodies") { options, _ in
            options.request.head || options.request.request?.uppercased() == "HEAD"
        },
        Rule("-X", [.crawl, .github], "it sends its own requests") { options, _ in options.request.request != nil },
        Rule("-d", [.crawl, .github], "it sends its own requests") { options, _ in !options.request.data.isEmpty },
        Rule("--accept", [.github]) { options, _ in options.retry.isAcceptGiven },
        Rule("-w", [.github], "use --jsonl with --jq") { _, output in output.writeOut != nil },
        Rule("--body", [.github], "its records are users") { _, output in output.body },
        Rule("--body", [.gather, .map], "it writes values of bodies; records with bodies need --jsonl or --sqlite") {
            _, output in output.body && output.isDocument && output.sqlite == nil
        },
        Rule("--include-headers", [.github], "its records are users") { _, output in output.includeHeaders },
        Rule("--include-headers", [.gather, .map], "it writes values of bodies; records need --jsonl or --sqlite") {
            _, output in output.includeHeaders && output.isDocument && output.sqlite == nil
        },
        Rule("--output-dir", [.gather, .map], "it writes values of bodies, not files") { _, output in
            output.outputDir != nil
        },
        Rule("--output-dir", [.github], "its records are users") { _, output in output.outputDir != nil },
        Rule("--sqlite", [.crawl], "use --format csv and sqlite3's .import") { _, output in output.sqlite != nil },
        Rule("--keep-order", [.crawl], "its pages have no input order") { _, output in output.keepOrder },
    ]

    /// Refuses what the command would ignore.
    ///
    /// - Throws: `ValidationError` that names the option and the command.
    static func check(_ command: Command, _ options: RunOptions, _ output: OutputOptions) throws {
        guard let rule = table.first(where: { $0.commands.contains(command) && $0.isGiven(options, output) }) else {
            let writesDocument = (command == .gather || command == .map) && output.isDocument
            return writesDocument ? () : try output.checkFields()
        }
        let advice = rule.advice.isEmpty ? "" : ": \(rule.advice)"
        throw ValidationError("\(rule.option) cannot be used with \(command.rawValue)\(advice)")
    }

    /// Refuses a second reader of standard input, which would find nothing there.
    ///
    /// - Parameter readers: Whether the command reads a list from standard input.
    static func checkStandardInput(
        _ options: RunOptions, _ output: OutputOptions, listIsThere: Bool
    ) throws {
        let count =
            options.request.standardInputCount + (output.writeOut == "@-" ? 1 : 0) + (listIsThere ? 1 : 0)
        if count > 1 { throw ValidationError("standard input (-) can be read only once") }
    }

    /// Refuses an output that is one of the files that the run reads: it would be emptied before, or while, it is read.
    ///
    /// - Parameter inputs: Names of files; those that name none (URLs, `-`) do no harm.
    static func checkOutputs(_ options: RunOptions, _ output: OutputOptions, inputs: [String?]) throws {
        let outputs = [
            ("-o", output.output), ("--failed-to", output.failedTo), ("--sqlite", output.sqlite),
            ("--cookie-jar", options.request.cookieJar),
        ]
        let known = inputs.compactMap { $0.flatMap(file) }
        for (option, name) in outputs {
            guard let name, let written = file(name), known.contains(where: { $0 == written }) else { continue }
            throw ValidationError(
                "\(option): \(TerminalText.escaped(name)) is a list that this run reads; write to another file")
        }
    }

    /// What tells a regular file from all others; nil for anything else.
    private static func file(_ name: String) -> [UInt64]? {
        guard name != "-", let status = try? Stat(name), status.type == .regular else { return nil }
        return [
            UInt64(truncatingIfNeeded: status.deviceID.rawValue), UInt64(truncatingIfNeeded: status.inode.rawValue),
        ]
    }
}
