import FetchSystem

/// What `fetchall config show` writes: a file that holds what the user's and the folder's hold together.
enum ConfigText {
    /// The text, without a line break at its end.
    static func text(of files: ConfigFiles) -> String {
        var lines = [
            "# \(name(files.place.map { ByteText.shown($0.path) } ?? "your own file")): \(state(files.user))",
            "# ./\(ConfigReader.folderFile): \(state(files.folder))",
        ]
        for section in ConfigSetting.Section.allCases {
            let settings = files.settings.filter { $0.section == section }
            guard !settings.isEmpty else { continue }
            if section != .all { lines += ["", section.header] }
            lines += settings.map { setting in
                line(TOMLText.key(setting.key), setting.value.toml(setting.hidden), setting.source)
            }
        }
        for host in files.hosts {
            lines += ["", "[hosts.\(TOMLText.key(host.host))]"]
            var headers: [HostRule.Field] = []
            for field in host.fields {
                switch field.kind {
                case .header: headers.append(field)
                case .user: lines.append(line("user", TOMLText.quoted(field.shown), field.source))
                case .bearer: lines.append(line("bearer", TOMLText.quoted(field.shown), field.source))
                }
            }
            if let first = headers.first {
                let texts = headers.map { TOMLText.quoted($0.shown) }.joined(separator: ", ")
                lines.append(line("header", "[\(texts)]", first.source))
            }
            lines += host.settings.map { line($0.key.rawValue, $0.value.toml($0.hidden), $0.source) }
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ key: String, _ value: String, _ source: ConfigSource) -> String {
        "\(key) = \(value)  # \(name(source.description))"
    }

    private static func state(_ file: ConfigFile?) -> String { file == nil ? "not read" : "read" }

    /// A name within a comment, which a line break would end.
    private static func name(_ text: String) -> String { TerminalText.escaped(text) }
}

extension HostRule.Field {
    /// The value as it is shown: a reference as it is, a secret as `***`.
    fileprivate var shown: String {
        switch kind {
        case .header(let name):
            let line = "\(name): \(text)"
            return value.isSecret ? SecretSetting.field(line) : line
        case .user, .bearer: return value.isSecret ? SecretSetting.mark : text
        }
    }
}
