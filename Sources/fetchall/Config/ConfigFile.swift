import FetchArgumentParser
import FetchSystem

/// The settings of one configuration file. Making one reads nothing but its bytes.
struct ConfigFile: Sendable {
    /// Whose file it is, which decides what it may set.
    enum Owner: Sendable {
        /// The user's own.
        case user
        /// That of the working directory, which belongs to the repository's author.
        case folder
    }

    let name: String
    let owner: Owner
    /// The settings in the order of their lines.
    private(set) var settings: [ConfigSetting] = []
    /// The sections `[hosts."…"]`.
    private(set) var hosts: [HostRule] = []

    /// Parses a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - name: Its name, for messages.
    ///   - options: The options of commands, by section; missing ones are added.
    /// - Throws: ``ConfigMistake`` for the first mistake.
    init(
        _ bytes: [UInt8], name: String, owner: Owner, options: inout [ConfigSetting.Section: OptionTable]
    ) throws(ConfigMistake) {
        self.name = name
        self.owner = owner
        var reader = HostRuleReader(file: name)
        for item in try TOMLText.parse(bytes, file: name) {
            let source = ConfigSource(file: name, line: item.line)
            let first = item.path[0]
            if first == "hosts", item.path.count > 1 || item.value == .table {
                guard owner == .user else { throw ConfigMistake(ConfigKey.foldersProblem("hosts"), at: source) }
                try reader.read(item, at: source)
                continue
            }
            guard item.value != .table else {
                try Self.checkSection(item.path, at: source)
                continue
            }
            let section = item.path.count == 1 ? .all : ConfigSetting.Section(rawValue: first)
            guard let section, item.path.count <= 2 else {
                throw ConfigMistake("'\(Self.shown(item.path))' is not a key of a section", at: source)
            }
            settings.append(try setting(item, section, Self.table(section, &options), at: source))
        }
        hosts = try reader.rules()
        try checkRepeated()
    }

    /// The options that the keys of a section name.
    static func table(
        _ section: ConfigSetting.Section, _ options: inout [ConfigSetting.Section: OptionTable]
    ) -> OptionTable {
        if let known = options[section] { return known }
        let command: any ParsableCommand.Type =
            switch section {
            case .all: FetchCommand.self
            case .crawl: CrawlCommand.self
            case .check: CheckCommand.self
            case .github: GitHubCommand.self
            }
        let table = OptionTable(command)
        options[section] = table
        return table
    }

    private static func checkSection(_ path: [String], at source: ConfigSource) throws(ConfigMistake) {
        let names = ConfigSetting.Section.allCases.dropFirst().map(\.rawValue)
        if path.count == 1, names.contains(path[0]) { return }
        let near = path.count == 1 ? OptionTable.nearest(to: path[0], among: names + ["hosts"]) : nil
        let all = (names.map { "[\($0)]" } + ["[hosts.\"HOST\"]"]).joined(separator: ", ")
        let advice = near.map { "did you mean [\($0)]?" } ?? "the sections are \(all)"
        throw ConfigMistake("[\(shown(path))] is not a section; \(advice)", at: source)
    }

    private func setting(
        _ item: TOMLText.Item, _ section: ConfigSetting.Section, _ table: OptionTable, at source: ConfigSource
    ) throws(ConfigMistake) -> ConfigSetting {
        let key = item.path[item.path.count - 1]
        guard let option = table["--" + key], ConfigKey.mayBeSet(option) else {
            throw ConfigMistake(Self.unknownKey(key, section, table), at: source)
        }
        if owner == .folder, !ConfigKey.mayBeFolders(option, in: section) {
            throw ConfigMistake(ConfigKey.foldersProblem(key), at: source)
        }
        let value: ConfigValue
        do throws(ParseFailure) {
            value = try Self.value(item.value, of: option, owner)
        } catch {
            throw ConfigMistake("\(key): \(error.message)", at: source)
        }
        return ConfigSetting(
            section: section, key: key, option: option, value: value, source: source, isFolders: owner == .folder)
    }

    private static func unknownKey(_ key: String, _ section: ConfigSetting.Section, _ table: OptionTable) -> String {
        let place = section == .all ? "" : " in \(section.header)"
        if let option = table["--" + key] {
            return "'\(option.key)' is for the command line only"
        }
        if section == .all {
            for other in [ConfigSetting.Section.crawl, .check, .github] {
                var options: [ConfigSetting.Section: OptionTable] = [:]
                if Self.table(other, &options)["--" + key] != nil {
                    return "'\(key)' is an option of \(other.rawValue): write it below \(other.header)"
                }
            }
        }
        let near = table.nearest(to: key).map { "; did you mean '\($0)'?" }
        let advice = near ?? ": keys are the long names of options (fetchall --help)"
        return "\(ParseFailure.quoted(key)) is not a key\(place)\(advice)"
    }

    /// The maximum number of values of a list.
    private static func maximumValues(_ owner: Owner) -> Int { owner == .folder ? 200 : 2_000 }

    /// The value of an option, checked for its kind only; the option's own parser checks the rest.
    private static func value(
        _ value: TOMLText.Value, of option: OptionDescription, _ owner: Owner
    ) throws(ParseFailure) -> ConfigValue {
        switch value {
        case .boolean(let isOn):
            guard option.value == nil || OptionalValue.names.contains("--" + option.key) else {
                throw ParseFailure("needs a value, not true or false")
            }
            return .boolean(isOn)
        case _ where option.value == nil: throw ParseFailure("must be true or false")
        case .array(let elements):
            guard option.isRepeating else {
                let isList = ["retry-on", "accept"].contains(option.key)
                throw ParseFailure(isList ? "takes one text: \"503,504\"" : "takes one value, not several")
            }
            let maximum = maximumValues(owner)
            guard elements.count <= maximum else {
                throw ParseFailure("has \(elements.count) values; a list has at most \(maximum) here")
            }
            var values: [ConfigValue] = []
            for element in elements {
                let value = try Self.value(element.value, of: option, owner)
                if case .list = value { throw ParseFailure("must be a list of texts") }
                values.append(value)
            }
            return .list(values)
        case .number(let text): return .number(text)
        case .string(let text):
            guard !text.contains("\0") else { throw ParseFailure("the value contains a NUL") }
            try checkReference(text, of: option, owner)
            return .text(text)
        case .date: throw ParseFailure("write a date in quotes")
        case .table, .nested: throw ParseFailure("must be a text, a number, true or false, or a list of texts")
        }
    }

    /// Refuses what looks like a reference: sent as it is it would be of no use, and the user would not see why.
    private static func checkReference(
        _ text: String, of option: OptionDescription, _ owner: Owner
    ) throws(ParseFailure) {
        var value = text[...]
        var inner: String?
        if option.key.contains(text: "header"), let colon = text.firstIndex(of: ":") {
            value = text[text.index(after: colon)...].drop { $0 == " " }
            inner = SecretSource.kind(inside: value)
        }
        guard let kind = SecretSource.kind(of: value) ?? inner else { return }
        throw ParseFailure(
            owner == .folder
                ? "values from \(kind) are for your own file (fetchall config path)"
                : "values from \(kind) are for the sections [hosts.\"HOST\"], so that a secret has a host")
    }

    /// Refuses two names of one option: which of them counts would depend on the order.
    private func checkRepeated() throws(ConfigMistake) {
        for (index, setting) in settings.enumerated() {
            let earlier = settings[..<index].first {
                $0.section == setting.section && $0.option.names == setting.option.names
            }
            if let earlier {
                throw ConfigMistake(
                    "'\(setting.key)' and '\(earlier.key)' in line \(earlier.source.line) are the same option",
                    at: setting.source)
            }
        }
    }

    private static func shown(_ path: [String]) -> String {
        TerminalText.fit(path.map(TOMLText.key).joined(separator: "."), to: 60)
    }
}
