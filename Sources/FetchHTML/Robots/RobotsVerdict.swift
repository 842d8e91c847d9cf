import FetchSystem

/// A rule of a robots.txt, as written.
package struct RobotsRule: Sendable, Hashable {
    /// The line of the file, counted from 1.
    package let line: Int
    /// The line without its comment, `Disallow: /private/`; made printable, at most 200 characters.
    package let text: String

    init(line: Int, bytes: ArraySlice<UInt8>) {
        self.line = line
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: bytes.prefix(800), as: UTF8.self).unicodeScalars.prefix(200) {
            let isUnsafe = SafeName.isUnsafe(scalar) && scalar != ":" && scalar != "\\"
            text.append(isUnsafe ? "?" : scalar)
        }
        self.text = String(text)
    }
}

/// Whether a robots.txt allows a URL, and which rule decides.
package struct RobotsVerdict: Sendable, Hashable {
    /// Whether the URL may be fetched.
    package let isAllowed: Bool
    /// The rule that decided; nil if none matched.
    package let rule: RobotsRule?

    /// Takes each value as it is.
    package init(isAllowed: Bool, rule: RobotsRule?) {
        self.isAllowed = isAllowed
        self.rule = rule
    }
}
