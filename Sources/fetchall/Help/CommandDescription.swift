import FetchArgumentParser

/// A command as its help describes it: the source of completions, man pages and the short help.
struct CommandDescription: Sendable {
    /// The names behind `fetchall`: `["cache", "path"]`; none for `fetchall` itself.
    let path: [String]
    /// What it does, in one sentence.
    let abstract: String
    /// What else is to be known, in paragraphs.
    let discussion: String
    /// How it is called.
    let usage: String
    /// Its options, in the order of the help.
    let options: [OptionDescription]
    /// Its arguments.
    let arguments: [OptionDescription]
    /// The commands below it.
    let commands: [CommandDescription]

    /// The name of the last command.
    var name: String { path.last ?? "fetchall" }
    /// The name of its man page: `fetchall-cache-path`.
    var page: String { (["fetchall"] + path).joined(separator: "-") }
    /// It and all commands below it.
    var all: [CommandDescription] { [self] + commands.flatMap(\.all) }

    /// `fetchall` with all its commands. Its options are those of `fetch`, which may be left out.
    static func tree() -> CommandDescription {
        let commands = Fetchall.configuration.subcommands.map { describe($0, path: [$0._commandName]) }
        return describe(FetchCommand.self, path: [], commands: commands)
    }

    private static func describe(
        _ type: any ParsableCommand.Type, path: [String], commands: [CommandDescription] = []
    ) -> CommandDescription {
        let configuration = type.configuration
        let all = options(inDump: type._dumpHelp())
        let below = configuration.subcommands.map { describe($0, path: path + [$0._commandName]) }
        return CommandDescription(
            path: path, abstract: configuration.abstract, discussion: configuration.discussion,
            usage: Fetchall.usageString(for: type), options: all.filter { !$0.names.isEmpty },
            arguments: all.filter(\.names.isEmpty), commands: commands + below)
    }
}
