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

    /// Whether a file may set an option.
    static func mayBeSet(_ option: OptionDescription) -> Bool { !option.keys.contains(where: refused.contains) }

    /// Whether the file of a folder may set an option.
    static func mayBeFolders(_ option: OptionDescription, in section: ConfigSetting.Section) -> Bool {
        let isCrawl = section == .crawl || section == .check
        return folders.contains(option.key) || isCrawl && foldersInCrawl.contains(option.key)
    }

    /// Why a key of a folder's file is refused.
    static func foldersProblem(_ key: String) -> String {
        "\(ParseFailure.quoted(key)) cannot be set here: this file belongs to the folder, and may set concurrency, pace, "
            + "time, retry, accept, format and a crawl's scope, include and exclude only; write it into your own file "
            + "(fetchall config path)"
    }
}
