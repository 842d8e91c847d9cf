/// Host and port: what pace and permits decide on. Two schemes at one port are one server.
public struct HostKey: Sendable, Hashable, CustomStringConvertible {
    /// `example.org:443`, `[::1]:8080`.
    public let text: String

    init(_ text: String) { self.text = text }

    /// The text.
    public var description: String { text }
}
