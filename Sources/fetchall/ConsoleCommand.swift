import ArgumentParser

/// A command that runs with the console and ends with an exit status.
protocol ConsoleCommand: ParsableCommand {
    /// Runs the command.
    ///
    /// - Throws: `ValidationError` for what is wrong with the command line.
    func run(console: Console) async throws -> ExitStatus
}
