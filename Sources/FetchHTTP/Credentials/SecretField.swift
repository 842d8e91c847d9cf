/// Fields of the command line that go to one origin only, unless the user names others. ``SecretName`` hides more names.
package enum SecretField {
    private static let words: Set<String> = [
        "authorization", "auth", "key", "apikey", "token", "secret", "password",
    ]

    /// Whether a field's name says that its value is a credential: `Cookie`, and a name that is, or ends behind `-` or `_`
    /// in, authorization, auth, key, apikey, token, secret or password. `Idempotency-Key` identifies a request.
    package static func isSecret(_ name: String) -> Bool {
        let name = String(name.lowercased().map { $0 == "_" ? "-" : $0 })
        let hyphen: Character = "-"
        let last = name.lastIndex(of: hyphen).map { name[name.index(after: $0)...] } ?? name[...]
        return name == "cookie" || name != "idempotency-key" && words.contains(String(last))
    }
}
