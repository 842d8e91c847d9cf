/// What is decided about help and the version before the arguments are parsed: what is asked for, and how wide it is.
struct HelpRequest: Equatable {
    /// How much is asked for.
    enum Extent: Equatable {
        /// One screen (`-h`).
        case short
        /// Everything (`--help`).
        case full
        /// One group of options (`--help GROUP`).
        case group(String)
    }

    /// The names of the command; none for `fetchall` itself.
    var command: [String]
    var extent: Extent

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

    /// What a command line asks for that has nothing but the names of commands, `-h`, `--help` or `help`, and a group.
    /// `--help crawl` is the command's help, `crawl --help pace` one of its groups.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of the process.
    ///   - isCommand: Whether a path of names is a command.
    /// - Returns: The request; nil if the arguments are for the parser, which finds help between options too.
    static func parsed(_ arguments: [String], isCommand: ([String]) -> Bool) -> HelpRequest? {
        var rest = arguments[...]
        var command: [String] = []
        func takeNames() {
            while let name = rest.first, isCommand(command + [name]) {
                command.append(name)
                rest.removeFirst()
            }
        }
        takeNames()
        guard let word = rest.popFirst(), ["-h", "--help"].contains(word) || (word == "help" && command.isEmpty)
        else { return nil }
        if command.isEmpty { takeNames() }
        guard !rest.contains(where: { $0.hasPrefix("-") || $0.isEmpty }) else { return nil }
        if !rest.isEmpty { return HelpRequest(command: command, extent: .group(rest.joined(separator: " "))) }
        return HelpRequest(command: command, extent: word == "-h" ? .short : .full)
    }

    /// What the parser found to be a request for help, between options. `-h` may stand among other letters: `-kh`.
    static func found(in arguments: [String], isCommand: ([String]) -> Bool) -> HelpRequest {
        var command: [String] = []
        for argument in arguments {
            guard isCommand(command + [argument]) else { break }
            command.append(argument)
        }
        return HelpRequest(command: command, extent: arguments.contains("--help") ? .full : .short)
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
