import FetchArgumentParser
import FetchSystem

/// `fetchall man [PAGE]`: the man pages, which `make install` installs.
struct ManCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Write a man page.", usage: "fetchall man [--list] [<command> ...]",
        discussion: "make install installs the pages. Without that, fetchall man crawl | man -l - shows one.")

    @Flag(help: "Write the names of all pages, one per line.")
    var list = false

    @Argument(
        help: ArgumentHelp(
            "The command that the page is about, or the name of the page. (default: fetchall itself)",
            valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if list, !command.isEmpty { throw ValidationError("--list and a command cannot be used together") }
    }

    /// Runs the command.
    func run(console: Console) async throws -> ExitStatus {
        let pages = ManPage.documented(.tree())
        if list { return HelpAnswer.write(pages.map(\.page).joined(separator: "\n"), console) }
        let name = command.joined(separator: "-")
        let names = ["", "fetch"].contains(name) ? "fetchall" : name
        guard let page = pages.first(where: { $0.page == names || $0.page == "fetchall-" + names }) else {
            throw ValidationError(
                "man: '\(TerminalText.escaped(command.joined(separator: " ")))' is not a command; fetchall man --list "
                    + "writes the names of all pages")
        }
        return HelpAnswer.write(ManPage(command: page, all: pages).text, console)
    }
}
