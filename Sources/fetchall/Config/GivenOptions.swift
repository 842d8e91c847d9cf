import FetchSystem

/// The options that a command line names, found without its parser: before the parser runs it must be known which settings of
/// files the command line replaces.
struct GivenOptions {
    /// The options in their order.
    private(set) var options: [OptionDescription] = []
    /// The values of `--config`.
    private(set) var configs: [String] = []
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
            let value = equals.map { String(argument[argument.index(after: $0)...]) }
            let isConfig = names.last == "--config"
            if let value {
                if isConfig { configs.append(value) }
            } else if awaitsValue, let next = rest.popFirst(), isConfig {
                configs.append(next)
            }
        }
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
