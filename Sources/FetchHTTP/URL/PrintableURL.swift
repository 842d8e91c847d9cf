import FetchSystem

/// URLs for output: no password ever reaches a record, a table or a message.
package enum PrintableURL {
    /// The URL as the user wrote it, with a possible password hidden.
    package static func text(of input: Input) -> String {
        switch input.request {
        case .success(let request): request.url.hasCredentials ? request.url.redacted : input.text
        case .failure: hidingCredentials(in: input.text)
        }
    }

    /// The value of a response header; a URL in it may contain a password too.
    package static func value(_ value: String, of name: String) -> String {
        guard urlFields.contains(name.lowercased()), value.contains(text: "//") else { return value }
        return hidingCredentials(in: value)
    }

    /// Whether the value of a header is or contains a URL.
    package static func hasURL(_ name: String) -> Bool { urlFields.contains(name.lowercased()) }

    /// Headers whose value is or contains a URL.
    private static let urlFields: Set<String> = ["location", "content-location", "refresh", "link", "referer"]

    /// A text that is not a valid URL, with everything replaced by `***` that could be user and password.
    ///
    /// It hides too much rather than too little: in a URL that does not parse, the end of the password is unknown.
    package static func hidingCredentials(in text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        var result = ""
        var rest = text[...]
        var foundAuthority = false
        while let start = startOfAuthority(in: rest) {
            foundAuthority = true
            result += rest[..<start]
            rest = rest[start...]
            guard let at = endOfCredentials(in: rest) else { continue }
            result += "***"
            rest = rest[at...]
        }
        // `https:user:pass@host` has no slashes, but curl and browsers read it as if it had.
        if !foundAuthority, let colon = rest.firstIndex(of: ":"), let at = rest.lastIndex(of: "@"), colon < at,
            !plainSchemes.contains(rest[..<colon].lowercased())
        {
            return "\(rest[...colon])***\(rest[at...])"
        }
        return result + rest
    }

    /// Schemes without an authority (RFC 3986 §3.2), and so without credentials.
    private static let plainSchemes: Set<String> = [
        "mailto", "tel", "sip", "sips", "xmpp", "data", "javascript", "sms",
    ]

    /// The index after the first two slashes, of either kind as in browsers.
    private static func startOfAuthority(in text: Substring) -> Substring.Index? {
        var previousIsSlash = false
        for index in text.unicodeScalars.indices {
            let isSlash = text.unicodeScalars[index] == "/" || text.unicodeScalars[index] == "\\"
            if isSlash, previousIsSlash { return text.unicodeScalars.index(after: index) }
            previousIsSlash = isSlash
        }
        return nil
    }

    /// The position of the `@` that ends user and password, if there is one.
    private static func endOfCredentials(in text: Substring) -> Substring.Index? {
        let scalars = text.unicodeScalars
        let authority = scalars.prefix { !"/\\?#".unicodeScalars.contains($0) }
        if let at = authority.lastIndex(of: "@") { return at }
        // In `//user:pa/ss@host` the authority ends inside the password. A port would be digits.
        guard let colon = authority.firstIndex(of: ":"),
            authority[authority.index(after: colon)...].contains(where: { !("0"..."9").contains($0) })
        else { return nil }
        return scalars.lastIndex(of: "@")
    }
}
