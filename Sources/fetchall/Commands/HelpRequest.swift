/// What is decided about help and the version before the arguments are parsed: what is asked for, and how wide it is.
enum HelpRequest {
    /// The columns of the help where no terminal is, as in docs/options.md.
    static let usualColumns = 100
    /// The widths at which the help's two columns can be read.
    private static let readable = 40...120

    /// Moves a request that stands before the name of its command behind it: `--help crawl` is `crawl --help`, as with
    /// git. `-V` behind a command is `--version`, which is the only name that the parser knows.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of the process.
    ///   - commands: The names of the commands.
    static func moved(_ arguments: [String], commands: [String]) -> [String] {
        var arguments = arguments
        if let first = arguments.first, ["--help", "-h", "--version", "-V"].contains(first), arguments.count > 1,
            commands.contains(arguments[1])
        {
            arguments.append(arguments.removeFirst())
        }
        let isOnlyNames = arguments.dropLast().allSatisfy { !$0.hasPrefix("-") }
        if arguments.last == "-V", let command = arguments.first, commands.contains(command), isOnlyNames {
            arguments[arguments.count - 1] = "--version"
        }
        return arguments
    }

    /// The columns of the help: those of `COLUMNS`, else those of the terminal, within what can be read.
    ///
    /// - Parameters:
    ///   - variable: The value of `COLUMNS`; nil if it is not set.
    ///   - terminal: The terminal's width; nil if there is none.
    static func columns(variable: String?, terminal: Int?) -> Int {
        let columns = variable.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? terminal ?? usualColumns
        return min(max(columns, readable.lowerBound), readable.upperBound)
    }
}
