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

    /// Reads the value of an Authorization header; nil for another scheme, and for what is not `user:password`.
    package init?(basic value: [UInt8]) {
        let scheme = Array("Basic ".utf8)
        guard value.count > scheme.count,
            zip(value, scheme).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 | 0x20 && $1 != 0x20 }),
            let pair = Base64.decode(value[scheme.count...]), pair.contains(UInt8(ascii: ":"))
        else { return nil }
        self.pair = pair
    }

    /// What is before the first colon.
    package var user: [UInt8] { Array(pair.prefix { $0 != UInt8(ascii: ":") }) }

    /// What is behind the first colon.
    package var password: [UInt8] { Array(pair.dropFirst(user.count + 1)) }

    /// The value of an Authorization header.
    package var basic: String { "Basic " + Base64.encode(pair) }

    /// `***`
    package var description: String { "***" }

    private static func percentDecoded(_ text: String) -> [UInt8] { PercentEncoding.decode(Array(text.utf8)[...]) }
}
