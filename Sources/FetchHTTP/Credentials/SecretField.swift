/// Fields of the command line that go to one origin only, unless the user names others.
package enum SecretField {
    private static let names: Set<String> = ["authorization", "cookie", "apikey"]
    private static let endings = ["-key", "-token", "-secret"]

    /// Whether a field's name says that its value is a credential: `Authorization`, `Cookie`, `apikey`, or a name that
    /// ends in `-key`, `-token` or `-secret`. `Idempotency-Key` identifies a request.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains(name) || name != "idempotency-key" && endings.contains { name.hasSuffix($0) }
    }
}
