/// Which settings hold: the command line's before the folder's file, and that before the user's.
enum ConfigMerge {
    /// The settings of both files as those of one: what the folder's file replaces is left out of the user's.
    static func combined(user: [ConfigSetting], folder: [ConfigSetting]) -> [ConfigSetting] {
        user.filter { setting in
            !folder.contains { strong in
                let covers =
                    strong.section == setting.section || strong.section == .all
                    || strong.section == .crawl && setting.section == .check
                return covers && replaces(strong, setting)
            }
        } + folder
    }

    /// The settings for one run.
    ///
    /// - Parameters:
    ///   - all: The settings of a file, or of both.
    ///   - command: The command; `[check]` is for `check`, and for a crawl with `--check`.
    ///   - table: The command's options.
    ///   - given: The options of the command line.
    static func effective(
        _ all: [ConfigSetting], for command: OptionRules.Command, _ table: OptionTable, given: GivenOptions
    ) -> [ConfigSetting] {
        let checks = given.options.contains { $0.key == "check" }
        let sections: [ConfigSetting.Section] =
            switch command {
            case .crawl: checks ? [.all, .crawl, .check] : [.all, .crawl]
            case .check: [.all, .check]
            case .github: [.all, .github]
            case .fetch, .gather, .map: [.all]
            }
        var settings: [ConfigSetting] = []
        for section in sections {
            let own = all.filter { $0.section == section && works($0, in: command, table) }
            settings = settings.filter { weak in !own.contains { replaces($0, weak) } } + own
        }
        return settings.compactMap { setting in
            let isReplaced = given.options.contains { ConfigKey.replaces($0, setting.option) }
            return isReplaced ? nil : setting.leavingOut(fields: given.fieldNames)
        }
    }

    private static func replaces(_ strong: ConfigSetting, _ weak: ConfigSetting) -> Bool {
        // A flag that is off takes back its own name only.
        strong.isActive
            ? ConfigKey.replaces(strong.option, weak.option) : strong.option.key == weak.option.key
    }

    /// Whether a setting is for a command. One above the sections is for all commands in which its option works.
    private static func works(
        _ setting: ConfigSetting, in command: OptionRules.Command, _ table: OptionTable
    ) -> Bool {
        guard let option = table["--" + setting.key], option.isSame(as: setting.option) else { return false }
        guard setting.section == .all else { return true }
        return !OptionRules.table.contains { $0.commands.contains(command) && option.names.contains($0.option) }
    }
}
