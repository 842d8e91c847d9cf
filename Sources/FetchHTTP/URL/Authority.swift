/// Host and port (RFC 3986 §3.2, without userinfo): pace and permits are decided on it. Two schemes at one port are one
/// server.
package struct Authority: Sendable, Hashable, CustomStringConvertible {
    /// `example.org:443`, `[::1]:8080`.
    package let text: String

    init(_ text: String) { self.text = text }

    /// The text.
    package var description: String { text }
}
