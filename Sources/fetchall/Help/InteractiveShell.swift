import FetchArgumentParser

/// A shell that completions can be written for.
enum InteractiveShell: String, ExpressibleByArgument, CaseIterable, Sendable {
    case bash, zsh, fish

    /// The script that the shell reads.
    ///
    /// - Parameter root: `fetchall` with all its commands.
    func script(_ root: CommandDescription) -> String {
        let commands = CompletedCommand.all(root)
        return switch self {
        case .bash: BashCompletion(commands: commands).script
        case .zsh: ZshCompletion(commands: commands).script
        case .fish: FishCompletion(commands: commands).script
        }
    }
}
