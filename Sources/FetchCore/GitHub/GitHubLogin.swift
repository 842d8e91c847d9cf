/// The name of a user, an organisation or a bot, checked by GitHub's rules before anything is sent: whatever a list
/// holds, it is one segment of a path and never changes path or host.
public struct GitHubLogin: Sendable, Hashable {
    /// Most characters of a name, the `[bot]` of a bot left out.
    static let maximumLength = 39
    private static let botSuffix = "[bot]"
    private static let advice =
        "use 1 to \(maximumLength) letters, digits and single hyphens, no hyphen at either end"

    /// The login as the user wrote it.
    public let text: String

    /// Checks a login.
    ///
    /// Letters, digits and single hyphens, none at either end, are what GitHub gives out; `_` is allowed because the
    /// users of an enterprise end in `_COMPANY`, and `[bot]` at the end because those of apps do.
    ///
    /// - Throws: ``ParseFailure`` with what would be right.
    public init(_ text: String) throws(ParseFailure) {
        let name = text.hasSuffix(Self.botSuffix) ? text.dropLast(Self.botSuffix.count) : text[...]
        guard !name.isEmpty else { throw ParseFailure("an empty text is not a valid GitHub login: \(Self.advice)") }
        var previous = UInt8(ascii: "-")
        for byte in name.utf8 {
            let isMark = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            let followsMark = previous == UInt8(ascii: "-") || previous == UInt8(ascii: "_")
            guard byte.isASCIILetter || byte.isASCIIDigit || isMark && !followsMark else {
                throw Self.failure(text)
            }
            previous = byte
        }
        guard previous != UInt8(ascii: "-"), previous != UInt8(ascii: "_"), name.utf8.count <= Self.maximumLength
        else { throw Self.failure(text) }
        self.text = text
    }

    /// What tells logins apart: GitHub knows no case.
    var key: String { text.lowercased() }

    /// Whether it is an app's, which only REST knows by name.
    var isBot: Bool { text.hasSuffix(Self.botSuffix) }

    /// The login as a segment of a path (RFC 3986 §3.3).
    var pathSegment: String {
        isBot ? "\(text.dropLast(Self.botSuffix.count))%5Bbot%5D" : text
    }

    private static func failure(_ text: String) -> ParseFailure {
        ParseFailure("\(ParseFailure.quoted(text)) is not a valid GitHub login: \(advice)")
    }
}
