import FetchSystem

/// The options that a command line names, found without its parser: before the parser runs it must be known which settings of
/// files the command line replaces.
struct GivenOptions {
    /// The options in their order.
    private(set) var options: [OptionDescription] = []
    /// Their values, for those that have one.
    private(set) var values: [(option: OptionDescription, value: String)] = []
    /// Whether `--no-config` is among them.
    private(set) var hasNoConfig = false
    /// Whether the command line asks for help or for the version, which no file may prevent.
    private(set) var asksForHelp = false

    /// - Parameters:
    ///   - arguments: The arguments behind the name of the command, as `JoinedValues` writes them.
    ///   - table: The command's options.
    init(_ arguments: ArraySlice<String>, _ table: OptionTable) {
        var rest = arguments
        while let argument = rest.popFirst(), argument != "--" {
            guard argument.hasPrefix("-"), argument.utf8.count > 1 else { continue }
            let equals = argument.firstIndex(of: "=")
            let name = String(argument[..<(equals ?? argument.endIndex)])
            let names = name.hasPrefix("--") ? [name] : name.dropFirst().map { "-\($0)" }
            var awaitsValue = false
            for name in names {
                guard let option = table[name] else { continue }
                take(option)
                awaitsValue = option.value != nil
            }
            guard let last = names.last.flatMap({ table[$0] }) else { continue }
            if let equals {
                values.append((last, String(argument[argument.index(after: equals)...])))
            } else if awaitsValue, let next = rest.popFirst() {
                values.append((last, next))
            }
        }
    }

    /// The options that settings of a file stand for.
    init(_ settings: [ConfigSetting]) {
        options = settings.map(\.option)
        for setting in settings { values += setting.value.texts.map { (setting.option, $0) } }
    }

    /// The values of an option, by its first long name.
    func values(of key: String) -> [String] { values.filter { $0.option.key == key }.map(\.value) }

    /// The values of `--config`.
    var configs: [String] { values(of: "config") }

    /// The names, in small letters, of the fields that the options stand for.
    var fieldNames: Set<String> {
        let headers = values(of: "header").map { FieldOption.name(ofHeader: $0) }
        return Set(options.compactMap { FieldOption.names[$0.key] } + headers)
    }

    private mutating func take(_ option: OptionDescription) {
        options.append(option)
        switch option.key {
        case "no-config": hasNoConfig = true
        case "help", "version": asksForHelp = true
        default: break
        }
    }
}
