import FetchSystem

/// The name of a user, an organisation or a bot, checked by GitHub's rules before anything is sent: whatever a list
/// contains, a login is one segment of a path and never changes path or host.
struct GitHubLogin: Sendable, Hashable {
    /// The maximum length of a name, without a bot's `[bot]`.
    static let maximumLength = 39
    private static let botSuffix = "[bot]"
    private static let advice =
        "use 1 to \(maximumLength) letters, digits and single hyphens, no hyphen at either end"

    /// The login as the user wrote it.
    let text: String

    /// Checks a login.
    ///
    /// GitHub gives out letters, digits and single hyphens, none at either end. `_` is allowed because the users of an
    /// enterprise end in `_COMPANY`, and `[bot]` at the end because those of apps do.
    ///
    /// - Throws: ``ParseFailure`` that says what would be valid.
    init(_ text: String) throws(ParseFailure) {
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

    /// The form that identifies a login: GitHub ignores case.
    var key: String { text.lowercased() }

    /// Whether it belongs to an app, which only REST finds by name.
    var isBot: Bool { text.hasSuffix(Self.botSuffix) }

    /// The login as a segment of a path (RFC 3986 §3.3).
    var pathSegment: String {
        isBot ? "\(text.dropLast(Self.botSuffix.count))%5Bbot%5D" : text
    }

    private static func failure(_ text: String) -> ParseFailure {
        ParseFailure("\(ParseFailure.quoted(text)) is not a valid GitHub login: \(advice)")
    }
}
