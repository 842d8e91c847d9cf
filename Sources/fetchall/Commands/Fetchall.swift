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
            FetchCommand.self, GitHubCommand.self, CrawlCommand.self, GatherCommand.self, MapCommand.self,
            CacheCommand.self,
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
            return try parsed(OptionalValue.written(JoinedValues.written(arguments)))
        }
        Task.detached(executorPreference: executor) { whenDone(await execute(command, arguments, console)) }
    }

    private static var commandNames: [String] { configuration.subcommands.map { $0._commandName } }

    private static func execute(
        _ command: Result<any ParsableCommand, any Error>, _ arguments: [String], _ console: Console
    ) async -> ExitStatus {
        do {
            // A usage error is reported in one line, so the parser's own usage text is not printed.
            var command = try command.get()
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
                return answer(text == version ? versionText : text, console)
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

    /// Answers `--help` and `--version`, which need no parsing and no second thread.
    static func answerAtOnce(_ arguments: [String], _ console: Console) -> ExitStatus? {
        guard arguments.count == 1 else { return nil }
        return switch arguments.first {
        case "--version", "-V": answer(versionText, console)
        case "--help", "-h", "help": answer(FetchCommand.helpMessage(columns: helpColumns(console)), console)
        default: nil
        }
    }

    private static var versionText: String { "fetchall \(version)\n\(CurlLibrary.version)" }

    private static func helpColumns(_ console: Console) -> Int {
        HelpRequest.columns(variable: console.environment("COLUMNS"), terminal: console.width)
    }

    private static func answer(_ text: String, _ console: Console) -> ExitStatus {
        do {
            try console.write(Array((text + "\n").utf8))
            return .success
        } catch {
            guard case .failed(let reason) = error else { return .success }
            console.say("fetchall: cannot write standard output: \(reason)")
            return .io
        }
    }
}
