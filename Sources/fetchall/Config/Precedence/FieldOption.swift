/// The options that stand for a header field.
enum FieldOption {
    /// The names of their fields in small letters, by the option's first long name.
    static let names = [
        "user": "authorization", "bearer": "authorization", "cookie": "cookie", "user-agent": "user-agent",
        "referer": "referer", "range": "range",
    ]

    /// The name, in small letters, of a value of `-H`.
    static func name(ofHeader text: String) -> String {
        String(text.prefix { $0 != ":" && $0 != ";" }).lowercased()
    }
}
