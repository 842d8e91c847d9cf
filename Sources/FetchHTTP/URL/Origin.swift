/// Scheme, host and port: security is decided on it (RFC 6454 §4, WHATWG URL §4.7).
public struct Origin: Sendable, Hashable, CustomStringConvertible {
    /// `https://example.org` or `http://127.0.0.1:8080`; a default port is omitted (RFC 6454 §6.2).
    public let serialization: String

    init(serialization: String) {
        self.serialization = serialization
    }

    /// The serialisation.
    public var description: String { serialization }
}
