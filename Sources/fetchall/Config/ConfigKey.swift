import FetchSystem

/// Which keys a file may have, and which of them the file of a folder.
enum ConfigKey {
    /// Options that belong to one command line.
    private static let refused: Set = ["help", "version", "config", "no-config"]

    /// What `./fetchall.toml` may set. It belongs to the repository's author, so that nothing in it may send a secret,
    /// read or write a file, or lead a request elsewhere.
    private static let folders: Set = [
        // Concurrency and pace.
        "max", "max-host", "rate", "rate-host", "no-adaptive", "limit-rate", "limit-rate-each", "delay",
        // Time.
        "max-time", "connect-timeout", "speed-limit", "speed-time", "deadline",
        // Retry and success.
        "retry", "retry-delay", "retry-max-time", "retry-on", "max-wait", "accept",
        // Format.
        "format", "json", "jsonl",
    ]
    /// What it may set in the sections of a crawl besides. Above them `include` is an option of answers.
    private static let foldersInCrawl: Set = ["scope", "include", "exclude"]

    /// Options of which a command takes one. A file's are left out where a stronger source has another one of them.
    private static let groups: [Set<String>] = [
        ["format", "json", "jsonl", "write-out"], ["curl", "format", "json", "jsonl", "write-out", "dry-run"],
        [
            "print", "include", "format", "json", "jsonl", "write-out", "jq", "body", "output-dir", "remote-name",
            "output",
            "records", "include-headers", "sqlite", "sqlite-table",
        ],
        ["http1.1", "http2"], ["http2", "limit-rate", "limit-rate-each", "segments"], ["ipv4", "ipv6"],
        ["quiet", "verbose"], ["continue", "continue-at"], ["segments", "continue"],
        ["progress", "no-progress", "progress-bar"], ["skip-existing", "no-clobber", "timestamping"],
        ["body", "output-dir", "remote-name"], ["location", "no-location"], ["output", "records"],
        ["checksum", "checksums"], ["no-robots", "robots-agent"],
    ]
    /// Pairs of a group that may stand together.
    private static let together: [Set<String>] = [
        ["dry-run", "format"], ["dry-run", "json"], ["dry-run", "jsonl"], ["dry-run", "write-out"],
    ]

    /// Whether a file may set an option.
    static func mayBeSet(_ option: OptionDescription) -> Bool { !option.keys.contains(where: refused.contains) }

    /// Whether the file of a folder may set an option.
    static func mayBeFolders(_ option: OptionDescription, in section: ConfigSetting.Section) -> Bool {
        let isCrawl = section == .crawl || section == .check
        return folders.contains(option.key) || isCrawl && foldersInCrawl.contains(option.key)
    }

    /// Whether a stronger source's option replaces a weaker source's.
    static func replaces(_ strong: OptionDescription, _ weak: OptionDescription) -> Bool {
        if strong.key == weak.key { return true }
        // A crawl's --include is a pattern.
        guard ![strong, weak].contains(where: { $0.key == "include" && $0.value != nil }) else { return false }
        if together.contains([strong.key, weak.key]) { return false }
        // The options of answers go with each other; records and answers do not.
        let answers: Set = ["print", "include"]
        return groups.contains { group in
            guard group.contains(strong.key), group.contains(weak.key) else { return false }
            return !group.isSuperset(of: answers) || answers.contains(strong.key) != answers.contains(weak.key)
        }
    }

    /// Why a key of a folder's file is refused.
    static func foldersProblem(_ key: String) -> String {
        "\(ParseFailure.quoted(key)) cannot be set here: this file belongs to the folder, and may set concurrency, pace, "
            + "time, retry, accept, format and a crawl's scope, include and exclude only; write it into your own file "
            + "(fetchall config path)"
    }
}
