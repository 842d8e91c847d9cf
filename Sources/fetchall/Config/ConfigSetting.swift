import FetchHTTP
import FetchRecords
import FetchSystem

/// What a file sets an option to.
enum ConfigValue: Equatable, Sendable {
    case boolean(Bool)
    case number(String)
    case text(String)
    /// The values of an option that may be given several times; none of them is a list.
    case list([ConfigValue])

    /// The text that the option gets; nil for a boolean and a list.
    var text: String? {
        switch self {
        case .number(let text), .text(let text): text
        case .boolean, .list: nil
        }
    }

    /// All texts of the value.
    var texts: [String] {
        if case .list(let values) = self { values.compactMap(\.text) } else { text.map { [$0] } ?? [] }
    }

    /// The value in TOML; a secret is `"***"`.
    ///
    /// - Parameter hidden: Gives a text without its secrets.
    func toml(_ hidden: (String) -> String) -> String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .text(let text): TOMLText.quoted(hidden(text))
        case .list(let values): "[" + values.map { $0.toml(hidden) }.joined(separator: ", ") + "]"
        }
    }
}

/// A line of a configuration file: an option of the command line, and its value.
struct ConfigSetting: Sendable {
    /// The part of a file that a setting is in.
    enum Section: String, CaseIterable, Sendable {
        /// Above the first header: for all commands that have the option.
        case all = ""
        case crawl, github
        /// For `check`, and as far as it has the options for a crawl with `--check`.
        case check

        /// `[crawl]`
        var header: String { self == .all ? "" : "[\(rawValue)]" }
    }

    let section: Section
    /// The key as it is written.
    let key: String
    let option: OptionDescription
    private(set) var value: ConfigValue
    let source: ConfigSource
    /// Whether it is in the file of the working directory.
    let isFolders: Bool

    /// What the setting is on the command line; nothing for a flag that is off and has no opposite.
    var arguments: [String] {
        switch value {
        case .boolean(let isOn):
            if option.value != nil { return isOn ? ["--\(key)=\(OptionalValue.none)"] : [] }
            let opposite = option.opposite.map { String($0.dropFirst(2)) }
            guard let opposite else { return isOn ? ["--" + key] : [] }
            let name = opposite == key ? String(key.dropFirst("no-".count)) : key
            return [(key == opposite) == isOn ? "--" + opposite : "--" + name]
        // The parser takes --key= for an option whose value follows.
        case .number, .text, .list: return value.texts.flatMap { $0.isEmpty ? ["--" + key, ""] : ["--\(key)=\($0)"] }
        }
    }

    /// The setting without headers that a stronger option stands for; nil if nothing is left of it.
    ///
    /// - Parameter names: The names of fields in small letters.
    func leavingOut(fields names: Set<String>) -> ConfigSetting? {
        guard option.key == "header", value.texts.contains(where: { names.contains(FieldOption.name(ofHeader: $0)) })
        else { return self }
        guard case .list(let values) = value else { return nil }
        let rest = values.filter { value in
            value.text.map { !names.contains(FieldOption.name(ofHeader: $0)) } ?? true
        }
        var setting = self
        setting.value = .list(rest)
        return rest.isEmpty ? nil : setting
    }

    /// Whether the setting asks for something, and is not a flag that is off.
    var isActive: Bool { value != .boolean(false) || option.opposite != nil }

    /// A text of the setting as it is shown.
    func hidden(_ text: String) -> String { SecretSetting.hidden(text, of: option) }
}

/// Which texts of settings are secrets.
enum SecretSetting {
    /// What a secret is shown as.
    static let mark = "***"

    private static let whole: Set = [
        "user", "proxy-user", "bearer", "oauth2-bearer", "pass", "proxy-pass", "tlspassword",
        "proxy-tlspassword", "data", "data-raw", "data-binary",
        "data-urlencode", "json-data", "form", "form-string",
    ]
    private static let fields: Set = ["header", "proxy-header"]
    private static let urls: Set = ["url", "request-target", "referer"]

    /// A text without what may be secret in it.
    static func hidden(_ text: String, of option: OptionDescription) -> String {
        let keys = option.keys
        if keys.contains(where: whole.contains) { return mark }
        if keys.contains("cookie") { return text.contains("=") ? mark : text }
        if keys.contains("header-for") { return mark }
        if keys.contains(where: fields.contains) { return field(text) }
        if keys.contains("url-query") { return String(query("?" + text).dropFirst()) }
        let shown = PrintableURL.hidingCredentials(in: text)
        return keys.contains(where: urls.contains) ? query(shown) : shown
    }

    /// `/?token=***`
    private static func query(_ text: String) -> String {
        var bytes = ByteText.bytes(of: text)
        for secret in BodySecret.inQuery(of: bytes).reversed() { bytes.replaceSubrange(secret.range, with: mark.utf8) }
        return ByteText.text(of: bytes)
    }

    /// `Authorization: ***`
    static func field(_ text: String) -> String {
        guard let colon = text.firstIndex(of: ":"), SecretName.occurs(in: String(text[..<colon])) else { return text }
        return text[...colon] + " " + mark
    }
}
