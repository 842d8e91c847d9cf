import FetchSystem

/// Which settings hold: the command line's before the folder's file, and that before the user's.
enum ConfigMerge {
    /// The settings of both files as those of one: what the folder's file replaces is left out of the user's.
    static func combined(user: [ConfigSetting], folder: [ConfigSetting]) -> [ConfigSetting] {
        guard !folder.isEmpty else { return user }
        var settings: [ConfigSetting] = []
        for section in ConfigSetting.Section.allCases {
            let strong = folder.filter { strong in
                strong.section == section || strong.section == .all
                    || strong.section == .crawl && section == .check
            }
            settings += rest(of: user.filter { $0.section == section }, below: strong)
        }
        return settings + folder
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
            settings = rest(of: settings, below: own) + own
        }
        return rest(of: settings, below: given)
    }

    /// What is left of settings below stronger ones.
    private static func rest(of weak: [ConfigSetting], below strong: [ConfigSetting]) -> [ConfigSetting] {
        // A flag that is off takes back its own name only.
        let keys = Set(strong.map(\.option.key))
        return rest(
            of: weak.filter { !keys.contains($0.option.key) }, below: GivenOptions(strong.filter(\.isActive)),
            lost: keys.intersection(weak.map(\.option.key)))
    }

    /// What is left of settings below the options of a stronger source.
    ///
    /// - Parameter lost: The options that the stronger source has replaced already.
    private static func rest(
        of weak: [ConfigSetting], below given: GivenOptions, lost: Set<String> = []
    ) -> [ConfigSetting] {
        let names = given.fieldNames
        let keys = Set(weak.map(\.option.key))
        let kept = weak.filter { setting in
            !given.options.contains { OptionExclusions.replaces($0, setting.option) }
                && !given.contradicts(setting, beside: keys)
        }
        let there = Set(kept.map(\.option.key))
        let lost = lost.union(keys).subtracting(there)
        let all = there.union(given.activeKeys)
        return kept.compactMap { setting in
            OptionExclusions.isStranded(setting.option, without: lost, all) ? nil : setting.leavingOut(fields: names)
        }
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
