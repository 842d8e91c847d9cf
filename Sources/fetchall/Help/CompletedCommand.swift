import FetchSystem

/// A command with what can be typed behind it.
struct CompletedCommand: Sendable {
    /// The names behind `fetchall`; none for `fetchall` itself.
    let path: [String]
    let options: [OptionDescription]
    /// The words that its first argument can be, with what they mean; empty if it can be anything.
    let words: [(word: String, meaning: String)]

    /// How the scripts call it: ` cache path`, each name with a blank before it.
    var key: String { path.map { " " + $0 }.joined() }
    /// Whether files are offered as its arguments: where any text is one, and where there may be a list.
    var takesFiles: Bool { path.isEmpty || words.isEmpty }

    /// All commands, those above before those below; with `help`, which the parser has by itself.
    static func all(_ root: CommandDescription) -> [CompletedCommand] {
        let help = CompletedCommand(
            path: ["help"], options: [], words: root.commands.map { (word: $0.name, meaning: $0.abstract) })
        return root.all.map { command in
            var words = command.commands.map { (word: $0.name, meaning: $0.abstract) }
            if command.path.isEmpty { words.append((word: "help", meaning: "Show the help of a command.")) }
            if case .words(let values) = command.arguments.first?.value {
                words += values.map { (word: $0, meaning: "") }
            }
            return CompletedCommand(path: command.path, options: command.options, words: words)
        } + [help]
    }

    /// A text in single quotes for a shell.
    static func quoted(_ text: String) -> String { "'" + text.replacing(text: "'", with: "'\\''") + "'" }
}
