/// A token of Bearer authentication (RFC 6750 §2.1).
enum BearerToken {
    /// What is wrong with a token; nil if nothing is. The text does not contain the token.
    static func problem(_ token: [UInt8]) -> String? {
        if !token.isEmpty, token.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) { return nil }
        let scheme = Array("bearer ".utf8)
        let advice = token.prefix(scheme.count).map { $0 | 0x20 } == scheme ? "; leave out 'Bearer'" : ""
        return "a token has neither spaces nor control characters, and is not empty\(advice)"
    }
}
