/// A user and a password for HTTP's Basic scheme (RFC 7617). Printing it gives neither.
public struct Credentials: Sendable, Hashable, CustomStringConvertible {
    private let pair: [UInt8]

    /// From `user:password` as curl's `-u` takes it.
    public init(pair: String) { self.pair = Array(pair.utf8) }

    /// From the userinfo of a URL, percent-decoded.
    init(userinfoOf url: FetchURL) {
        pair = Self.percentDecoded(url.username) + [UInt8(ascii: ":")] + Self.percentDecoded(url.password)
    }

    /// The value of an Authorization field.
    public var basic: String { "Basic " + Base64.encode(pair) }

    /// `***`
    public var description: String { "***" }

    private static func percentDecoded(_ text: String) -> [UInt8] { PercentEncoding.decode(Array(text.utf8)[...]) }
}
