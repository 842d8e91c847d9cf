import FetchArgumentParser

/// `fetchall completions bash|zsh|fish`: the script that completes the command line in a shell.
struct CompletionsCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Write the script that completes fetchall's options in a shell.",
        usage: "fetchall completions <shell>",
        discussion: """
            make install installs the scripts. By hand: bash reads "source <(fetchall completions bash)" in ~/.bashrc, zsh a file \
            _fetchall in a folder of its fpath, fish ~/.config/fish/completions/fetchall.fish.
            """)

    @Argument(help: ArgumentHelp("The shell.", valueName: "shell"))
    var shell: InteractiveShell

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        HelpAnswer.write(shell.script(.tree()), console)
    }
}
