/// Decides which fields of the command line go with a request. Pure.
///
/// Credentials (``SecretField``) go to the home origin, which is that of the first input, and to no other, because a list
/// names hosts that they were not written for. All other fields go to each input. A ``CredentialRule`` names the hosts of its
/// field, and replaces a field of the same name there.
///
/// A field that is a default itself (``replaceable``) gives way to a default for a certain host, and to the credentials of a
/// URL.
///
/// Redirects are not its subject: ``RedirectPolicy`` makes each hop from the one before.
package struct CredentialScope: Sendable {
    /// All fields of the command line, in their order.
    package let fields: HeaderFields
    /// Those that are not credentials.
    package let plain: HeaderFields
    /// Fields for certain hosts.
    package let rules: [CredentialRule]
    /// The file of credentials by host; nil for none.
    package let netrc: Netrc?
    /// Whether credentials go to all inputs.
    package let toAllHosts: Bool
    /// The names, in small letters, of fields that are defaults themselves, and so give way to one for a certain host.
    package let replaceable: Set<String>
    /// The names of the credentials as they were written, each once.
    private let secrets: [String]

    /// Makes a scope.
    ///
    /// - Parameters:
    ///   - fields: The fields of the command line.
    ///   - rules: Fields for certain hosts.
    ///   - netrc: The file of credentials by host.
    ///   - toAllHosts: Whether credentials among the fields go to all inputs.
    ///   - replaceable: The names, in small letters, of fields that give way to a default for a certain host.
    package init(
        _ fields: HeaderFields, rules: [CredentialRule] = [], netrc: Netrc? = nil, toAllHosts: Bool = false,
        replaceable: Set<String> = []
    ) {
        self.replaceable = replaceable
        self.fields = fields
        self.rules = rules
        self.netrc = netrc
        self.toAllHosts = toAllHosts
        var secrets: [String] = []
        var known: Set<String> = []
        fields.forEachField { name, value in
            guard SecretField.isSecret(name), !value.isEmpty, known.insert(name.lowercased()).inserted else { return }
            secrets.append(name)
        }
        self.secrets = secrets
        plain = secrets.isEmpty ? fields : fields.keeping { !known.contains($0.lowercased()) }
    }

    /// Whether each request gets the same fields.
    package var isUniform: Bool { !needsHome && rules.isEmpty && netrc == nil && !yieldsToURL }

    /// Whether the credentials of a URL replace one among the fields.
    private var yieldsToURL: Bool { replaceable.contains("authorization") && fields.contains("authorization") }

    /// Whether the first input decides who gets the credentials.
    package var needsHome: Bool { !toAllHosts && !secrets.isEmpty }

    /// The fields of a request.
    ///
    /// - Parameters:
    ///   - url: The URL of the request.
    ///   - home: The origin that the credentials are for; nil for none.
    package func fields(for url: FetchURL, home: Origin?) -> HeaderFields {
        let isHome = !needsHome || url.origin == home
        var result = isHome ? fields : plain
        if url.hasCredentials, yieldsToURL { result = result.keeping { $0.lowercased() != "authorization" } }
        let matching = rules.filter { $0.hosts.matches(url) }
        apply(matching.filter { !$0.isDefault }, to: &result)
        let defaults = matching.filter { rule in
            let name = rule.name.lowercased()
            guard rule.isDefault, !(url.hasCredentials && name == "authorization") else { return false }
            return replaceable.contains(name) || !result.decides(name)
        }
        apply(defaults.filter { rule in !matching.contains { !$0.isDefault && $0.isFor(rule.name) } }, to: &result)
        if let netrc, !result.decides("authorization"), let credentials = netrc.credentials(for: url) {
            result.append("Authorization", credentials.basic)
        }
        return result
    }

    /// Puts the fields of rules in place of others of the same name: of those of one name the rule whose hosts are named most
    /// exactly.
    private func apply(_ matching: [CredentialRule], to result: inout HeaderFields) {
        guard !matching.isEmpty else { return }
        var ranks: [String: Int] = [:]
        for rule in matching { ranks[rule.name.lowercased(), default: 0].formMaximum(rule.hosts.rank) }
        result = result.keeping { ranks[$0.lowercased()] == nil }
        for rule in matching where ranks[rule.name.lowercased()] == rule.hosts.rank {
            if let value = rule.currentValue { result.append(rule.name, bytes: value) }
        }
    }

    /// The names of the credentials that a request does not get, because they are for another origin.
    ///
    /// - Parameter own: The fields that it has from elsewhere: its own, in place of those of the command line.
    package func withheld(from url: FetchURL, home: Origin?, besides own: HeaderFields) -> [String] {
        guard needsHome, url.origin != home else { return [] }
        return secrets.filter { name in
            !own.decides(name) && !(url.hasCredentials && name.lowercased() == "authorization")
        }
    }
}

extension CredentialRule {
    fileprivate func isFor(_ other: String) -> Bool { name.lowercased() == other.lowercased() }
}

extension Int {
    fileprivate mutating func formMaximum(_ other: Int) { self = Swift.max(self, other) }
}
