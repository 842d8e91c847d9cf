import FetchSystem

/// A user name and a password for HTTP's Basic scheme (RFC 7617). Its description contains neither.
package struct Credentials: Sendable, Hashable, CustomStringConvertible {
    private let pair: [UInt8]

    /// Parses `user:password` as in curl's `-u`.
    package init(pair: String) { self.init(pair: Array(pair.utf8)) }

    /// The same for bytes that need not be UTF-8: the scheme knows only bytes.
    package init(pair: [UInt8]) { self.pair = pair }

    /// Reads the userinfo of a URL, percent-decoded.
    package init(userinfoOf url: FetchURL) {
        pair = Self.percentDecoded(url.username) + [UInt8(ascii: ":")] + Self.percentDecoded(url.password)
    }

    /// The value of an Authorization header.
    package var basic: String { "Basic " + Base64.encode(pair) }

    /// `***`
    package var description: String { "***" }

    private static func percentDecoded(_ text: String) -> [UInt8] { PercentEncoding.decode(Array(text.utf8)[...]) }
}
