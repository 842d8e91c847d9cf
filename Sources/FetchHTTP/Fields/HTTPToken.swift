/// The names of methods and header fields (RFC 9110 §5.6.2).
package enum HTTPToken {
    private static let punctuation = Set("!#$%&'*+-.^_`|~".utf8)

    /// Whether the text is one token.
    package static func isValid(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                    || punctuation.contains(byte)
            }
    }
}
