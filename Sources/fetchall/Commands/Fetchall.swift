import FetchRecords
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// The root of the command: `fetchall SOURCE…` is `fetchall fetch SOURCE…`.
struct Fetchall: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "fetchall", abstract: "Fetch many URLs concurrently.",
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
        let command = Result { try parsed(OptionalValue.written(arguments)) }
        Task.detached(executorPreference: executor) { whenDone(await execute(command, console: console)) }
    }

    private static func execute(
        _ command: Result<any ParsableCommand, any Error>, console: Console
    ) async -> ExitStatus {
        do {
            // A usage error is reported in one line, so the parser's own usage text is not printed.
            var command = try command.get()
            if let command = command as? any ConsoleCommand { return try await command.run(console: console) }
            // All other commands ask for help: they throw the text.
            try command.run()
            return .usage
        } catch {
            if exitCode(for: error) == .success { return answer(fullMessage(for: error), console) }
            console.say("fetchall: \(oneLine(message(for: error)))")
            return .usage
        }
    }

    /// The root has no options of its own. If no argument can be a command's name or an option of the root, the
    /// arguments go directly to `fetch`: parsing for both doubles the parser's time, a fifth of the start of a run.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
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
        case "--version", "-V": answer("fetchall \(version)\n\(CurlLibrary.version)", console)
        case "--help", "-h", "help": answer(FetchCommand.helpMessage(columns: 100), console)
        default: nil
        }
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

    private static func oneLine(_ message: String) -> String {
        message.split(separator: "\n").joined(separator: " ")
    }
}
