import FetchArgumentParser
import FetchRecords
import FetchSystem
import SystemPackage

/// Which of the shared options a command refuses: those that it could only ignore. All other options work in all commands.
enum OptionRules {
    /// The commands that have the shared options.
    enum Command: String, CaseIterable {
        case fetch, crawl, check, github, gather, map
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
    static let table: [Rule] = savingRules + bodyRules + detailRules + ownRules + reportRules

    /// The formats of reports that a command has nothing for.
    private static let reportRules = [
        Rule("--report har", [.check, .github, .gather, .map], "a record of it is not one request; use fetch or crawl")
        {
            _, output in
            output.reports.has(.har)
        },
        Rule(
            "--report sarif", [.fetch, .crawl, .github, .gather, .map],
            "SARIF has findings with their lines, which check finds"
        ) { _, output in output.reports.has(.sarif) },
    ]

    private static let ownRules = [
        Rule("-I", [.crawl, .check, .github], "it sends its own requests") { options, _ in options.request.head },
        Rule("-I", [.gather, .map], "it takes values from bodies") { options, _ in
            options.request.head || options.request.request?.uppercased() == "HEAD"
        },
        Rule("-X", [.crawl, .check, .github], "it sends its own requests") { options, _ in
            options.request.request != nil
        },
        Rule("--url", [.github], "it takes logins") { options, _ in !options.habits.url.isEmpty },
        Rule("--url", [.gather, .map], "its URLs are parts and templates") { options, _ in !options.habits.url.isEmpty
        },
        Rule("-r", [.crawl, .check, .github, .gather, .map], "it reads whole bodies") { options, _ in
            options.habits.range != nil
        },
        Rule("-z", [.crawl, .check, .github, .gather, .map], "it reads all bodies; use --cache") { options, _ in
            options.habits.timeCond != nil
        },
        Rule("--to-all-hosts", [.github], "its requests go to one host") { options, _ in
            options.credentials.toAllHosts
        },
        Rule("--fail-early", [.github], "its logins are fetched together") { options, _ in options.habits.failEarly },
        Rule("--accept", [.github]) { options, _ in options.retry.isAcceptGiven },
        Rule("-w", [.check, .github], "use --jsonl with --jq") { _, output in output.writeOut != nil },
        Rule("--body", [.check], "its records are links") { _, output in output.body },
        Rule("--body", [.github], "its records are users") { _, output in output.body },
        Rule("--body", [.gather, .map], "it writes values of bodies; records with bodies need --jsonl or --sqlite") {
            _, output in output.body && output.isDocument && output.sqlite == nil
        },
        Rule("--include-headers", [.check], "its records are links") { _, output in output.includeHeaders },
        Rule("--include-headers", [.github], "its records are users") { _, output in output.includeHeaders },
        Rule("--include-headers", [.gather, .map], "it writes values of bodies; records need --jsonl or --sqlite") {
            _, output in output.includeHeaders && output.isDocument && output.sqlite == nil
        },
        Rule("-O", [.gather, .map], "it writes values of bodies, not files") { _, output in
            output.saving.remoteName && output.saving.outputDir == nil
        },
        Rule("-O", [.github], "its records are users") { _, output in
            output.saving.remoteName && output.saving.outputDir == nil
        },
        Rule("--output-dir", [.gather, .map], "it writes values of bodies, not files") { _, output in
            output.saving.directory != nil
        },
        Rule("--output-dir", [.github], "its records are users") { _, output in output.saving.directory != nil },
        Rule("-O", [.check], "it saves no bodies; use crawl") { _, output in
            output.saving.remoteName && output.saving.outputDir == nil
        },
        Rule("--output-dir", [.check], "it saves no bodies; use crawl") { _, output in output.saving.directory != nil },
        Rule("--checksum", [.gather, .map], "it writes values of bodies, not files") { options, _ in
            options.downloads.checksum != nil
        },
        Rule("--checksum", [.crawl, .check, .github], "its requests are not a list; use fetch") { options, _ in
            options.downloads.checksum != nil
        },
        Rule("--checksums", [.gather, .map], "it writes values of bodies, not files") { options, _ in
            options.downloads.checksums != nil
        },
        Rule("--checksums", [.crawl, .check, .github], "its requests are not a list; use fetch") { options, _ in
            options.downloads.checksums != nil
        },
        Rule("--hash", [.gather, .map], "it writes values of bodies, not files; use fetch --output-dir") { options, _ in
            options.downloads.hash != nil
        },
        Rule("--hash", [.check], "it saves no bodies") { options, _ in options.downloads.hash != nil },
        Rule("--hash", [.github], "its records are users") { options, _ in options.downloads.hash != nil },
        Rule("-O", [.crawl], "it has pages of one name; use --output-dir") { _, output in output.saving.remoteName },
        Rule("--sqlite", [.crawl], "use --format csv and sqlite3's .import") { _, output in output.sqlite != nil },
        Rule("--keep-order", [.crawl], "its pages have no input order") { _, output in output.keepOrder },
        Rule("--sqlite", [.check], "use --format csv and sqlite3's .import") { _, output in output.sqlite != nil },
        Rule("--keep-order", [.check], "its links are grouped by page") { _, output in output.keepOrder },
        Rule("--dry-run", [.check], "use --dump, which lists the links of files") { _, output in output.dryRun },
        Rule("--curl", [.check], "use --dump, which lists the links of files") { _, output in output.tracing.curl },
        Rule("--format github", [.fetch, .crawl, .github, .gather, .map], "only check has annotations") {
            _, output in output.chosenFormat == .github
        },
    ]

    private static let detailRules =
        ["--post301", "--post302", "--post303"].map { option in
            Rule(option, [.crawl, .check, .github], "it sends its own requests") { options, _ in
                options.requestDetails.postOptions.contains(option)
            }
        } + [
            Rule("--proto-redir", [.crawl, .check], "its redirects are links; use --proto") { options, _ in
                options.requestDetails.protoRedir != nil
            },
            Rule("--request-target", [.crawl, .check, .github], "it sends its own requests") { options, _ in
                options.requestDetails.requestTarget != nil
            },
            Rule("--url-query", [.crawl, .check, .github], "it sends its own requests") { options, _ in
                !options.request.bodies.urlQuery.isEmpty
            },
            Rule("--form-escape", [.crawl, .check, .github], "it sends its own requests") { options, _ in
                options.request.bodies.formEscape
            },
        ]

    /// The options of bodies, which commands with requests of their own do not have.
    private static let bodyRules =
        ["-d", "--data-raw", "--data-binary", "--data-urlencode", "--json-data", "-F", "--form-string", "-T"].map {
            option in
            Rule(option, [.crawl, .check, .github], "it sends its own requests") { options, _ in
                options.request.bodies.given.contains(option)
            }
        } + [
            Rule("-G", [.crawl, .check, .github], "it sends its own requests") { options, _ in
                options.request.bodies.get
            }
        ]

    /// The options of downloads, which a crawl does not have.
    private static let savingRules = [
        "-J", "-C", "--continue", "--no-continue", "--segments", "--skip-existing", "--no-clobber", "-N", "-R",
    ].map {
        option in
        Rule(option, [.crawl], "its pages are saved as they are found") { _, output in
            output.saving.forLists.contains(option)
        }
    }

    /// Refuses what the command would ignore.
    ///
    /// - Throws: `ValidationError` that names the option and the command.
    static func check(_ command: Command, _ options: RunOptions, _ output: OutputOptions) throws {
        guard let rule = table.first(where: { $0.commands.contains(command) && $0.isGiven(options, output) }) else {
            let isHead = options.request.head || options.request.request?.uppercased() == "HEAD"
            try options.downloads.check(output, asksForBodies: !isHead)
            if options.connection.http2, output.saving.fetchesSegments {
                throw ValidationError(
                    "--http2 and --segments cannot be used together: a segment has its own connection")
            }
            let output = output.applying(options.downloads)
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
            + (options.downloads.checksums == "-" ? 1 : 0)
        if count > 1 { throw ValidationError("standard input (-) can be read only once") }
    }

    /// Refuses an output that is one of the files that the run reads, which would be emptied before, or while, it is read,
    /// and one file for two purposes, of which one would overwrite the other.
    ///
    /// - Parameters:
    ///   - others: Files of the command's own options that the run writes, by option.
    ///   - inputs: Names of files that are read; those that name none (URLs, `-`) do no harm.
    static func checkFiles(
        _ options: RunOptions, _ output: OutputOptions, others: [(option: String, name: String?)] = [],
        inputs: [String?]
    ) throws {
        let cache = options.cache.cache == OptionalValue.none ? nil : options.cache.cache
        let written =
            [
                ("-o", output.outputFile), ("--records", output.records), ("--failed-to", output.failedTo),
                ("--sqlite", output.sqlite), ("--cookie-jar", options.request.cookieJar), ("--cache", cache),
                ("--trace", output.tracing.file), ("--stderr", output.habits.stderr),
            ] + output.reports.wanted.map { ($0.option, $0.file) } + others
        let bodies = options.request.bodies.files.compactMap(identity)
        let read = inputs.compactMap { $0.flatMap(identity) } + bodies
        var known: [(option: String, file: FileIdentity)] = []
        for (option, name) in written {
            guard let name, let file = identity(name) else { continue }
            if read.contains(file) {
                let isBody = bodies.contains(file)
                throw ValidationError(
                    "\(option): \(TerminalText.escaped(name)) is a \(isBody ? "file" : "list") that this run reads; write to another file"
                )
            }
            if let other = known.first(where: { $0.file == file }) {
                throw ValidationError(
                    "\(other.option) and \(option) need a file each; both name \(TerminalText.escaped(name))")
            }
            known.append((option, file))
        }
    }

    /// What tells a file from all others: its inode, or its path while it is not there.
    private enum FileIdentity: Equatable {
        case inode(device: UInt64, number: UInt64)
        case path(String)
    }

    /// The identity of a regular file, or of one that is not there; nil for a terminal, a pipe and the like.
    private static func identity(_ name: String) -> FileIdentity? {
        guard !name.isEmpty, name != "-" else { return nil }
        guard let status = try? Stat(name) else {
            return .path(FilePath(OutputFile.absolute(name)).lexicallyNormalized().string)
        }
        guard status.type == .regular else { return nil }
        return .inode(
            device: UInt64(truncatingIfNeeded: status.deviceID.rawValue),
            number: UInt64(truncatingIfNeeded: status.inode.rawValue))
    }
}
