/// Names that promise a secret: what stands beside them is never written anywhere.
public enum SecretName {
    private static let parts = ["auth", "cookie", "token", "secret", "key", "password"]

    /// Whether such a name occurs in the name of a header, or anywhere in a text.
    public static func occurs(in text: String) -> Bool {
        let text = text.lowercased()
        return parts.contains { text.contains($0) }
    }
}
