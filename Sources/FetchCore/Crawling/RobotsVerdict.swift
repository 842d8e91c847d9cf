/// A rule of a robots.txt, as it stands there.
public struct RobotsRule: Sendable, Hashable {
    /// The line of the file, counted from 1.
    public let line: Int
    /// The line without comment, `Disallow: /private/`; made printable, at most 200 characters.
    public let text: String
}

/// Whether a robots.txt lets a URL be fetched, and which rule says so.
public struct RobotsVerdict: Sendable, Hashable {
    /// Whether the URL may be fetched.
    public let isAllowed: Bool
    /// The rule that decided; nil where none matched or the whole file was replaced by an answer of the server.
    public let rule: RobotsRule?
}
