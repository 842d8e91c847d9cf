import ArgumentParser
import FetchCore

/// What goes on where another run ended.
struct ResumeArguments: ParsableArguments {
    @Option(
        name: .customLong("resume"),
        help: ArgumentHelp(
            "Note what is done in a file; the same command with the same file goes on where it ended.",
            valueName: "file"))
    var file: String?

    func validate() throws {
        if file?.isEmpty == true { throw ValidationError("--resume needs the name of a file") }
    }

    /// Refuses what cannot be gone on with.
    ///
    /// - Parameters:
    ///   - output: What the run writes.
    ///   - others: Files of the run that are not among that.
    func check(_ output: OutputOptions, others: [String?]) throws {
        guard let file else { return }
        if ([output.output, output.failedTo, output.sqlite] + others).contains(file) {
            throw ValidationError("--resume needs a file of its own")
        }
        if output.jq != nil, output.chosenFormat == .json {
            throw ValidationError(
                "--resume: --jq on a whole document would see a part of it in each run; choose --jsonl")
        }
    }

    /// Opens the journal; nil where none was asked for.
    ///
    /// - Parameter options: What must be the same each time.
    /// - Throws: `ValidationError` when it does not belong to this run; ``InputFailure`` when it cannot be used.
    func journal(_ options: [(name: String, value: String)], _ output: OutputOptions) throws -> ResumeJournal? {
        try file.map { try ResumeJournal(path: $0, options: options, output: output) }
    }
}
