/// Placeholder
public struct FetchURL: Sendable, Hashable, CustomStringConvertible {
    /// The canonical serialization (WHATWG URL §4.5), ASCII only, with credentials and fragment.
    public let href: String
    public enum Scheme: String, Sendable, Hashable { case http, https }
    /// http or https.
    public var scheme: Scheme { href.hasPrefix("https:") ? .https : .http }
    /// Parses; throws `invalid-url` or `blocked-scheme`, with a message that says what is wrong.
    public static func parse(_ text: some StringProtocol, base: FetchURL? = nil) throws(FetchError) -> FetchURL {
        guard let url = FetchURL(text, base: base) else { throw FetchError(.invalidURL, "not a URL: \(text)", curlCode: 3) }
        return url
    }
    /// Parses, or gives nil.
    public init?(_ text: some StringProtocol, base: FetchURL? = nil) {
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return nil }
        href = String(text)
    }
    /// Percent-encoded as in the URL; empty if none.
    public var username: String { "" }
    /// Percent-encoded as in the URL; empty if none.
    public var password: String { "" }
    /// Host as serialized: lower case, punycode, IPv6 in brackets.
    public var host: String { String(afterScheme.prefix { $0 != "/" && $0 != ":" }) }
    /// Explicit non-default port.
    public var port: Int? { nil }
    /// Port or the scheme's default.
    public var effectivePort: Int { scheme == .https ? 443 : 80 }
    /// Starts with "/".
    public var path: String { String(afterScheme.drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" }) }
    /// Without "?", nil if there is no "?".
    public var query: String? { nil }
    /// Without "#".
    public var fragment: String? { nil }
    private var afterScheme: Substring { href.drop { $0 != "/" }.dropFirst(2) }
    /// scheme://host[:port], no credentials: what security decides on.
    public var origin: Origin { Origin(serialization: "\(scheme.rawValue)://\(host)") }
    /// path[?query], as sent in a request line.
    public var requestTarget: String { path }
    /// href without credentials and fragment: what libcurl gets.
    public var requestString: String { href }
    /// href with any password as `***`: the only form that is printed or stored.
    public var redacted: String { href }
    public var hasCredentials: Bool { false }
    /// The same URL without user and password.
    public var withoutCredentials: FetchURL { self }
    public var description: String { redacted }
}
/// scheme + host + port (RFC 6454).
public struct Origin: Sendable, Hashable, CustomStringConvertible {
    /// `https://example.org` or `http://127.0.0.1:8080`; a default port is left out.
    public let serialization: String
    public var description: String { serialization }
}
