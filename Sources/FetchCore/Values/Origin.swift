/// Scheme, host and port: what security decides on (RFC 6454 §4, WHATWG URL §4.7).
public struct Origin: Sendable, Hashable, CustomStringConvertible {
    /// `https://example.org` or `http://127.0.0.1:8080`; a default port is left out (RFC 6454 §6.2).
    public let serialization: String

    init(serialization: String) {
        self.serialization = serialization
    }

    /// The serialization.
    public var description: String { serialization }
}
