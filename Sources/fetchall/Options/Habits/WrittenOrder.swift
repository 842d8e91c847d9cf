/// The order of the sources. The parser keeps the arguments and the values of `--url` apart; the first source as it is
/// written is the one that gets the credentials.
enum WrittenOrder {
    /// The commands whose arguments are sources.
    private static let commands: Set = ["fetch", "crawl", "check"]

    /// The arguments with each `--url SOURCE` as the argument SOURCE. What the parser would take for something else stays.
    ///
    /// - Parameters:
    ///   - arguments: The arguments as the parser knows them, with those of settings.
    ///   - commandNames: The names of all commands; another first argument is a source to fetch.
    static func written(_ arguments: [String], commandNames: [String]) -> [String] {
        guard arguments.contains(where: { $0 == "--url" || $0.hasPrefix("--url=") }) else { return arguments }
        let first = arguments.first ?? ""
        let command = commandNames.contains(first) || first == "help" ? first : "fetch"
        guard commands.contains(command) else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var written: [String] = []
        var rest = arguments[..<end]
        while let argument = rest.popFirst() {
            if argument.hasPrefix("--url=") {
                let value = String(argument.dropFirst("--url=".count))
                written.append(source(value, command, commandNames) ?? argument)
            } else if argument == "--url", let value = rest.popFirst() {
                written += source(value, command, commandNames).map { [$0] } ?? [argument, value]
            } else {
                written.append(argument)
                if JoinedValues.awaitsValue(argument), let value = rest.popFirst() { written.append(value) }
            }
        }
        return written + arguments[end...]
    }

    /// The argument for a value of `--url`; nil for one that would not be a source.
    private static func source(_ value: String, _ command: String, _ commandNames: [String]) -> String? {
        var value = value
        if value.hasPrefix("@") {
            guard command == "fetch" else { return nil }
            value.removeFirst()
        }
        let isOption = value.hasPrefix("-") && value != "-"
        return value.isEmpty || isOption || commandNames.contains(value) || value == "help" ? nil : value
    }
}
