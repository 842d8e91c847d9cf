import FetchSystem

/// The files of a run: the user's and the folder's.
struct ConfigFiles {
    /// Where the user's file is, or would be; nil if no variable says so, and with `--no-config`.
    private(set) var place: ConfigLocation.Place?
    private(set) var user: ConfigFile?
    private(set) var folder: ConfigFile?

    private var userBytes: [UInt8]?
    private var folderBytes: [UInt8]?

    /// Whether neither file is there.
    var areMissing: Bool { userBytes == nil && folderBytes == nil }

    /// No files.
    init() {}

    /// Opens the files that are there; nothing in them is looked at.
    ///
    /// - Parameter named: The file of `--config`.
    init(named: String?, _ environment: (String) -> String?) throws(ConfigMistake) {
        place = named.map { ConfigLocation.Place(path: $0, isNamed: true) } ?? ConfigLocation.user(environment)
        if let place {
            userBytes = try ConfigReader.read(place.path, .user)
            if userBytes == nil, place.isNamed {
                throw ConfigMistake("no such file or directory", at: ConfigSource(file: ByteText.shown(place.path)))
            }
        }
        folderBytes = try ConfigReader.read(ConfigReader.folderFile, .folder)
    }

    /// Reads what is in the files.
    ///
    /// - Parameter options: The options of commands, by section; missing ones are added.
    mutating func parse(_ options: inout [ConfigSetting.Section: OptionTable]) throws(ConfigMistake) {
        if let userBytes, let place {
            user = try ConfigFile(userBytes, name: ByteText.shown(place.path), owner: .user, options: &options)
        }
        if let folderBytes {
            folder = try ConfigFile(
                folderBytes, name: "./" + ConfigReader.folderFile, owner: .folder, options: &options)
        }
    }

    /// The settings of both as those of one file.
    var settings: [ConfigSetting] {
        let user = user?.settings ?? []
        let folder = (folder?.settings ?? []).filter { setting in !user.contains { $0.outweighs(setting) } }
        return ConfigMerge.combined(user: user, folder: folder)
    }

    /// What the user's file says about hosts; a folder's cannot.
    var hosts: [HostRule] { user?.hosts ?? [] }
}

extension ConfigSetting {
    /// Whether a setting of the user's file stays, and a folder's format is ignored: without `curl` requests would be sent,
    /// and without the others something else would be written.
    fileprivate func outweighs(_ folders: ConfigSetting) -> Bool {
        guard ["format", "json", "jsonl"].contains(folders.option.key) else { return false }
        let isFlag = option.value == nil
        guard ["curl", "print", "write-out"].contains(option.key) || option.key == "include" && isFlag else {
            return false
        }
        let isShared = section == folders.section || section == .all || folders.section == .all
        return isActive && (isShared || section == .check && folders.section == .crawl)
    }
}
