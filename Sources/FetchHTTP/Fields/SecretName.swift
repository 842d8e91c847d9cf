/// Names that suggest a secret; their values are never written.
package enum SecretName {
    private static let parts = [
        "auth", "cookie", "token", "secret", "key", "password", "passwd", "credential", "jwt", "signature",
        "session",
    ].map { Array($0.utf8) }

    /// Whether such a name occurs in the name of a header, or anywhere in a text.
    package static func occurs(in text: String) -> Bool {
        // Compared byte by byte: String.contains costs ten thousand instructions for each name, and a cache checks each
        // field.
        let bytes = text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        return parts.contains { part in
            bytes.count >= part.count
                && (0...bytes.count - part.count).contains { start in
                    bytes[start] == part[0] && bytes[start..<start + part.count].elementsEqual(part)
                }
        }
    }
}
