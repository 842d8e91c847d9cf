import FetchSystem

/// The name of a user, an organisation or a bot, checked by GitHub's rules before anything is sent: whatever a list
/// contains, a login is one segment of a path and never changes path or host.
struct GitHubLogin: Sendable, Hashable {
    /// The maximum length of a name, without a bot's `[bot]`.
    static let maximumLength = 39
    private static let botSuffix = "[bot]"
    private static let sites = ["https://github.com/", "http://github.com/", "https://www.github.com/", "github.com/"]
    private static let advice = "use 1 to \(maximumLength) letters, digits, hyphens and underscores"

    /// The login as the user wrote it, without the `@` or the address before it.
    let text: String

    /// Checks a login: `octocat`, `@octocat`, `https://github.com/octocat`.
    ///
    /// GitHub gives out letters, digits and single hyphens, none at either end. Older accounts have hyphens at either
    /// end and several in a row, the users of an enterprise end in `_COMPANY`, and those of apps in `[bot]`.
    ///
    /// - Throws: ``ParseFailure`` that says what would be valid.
    init(_ text: String) throws(ParseFailure) {
        let login = Self.withoutAddress(text)
        let name = login.hasSuffix(Self.botSuffix) ? login.dropLast(Self.botSuffix.count) : login
        guard !name.isEmpty else {
            if !text.isEmpty { throw Self.failure(text) }
            throw ParseFailure("an empty text is not a valid GitHub login: \(Self.advice)")
        }
        let isName = name.utf8.allSatisfy { byte in
            byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard isName, name.utf8.contains(where: { $0.isASCIILetter || $0.isASCIIDigit }),
            name.utf8.count <= Self.maximumLength
        else { throw Self.failure(text) }
        self.text = String(login)
    }

    /// The text without `@`, or without the address of a profile. The host is in any case (RFC 3986 §3.2.2).
    private static func withoutAddress(_ text: String) -> Substring {
        if text.utf8.first == UInt8(ascii: "@") { return Substring(text.utf8.dropFirst()) }
        let start = text.prefix(32).lowercased()
        guard let site = sites.first(where: { start.hasPrefix($0) }) else { return text[...] }
        let login = text.dropFirst(site.count).prefix { $0 != "?" && $0 != "#" }
        return login.last == "/" ? login.dropLast() : login
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
