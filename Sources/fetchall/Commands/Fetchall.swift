import FetchRecords
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// The root of the command: `fetchall SOURCE…` is `fetchall fetch SOURCE…`.
struct Fetchall: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "fetchall", abstract: "Fetch many URLs concurrently.", version: version,
        subcommands: [
            FetchCommand.self, GitHubCommand.self, CrawlCommand.self, CheckCommand.self, GatherCommand.self,
            MapCommand.self, CacheCommand.self, ConfigCommand.self, CompletionsCommand.self, ManCommand.self,
        ],
        defaultSubcommand: FetchCommand.self)

    /// Parses the arguments on this thread, runs the command in a task of the executor, and passes its status on.
    static func start(
        _ arguments: [String], _ console: Console, on executor: ThreadExecutor,
        whenDone: @escaping @Sendable (ExitStatus) -> Void
    ) {
        let arguments = HelpRequest.moved(arguments, commands: commandNames)
        let command = Result { () throws -> any ParsableCommand in
            if let refusal = HabitRefusal.message(arguments) { throw ValidationError(refusal) }
            let written = OptionalValue.written(JoinedValues.written(arguments))
            return try ConfiguredArguments(
                arguments: written, environment: { console.environment($0) }
            ) { try parsed(WrittenOrder.written($0, commandNames: commandNames)) }.command()
        }
        Task.detached(executorPreference: executor) { whenDone(await execute(command, arguments, console)) }
    }

    /// The names of the commands.
    static var commandNames: [String] { configuration.subcommands.map { $0._commandName } }

    private static func execute(
        _ command: Result<any ParsableCommand, any Error>, _ arguments: [String], _ console: Console
    ) async -> ExitStatus {
        do {
            // A usage error is reported in one line, so the parser's own usage text is not printed.
            var command = try command.get()
            if let file = (command as? any ErrorFileCommand)?.output.habits.stderr {
                try ErrorFile.redirect(to: file)
            }
            if let command = command as? any ConsoleCommand { return try await command.run(console: console) }
            // All other commands ask for help: they throw the text.
            try command.run()
            return .usage
        } catch let failure as InputFailure where failure.reason == .system {
            console.say("fetchall: \(failure.message)")
            return .io
        } catch {
            if exitCode(for: error) == .success {
                let text = fullMessage(for: error, columns: helpColumns(console))
                if text == version { return HelpAnswer.write(versionText, console) }
                // Also the parser's own dump of the commands comes here.
                guard text.hasPrefix("OVERVIEW: ") else { return HelpAnswer.write(text, console) }
                return answer(HelpRequest.found(in: arguments, isCommand: isCommand), console)
            }
            console.say("fetchall: \(ParserMessage.line(message(for: error), arguments: arguments))")
            return .usage
        }
    }

    /// The root has no options of its own. If no argument can be a command's name or an option of the root, the
    /// arguments go directly to `fetch`: parsing for both doubles the parser's time, a fifth of the start of a run.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        let names = commandNames + ["help"]
        for argument in arguments {
            let isForRoot =
                names.contains(argument) || argument.hasPrefix("--generate-") || argument.hasPrefix("--experimental-")
            if isForRoot { return try parseAsRoot(arguments) }
        }
        return try FetchCommand.parseAsRoot(arguments)
    }

    /// Answers requests for help and for the version, which need no parsing and no second thread.
    static func answerAtOnce(_ arguments: [String], _ console: Console) -> ExitStatus? {
        if arguments.count == 1, ["--version", "-V"].contains(arguments[0]) {
            return HelpAnswer.write(versionText, console)
        }
        // Most runs ask for nothing.
        guard arguments.first == "help" || arguments.contains(where: { ["-h", "--help"].contains($0) }),
            let request = HelpRequest.parsed(arguments, isCommand: isCommand)
        else { return nil }
        return answer(request, console)
    }

    /// Whether there is a command of these names.
    private static func isCommand(_ path: [String]) -> Bool {
        var commands = configuration.subcommands
        for name in path {
            guard let command = commands.first(where: { $0._commandName == name }) else { return false }
            commands = command.configuration.subcommands
        }
        return true
    }

    private static var versionText: String { "fetchall \(version)\n\(CurlLibrary.version)" }

    private static func helpColumns(_ console: Console) -> Int {
        HelpRequest.columns(variable: console.environment("COLUMNS"), terminal: console.width)
    }

    private static func answer(_ request: HelpRequest, _ console: Console) -> ExitStatus {
        do throws(ParseFailure) {
            return HelpAnswer.write(try HelpAnswer.text(request, columns: helpColumns(console)), console)
        } catch {
            console.say("fetchall: \(error.message)")
            return .usage
        }
    }
}
