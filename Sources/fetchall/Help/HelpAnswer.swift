import FetchArgumentParser
import FetchRecords
import FetchSystem

/// Answers a ``HelpRequest``.
enum HelpAnswer {
    /// The text of the help.
    ///
    /// - Throws: ``ParseFailure`` for a group that the help does not have.
    static func text(_ request: HelpRequest, columns: Int) throws(ParseFailure) -> String {
        switch request.extent {
        case .short:
            let tree = CommandDescription.tree()
            let command = tree.all.first { $0.path == request.command } ?? tree
            let others = tree.commands.map(\.name).filter { $0 != "fetch" }
            return ShortHelp.text(command, others: others, columns: columns) ?? full(request.command, columns)
        case .full: return full(request.command, columns)
        case .group(let name): return try HelpGroups(help: full(request.command, columns)).text(name)
        }
    }

    /// Everything, in groups.
    private static func full(_ path: [String], _ columns: Int) -> String {
        var type: any ParsableCommand.Type = Fetchall.self
        for name in path {
            type = type.configuration.subcommands.first { $0._commandName == name } ?? type
        }
        if path.isEmpty || path == ["fetch"] { type = FetchCommand.self }
        return HelpGroups.withDetailsLast(
            type == FetchCommand.self
                ? FetchCommand.helpMessage(columns: columns) : Fetchall.helpMessage(for: type, columns: columns))
    }

    /// Writes a text and a line break to standard output.
    static func write(_ text: String, _ console: Console) -> ExitStatus {
        do throws(OutputFailure) {
            try console.write(Array((text + "\n").utf8))
            return .success
        } catch {
            guard case .failed(let reason) = error else { return .success }
            console.say("fetchall: cannot write standard output: \(reason)")
            return .io
        }
    }
}
