/// What may stand in a request that comes from a list: methods, names and values of header fields.
enum FieldRules {
    /// Whether a text is a token (RFC 9110 §5.6.2), as methods and names of fields are.
    static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// One byte of a token.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || tokenMarks.contains(byte)
    }

    private static let tokenMarks = ByteSet("!#$%&'*+-.^_`|~")

    /// Whether a value can be sent as one field: no byte that would end the line or that RFC 9110 §5.5 forbids.
    static func isValue(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// Whether a field decides where a request goes or where its body ends: those are ours to write, not a list's.
    static func isReserved(_ name: some StringProtocol) -> Bool {
        ["host", "content-length", "transfer-encoding", "connection"].contains(name.lowercased())
    }

    /// A method as it is sent: known ones in capitals, others as they are written, since methods are case-sensitive.
    static func method(_ text: String) -> String? {
        guard isToken(text) else { return nil }
        let upper = text.uppercased()
        return knownMethods.contains(upper) ? upper : text
    }

    private static let knownMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
    ]

    /// Whether the value of a field so named may be a secret, which is never written to a file.
    ///
    /// It prefers to leave out too much: a field that is missed can be given again, a token that leaks cannot be taken
    /// back.
    static func isSecret(_ name: some StringProtocol) -> Bool {
        let name = name.lowercased()
        return secretWords.contains { name.contains($0) }
    }

    private static let secretWords = [
        "auth", "cookie", "token", "secret", "key", "passw", "credential", "session", "signature",
    ]
}
