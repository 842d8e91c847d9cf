import FetchHTML
import FetchHTTP
import FetchSystem

/// What is in a section `[hosts."…"]`, as it is written.
struct HostRule: Sendable {
    /// A key of the section whose values may come from elsewhere.
    struct Field: Sendable {
        /// What a value becomes.
        enum Kind: Equatable, Sendable {
            /// The value of the field of this name.
            case header(String)
            /// `user:password`
            case user
            /// A token.
            case bearer
        }

        let kind: Kind
        let value: SecretSource
        /// The value as it is written.
        let text: String
        let source: ConfigSource
    }

    /// The host as it is written: `api.example.org`, `*.example.org`, `http://localhost:8080`.
    let host: String
    let source: ConfigSource
    fileprivate(set) var fields: [Field] = []

    /// The names, in small letters, of the headers whose values come from elsewhere: they are secret whatever the name, as one
    /// that is written in the file is not.
    var secretNames: [String] {
        fields.compactMap { field in
            if case .header(let name) = field.kind, !field.value.isSecret { name.lowercased() } else { nil }
        }
    }
    fileprivate(set) var settings: [HostSetting] = []

    /// The rule without the settings that the command line replaces.
    func replaced(by given: GivenOptions) -> HostRule {
        guard !settings.isEmpty else { return self }
        var rule = self
        let keys = Set(given.options.map(\.key))
        rule.settings.removeAll { !$0.key.options.isDisjoint(with: keys) }
        return rule
    }
}

/// Reads the sections `[hosts."…"]`.
struct HostRuleReader {
    /// The keys.
    static let keys = ["header", "user", "bearer"] + HostSetting.Key.allCases.map(\.rawValue)

    private let file: String
    private var found: [HostRule] = []
    private let home: String?

    /// - Parameter file: The name of the file, for messages.
    init(file: String, home: String? = SystemEnvironment.value("HOME")) {
        self.file = file
        self.home = home
    }

    /// Takes an item below `hosts`.
    mutating func read(_ item: TOMLText.Item, at source: ConfigSource) throws(ConfigMistake) {
        guard item.path.count > 1 else { return }
        let host = item.path[1]
        let isKnown = found.contains { $0.host == host }
        if !isKnown { found.append(HostRule(host: host, source: source)) }
        if item.path.count == 2, item.value == .table { return }
        guard item.path.count == 3, item.value != .table, let index = found.firstIndex(where: { $0.host == host })
        else {
            let advice = item.path.count > 2 ? "; write a host in quotes: [hosts.\"api.example.org\"]" : ""
            throw ConfigMistake("'\(Self.shown(item.path))' is not a key of a host\(advice)", at: source)
        }
        do throws(ParseFailure) {
            if let key = HostSetting.Key(rawValue: item.path[2]) {
                found[index].settings.append(try HostSetting(key, item.value, home: home, at: source))
            } else {
                found[index].fields += try fields(item.path[2], item.value, at: source)
            }
        } catch {
            throw ConfigMistake("\(Self.shown([item.path[2]])): \(error.message)", at: source)
        }
    }

    /// The rules in the order of the file.
    func rules() throws(ConfigMistake) -> [HostRule] {
        var patterns: [HostPattern] = []
        for rule in found {
            do throws(ParseFailure) {
                patterns.append(try HostPattern(rule.host))
            } catch {
                throw ConfigMistake("[hosts]: \(error.message)", at: rule.source)
            }
            if let domain = patterns.last?.domain, !rule.fields.isEmpty, PublicSuffix.isListed(domain) {
                throw ConfigMistake(
                    "[hosts]: anyone can have a host below \(domain), so '\(rule.host)' cannot have credentials; name the hosts",
                    at: rule.source)
            }
            let credentials = rule.fields.filter { field in
                switch field.kind {
                case .user, .bearer: true
                case .header(let name): name.lowercased() == "authorization"
                }
            }
            if credentials.count > 1 {
                throw ConfigMistake(
                    "the host has two credentials; keep one of user, bearer and a header Authorization",
                    at: credentials[1].source)
            }
        }
        try checkSettings(patterns)
        return found
    }

    /// Refuses what has no effect, and two values of which neither is written more exactly for the host.
    private func checkSettings(_ patterns: [HostPattern]) throws(ConfigMistake) {
        for (index, rule) in found.enumerated() {
            for setting in rule.settings {
                if setting.key == .cert, patterns[index].isHTTP {
                    throw setting.mistake("the host is asked over http, where there are no certificates")
                }
                for (other, pattern) in zip(found, patterns).prefix(index) {
                    let isSame =
                        setting.key.isOfAuthority
                        ? pattern.hasSameAuthorities(as: patterns[index]) : pattern == patterns[index]
                    guard isSame, let earlier = other.settings.first(where: { $0.key == setting.key }) else { continue }
                    throw setting.mistake("line \(earlier.source.line) has it for the same host")
                }
            }
        }
    }

    private func fields(
        _ key: String, _ value: TOMLText.Value, at source: ConfigSource
    ) throws(ParseFailure) -> [HostRule.Field] {
        guard Self.keys.contains(key) else {
            let near = OptionTable.nearest(to: key, among: Self.keys).map { "; did you mean '\($0)'?" }
            throw ParseFailure("is not a key of a host" + (near ?? ": \(Self.keys.joined(separator: ", "))"))
        }
        let texts: [(text: String, line: Int)]
        switch value {
        case .string(let text): texts = [(text, source.line)]
        case .array(let elements) where key == "header":
            var list: [(String, Int)] = []
            for element in elements {
                guard case .string(let text) = element.value else { throw ParseFailure("must be a list of texts") }
                list.append((text, element.line))
            }
            texts = list
        default: throw ParseFailure(key == "header" ? "must be a text, or a list of texts" : "must be a text")
        }
        var fields: [HostRule.Field] = []
        for (text, line) in texts {
            fields.append(try field(key, text, at: ConfigSource(file: source.file, line: line)))
        }
        return fields
    }

    private func field(
        _ key: String, _ text: String, at source: ConfigSource
    ) throws(ParseFailure) -> HostRule.Field {
        guard key == "header" else {
            let kind = key == "user" ? HostRule.Field.Kind.user : .bearer
            let value = try SecretSource(text, home: home)
            if case .literal(let text) = value { try HostFieldValue.checkLiteral(text, kind) }
            return HostRule.Field(kind: kind, value: value, text: text, source: source)
        }
        guard let colon = text.firstIndex(of: ":") else { throw ParseFailure("write a header as 'Name: value'") }
        let name = String(text[..<colon])
        guard HostFieldValue.isName(name) else { throw ParseFailure("the name of the header is not valid") }
        let rest = String(text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
        guard !rest.isEmpty else { throw ParseFailure("'\(name)' has no value") }
        let value = try SecretSource(rest, home: home)
        if case .literal(let text) = value { try HostFieldValue.checkLiteral(text, .header(name)) }
        return HostRule.Field(kind: .header(name), value: value, text: rest, source: source)
    }

    private static func shown(_ path: [String]) -> String {
        TerminalText.fit(path.map(TOMLText.key).joined(separator: "."), to: 60)
    }
}
