import FetchArgumentParser
import FetchHTTP
import FetchStore

/// The option for continuing an earlier run.
struct ResumeArguments: ParsableArguments {
    @Option(
        name: .customLong("resume"),
        help: ArgumentHelp(
            "Record progress in this file; run the same command again to resume.", valueName: "file"))
    var file: String?

    func validate() throws {
        if file?.isEmpty == true { throw ValidationError("--resume needs a file name") }
    }

    /// Refuses output that cannot be continued.
    ///
    /// - Parameters:
    ///   - output: The output of the run.
    ///   - others: Other files of the run.
    func check(_ output: OutputOptions, others: [String?]) throws {
        guard let file else { return }
        if ([output.output, output.failedTo, output.sqlite] + others).contains(file) {
            throw ValidationError("--resume needs a file that the run does not use otherwise")
        }
        if output.jq != nil, output.chosenFormat == .json {
            throw ValidationError(
                "--resume and --jq need --jsonl: each run writes only a part of a JSON array")
        }
    }

    /// The origin that got the credentials of the command line in an earlier run; nil for the first input's.
    var credentialHome: Origin? { file.flatMap { Journal.credentialOrigin(of: $0) }.flatMap { FetchURL($0)?.origin } }

    /// Opens the journal; nil without `--resume`.
    ///
    /// - Parameter options: The options that must be the same in each run.
    /// - Throws: `ValidationError` when it does not belong to this run; ``InputFailure`` when it cannot be used.
    func journal(
        _ options: [(name: String, value: String)], _ output: OutputOptions, _ console: Console
    ) throws -> ResumeJournal? {
        guard let journal = try file.map({ try ResumeJournal(path: $0, options: options, output: output) }) else {
            return nil
        }
        if let notice = journal.notice { console.say("fetchall: \(notice)") }
        return journal
    }
}
