import FetchArgumentParser
import FetchSystem

/// A command that has the shared options, and so the settings of files.
protocol ConfigurableCommand: ConsoleCommand {
    var options: RunOptions { get set }
}

extension FetchCommand: ConfigurableCommand {}
extension CrawlCommand: ConfigurableCommand {}
extension CheckCommand: ConfigurableCommand {}
extension GitHubCommand: ConfigurableCommand {}
extension GatherCommand: ConfigurableCommand {}
extension MapCommand: ConfigurableCommand {}

/// Parses a command line with the settings of files before it. Nothing but two failed calls of open(2) happens where no file
/// is.
struct ConfiguredArguments {
    /// The arguments of the process, as `JoinedValues` and `OptionalValue` write them.
    let arguments: [String]
    let environment: (String) -> String?
    /// The argument parser.
    let parse: ([String]) throws -> any ParsableCommand

    /// The command.
    func command() throws -> any ParsableCommand {
        guard let kind, !arguments.contains(where: Self.isForParser) else { return try parse(arguments) }
        let isMentioned = arguments.contains { $0.hasPrefix("--config") || $0 == "--no-config" }
        var found = Result { () throws(ConfigMistake) in
            isMentioned ? ConfigFiles() : try ConfigFiles(named: nil, environment)
        }
        if !isMentioned, case .success(let files) = found, files.areMissing { return try parse(arguments) }
        let table = OptionTable(kind.type)
        let given = GivenOptions(arguments[nameCount...], table)
        if given.asksForHelp || given.hasNoConfig { return try parse(arguments) }
        if isMentioned {
            // The parser refuses these names.
            if let name = given.configs.last, ["", "-", ":memory:"].contains(name) { return try parse(arguments) }
            found = Result { () throws(ConfigMistake) in try ConfigFiles(named: given.configs.last, environment) }
        }
        do {
            var files = try found.get()
            var options: [ConfigSetting.Section: OptionTable] = [:]
            if let section = kind.section { options[section] = table }
            try files.parse(&options)
            let settings = ConfigMerge.effective(files.settings, for: kind.command, table, given: given)
            for setting in settings { try setting.checkForRun() }
            var command = try parsed(settings)
            if var configurable = command as? any ConfigurableCommand {
                configurable.options.config.hosts = files.hosts.map { $0.replaced(by: given) }
                configurable.options.config.fieldNames = Set(settings.flatMap(\.fieldNames)).subtracting(
                    given.fieldNames)
                configurable.options.config.exposedFile = files.exposedUserFile
                command = configurable
            }
            return command
        } catch let mistake as ConfigMistake {
            throw ValidationError(mistake.description)
        }
    }

    /// The arguments with those of settings behind the name of the command.
    private func arguments(_ settings: [ConfigSetting]) -> [String] {
        arguments[..<nameCount] + settings.flatMap(\.arguments) + arguments[nameCount...]
    }

    /// Parses the arguments with settings.
    ///
    /// - Throws: An error that names the line of the setting that is to blame; the parser's own if none is.
    func parsed(_ settings: [ConfigSetting]) throws -> any ParsableCommand {
        do {
            return try parse(arguments(settings))
        } catch {
            guard !settings.isEmpty, Fetchall.exitCode(for: error) != .success else { throw error }
            throw blamed(settings, for: error)
        }
    }

    /// The maximum number of settings each of which is left out in turn to find the one to blame. Every parse costs time, and
    /// a folder's author may have written the file.
    private static let maximumLeftOut = 12

    private func blamed(_ settings: [ConfigSetting], for error: any Error) -> any Error {
        // Without the one that is wrong it works.
        for index in settings.indices where settings.count <= Self.maximumLeftOut {
            var others = settings
            let setting = others.remove(at: index)
            if (try? parse(arguments(others))) != nil { return setting.mistake(error) }
        }
        do { _ = try parse(arguments) } catch { return error }
        // The first that does not work on top of those before it, by halves.
        var works = 0
        var fails = settings.count
        var reason = error
        while fails - works > 1 {
            let middle = (works + fails) / 2
            do {
                _ = try parse(arguments(Array(settings[..<middle])))
                works = middle
            } catch {
                fails = middle
                reason = error
            }
        }
        return settings[fails - 1].mistake(reason)
    }

    /// What asks the parser about itself.
    private static func isForParser(_ argument: String) -> Bool {
        argument.hasPrefix("--generate-") || argument.hasPrefix("--experimental-")
    }

    /// How many arguments name the command.
    private var nameCount: Int {
        arguments.first.flatMap(OptionRules.Command.init(rawValue:)) == nil ? 0 : 1
    }

    private struct Kind {
        let command: OptionRules.Command
        let type: any ParsableCommand.Type
        /// Whose keys are the command's options; those of `gather` and `map` have no section.
        let section: ConfigSetting.Section?
    }

    /// The command, if it has settings.
    private var kind: Kind? {
        let name = arguments.first ?? ""
        guard let command = OptionRules.Command(rawValue: name) else {
            return Fetchall.commandNames.contains(name) || name == "help"
                ? nil : Kind(command: .fetch, type: FetchCommand.self, section: .all)
        }
        switch command {
        case .fetch: return Kind(command: command, type: FetchCommand.self, section: .all)
        case .crawl: return Kind(command: command, type: CrawlCommand.self, section: .crawl)
        case .check: return Kind(command: command, type: CheckCommand.self, section: .check)
        case .github: return Kind(command: command, type: GitHubCommand.self, section: .github)
        case .gather: return Kind(command: command, type: GatherCommand.self, section: nil)
        case .map: return Kind(command: command, type: MapCommand.self, section: nil)
        }
    }
}

extension ConfigSetting {
    /// The names, in small letters, of the fields that the setting stands for.
    fileprivate var fieldNames: [String] {
        option.key == "header"
            ? value.texts.map { FieldOption.name(ofHeader: $0) }
            : FieldOption.names[option.key].map { [$0] } ?? []
    }

    /// An error of the parser as the mistake of this line.
    func mistake(_ error: any Error) -> ValidationError {
        let message = ParserMessage.line(Fetchall.message(for: error), arguments: [])
        return ValidationError(ConfigMistake("\(key): \(message)", at: source).description)
    }

    /// Whether it has the mark of a secret in place of one.
    var isMarked: Bool {
        let mark = SecretSetting.mark
        return value.texts.contains { $0 == mark || $0.hasSuffix(": " + mark) || $0.contains(text: "=" + mark) }
    }

    /// Refuses the mark of a secret, which would be sent as one.
    func checkForRun() throws(ConfigMistake) {
        guard isMarked else { return }
        throw ConfigMistake(
            "\(key): *** stands for a secret that config show does not print; write the secret", at: source)
    }
}
