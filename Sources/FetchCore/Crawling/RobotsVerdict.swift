/// A rule of a robots.txt, as it stands there.
public struct RobotsRule: Sendable, Hashable {
    /// The line of the file, counted from 1.
    public let line: Int
    /// The line without comment, `Disallow: /private/`; made printable, at most 200 characters.
    public let text: String

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

/// Whether a robots.txt lets a URL be fetched, and which rule says so.
public struct RobotsVerdict: Sendable, Hashable {
    /// Whether the URL may be fetched.
    public let isAllowed: Bool
    /// The rule that decided; nil where none matched.
    public let rule: RobotsRule?
}
