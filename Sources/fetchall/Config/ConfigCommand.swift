import FetchArgumentParser
import FetchSystem

/// `fetchall config show|path|check`: the files of defaults.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show or check the files of defaults.",
        discussion: """
            Your own file sets any option for all commands, in [crawl], [check] and [github] for these, and \
            in [hosts."HOST"] what goes to that host. ./fetchall.toml belongs to the folder and may set concurrency, pace, \
            time, retry, accept, format and a crawl's scope only. The command line takes precedence over both.
            """,
        subcommands: [Show.self, Path.self, Check.self])

    /// Writes what the files set.
    struct Show: ConsoleCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what the files set and where it comes from, as such a file; secrets are ***.")

        @OptionGroup var config: ConfigOptions

        func run(console: Console) async throws -> ExitStatus {
            try ConfigCommand.reporting {
                var files = ConfigFiles()
                if !config.noConfig { files = try ConfigFiles(named: config.config) { console.environment($0) } }
                var options: [ConfigSetting.Section: OptionTable] = [:]
                try files.parse(&options)
                for file in [files.user, files.folder] {
                    // What an earlier one has written, with marks in place of secrets, is shown too.
                    let settings = file?.settings.filter { !$0.isMarked } ?? []
                    try ConfigCommand.checkValues(settings, &options)
                }
                return HelpAnswer.write(ConfigText.text(of: files), console)
            }
        }
    }

    /// Writes the path of the user's file.
    struct Path: ConsoleCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the path of your own file, which need not exist.")

        func run(console: Console) async throws -> ExitStatus {
            guard let place = ConfigLocation.user({ console.environment($0) }) else {
                throw ValidationError(
                    "there is no such path: FETCHALL_CONFIG is /dev/null, or neither it nor XDG_CONFIG_HOME nor HOME is an absolute path"
                )
            }
            guard !ByteText.holdsBytes(place.path) else {
                throw ValidationError("the path of the file is not UTF-8; name a file with FETCHALL_CONFIG")
            }
            return HelpAnswer.write(place.path, console)
        }
    }

    /// Checks a file.
    struct Check: ConsoleCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a file: by the rules of a folder's file if its name is fetchall.toml, else as your own.")

        @Argument(help: ArgumentHelp("The file.", valueName: "file"))
        var file: String

        func run(console: Console) async throws -> ExitStatus {
            try ConfigCommand.reporting {
                let isFolders = file.split(separator: "/").last.map { $0 == ConfigReader.folderFile } ?? false
                guard let bytes = try ConfigReader.read(file, isFolders ? .folder : .user) else {
                    throw ConfigMistake("no such file or directory", at: ConfigSource(file: file))
                }
                var options: [ConfigSetting.Section: OptionTable] = [:]
                let parsed = try ConfigFile(
                    bytes, name: file, owner: isFolders ? .folder : .user, options: &options)
                try ConfigCommand.checkValues(parsed.settings, &options)
                for setting in parsed.hosts.flatMap(\.settings) { try setting.check() }
                let count =
                    parsed.settings.count + parsed.hosts.reduce(0) { $0 + $1.fields.count + $1.settings.count }
                console.say(
                    "fetchall: \(TerminalText.escaped(file)): \(count) \(count == 1 ? "value" : "values"), no mistake")
                return .success
            }
        }
    }

    /// Parses the settings as the command lines of the commands that they are for.
    private static func checkValues(
        _ settings: [ConfigSetting], _ options: inout [ConfigSetting.Section: OptionTable]
    ) throws {
        let url = "http://localhost/"
        let lines: [(command: OptionRules.Command, section: ConfigSetting.Section, arguments: [String])] = [
            (.fetch, .all, ["fetch", url]), (.crawl, .crawl, ["crawl", url]),
            (.check, .check, ["check", url]), (.github, .github, ["github", "octocat"]),
        ]
        for (command, section, arguments) in lines where settings.contains(where: { $0.section == section }) {
            let table = ConfigFile.table(section, &options)
            let given = GivenOptions(arguments[1...], table)
            let effective = ConfigMerge.effective(settings, for: command, table, given: given)
            let configured = ConfiguredArguments(arguments: arguments, environment: { _ in nil }) {
                try Fetchall.parseAsRoot($0)
            }
            _ = try configured.parsed(effective)
        }
    }

    private static func reporting(_ body: () throws -> ExitStatus) throws -> ExitStatus {
        do {
            return try body()
        } catch let mistake as ConfigMistake {
            throw ValidationError(mistake.description)
        }
    }
}
