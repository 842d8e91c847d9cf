import FetchArgumentParser

/// A command that runs with the console and ends with an exit status.
protocol ConsoleCommand: ParsableCommand {
    /// Runs the command.
    ///
    /// - Throws: `ValidationError` for a command line that is not valid.
    func run(console: Console) async throws -> ExitStatus
}
