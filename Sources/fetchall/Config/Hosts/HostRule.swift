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
}

/// Reads the sections `[hosts."…"]`.
struct HostRuleReader {
    /// The keys that work.
    static let keys = ["header", "user", "bearer"]
    /// The keys that are to come. They are refused, because a limit that is silently not kept does harm.
    static let later = ["accept", "rate", "max", "proxy", "cert", "timeout"]

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
            found[index].fields += try fields(item.path[2], item.value, at: source)
        } catch {
            throw ConfigMistake("\(Self.shown([item.path[2]])): \(error.message)", at: source)
        }
    }

    /// The rules in the order of the file.
    func rules() throws(ConfigMistake) -> [HostRule] {
        for rule in found {
            do throws(ParseFailure) {
                _ = try HostPattern(rule.host)
            } catch {
                throw ConfigMistake("[hosts]: \(error.message)", at: rule.source)
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
        return found
    }

    private func fields(
        _ key: String, _ value: TOMLText.Value, at source: ConfigSource
    ) throws(ParseFailure) -> [HostRule.Field] {
        if Self.later.contains(key) { throw ParseFailure("is not supported for a host yet") }
        guard Self.keys.contains(key) else {
            let near = OptionTable.nearest(to: key, among: Self.keys)
            throw ParseFailure(
                "is not a key of a host" + (near.map { "; did you mean '\($0)'?" } ?? ": header, user or bearer"))
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
            let value = try SecretSource(text, home: home)
            if case .literal(let text) = value { try HostFieldValue.check(Array(text.utf8)) }
            return HostRule.Field(kind: key == "user" ? .user : .bearer, value: value, text: text, source: source)
        }
        guard let colon = text.firstIndex(of: ":") else { throw ParseFailure("write a header as 'Name: value'") }
        let name = String(text[..<colon])
        guard HostFieldValue.isName(name) else { throw ParseFailure("the name of the header is not valid") }
        let rest = String(text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
        guard !rest.isEmpty else { throw ParseFailure("'\(name)' has no value") }
        let value = try SecretSource(rest, home: home)
        if case .literal(let text) = value { try HostFieldValue.check(Array(text.utf8)) }
        return HostRule.Field(kind: .header(name), value: value, text: rest, source: source)
    }

    private static func shown(_ path: [String]) -> String {
        TerminalText.fit(path.map(TOMLText.key).joined(separator: "."), to: 60)
    }
}
