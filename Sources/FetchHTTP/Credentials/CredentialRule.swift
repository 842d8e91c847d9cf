package import FetchSystem

/// A field that goes with requests to certain hosts, wherever they stand in the input. Its description has no value.
package struct CredentialRule: Sendable, CustomStringConvertible {
    /// The hosts.
    package let hosts: HostPattern
    /// The field's name.
    package let name: String
    /// The field's value, unless ``later`` gives it.
    package let value: [UInt8]
    /// Gives the value when a request is first made to one of the hosts; nil leaves the field out.
    private let later: (@Sendable () -> [UInt8]?)?
    /// Whether it is a default, which a field of the request and any other rule precede.
    package let isDefault: Bool

    /// A field.
    package init(hosts: HostPattern, name: String, value: [UInt8]) {
        self.hosts = hosts
        self.name = name
        self.value = value
        later = nil
        isDefault = false
    }

    /// A default whose value is found when it is needed.
    ///
    /// - Parameter value: Gives the value each time; nil leaves the field out.
    package init(hosts: HostPattern, name: String, default value: @escaping @Sendable () -> [UInt8]?) {
        self.hosts = hosts
        self.name = name
        self.value = []
        later = value
        isDefault = true
    }

    /// The value for a request; nil for none.
    package var currentValue: [UInt8]? { later.map { $0() } ?? value }

    /// The credentials `user:password` as Basic authentication.
    package init(hosts: HostPattern, user pair: [UInt8]) {
        self.init(hosts: hosts, name: "Authorization", value: Array(Credentials(pair: pair).basic.utf8))
    }

    /// A bearer token (RFC 6750 §2.1).
    package init(hosts: HostPattern, bearer token: [UInt8]) {
        self.init(hosts: hosts, name: "Authorization", value: Array("Bearer ".utf8) + token)
    }

    /// Parses `HOST[:PORT]:NAME:VALUE`, with a host as in ``HostPattern``.
    ///
    /// - Throws: ``ParseFailure`` that does not quote the text, which is a secret.
    package init(_ text: String) throws(ParseFailure) {
        let (scheme, rest) = HostPattern.splittingScheme(text)
        guard var end = HostPattern.endOfHost(rest), end < rest.endIndex else { throw Self.form }
        var field = rest[rest.index(after: end)...]
        if let colon = field.firstIndex(of: ":"), colon > field.startIndex,
            field[..<colon].utf8.allSatisfy(\.isASCIIDigit)
        {
            end = colon
            field = rest[rest.index(after: colon)...]
        }
        guard let colon = field.firstIndex(of: ":") else { throw Self.form }
        let name = String(field[..<colon])
        guard HTTPToken.isValid(name) else { throw Self.form }
        let value = ByteText.bytes(of: String(field[field.index(after: colon)...]))
        guard !value.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
            throw ParseFailure("the value of '\(name)' contains a control character")
        }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = value.firstIndex { !isBlank($0) } ?? value.endIndex
        let last = value.lastIndex { !isBlank($0) } ?? start
        guard start < value.endIndex else { throw ParseFailure("'\(name)' has no value") }
        let hosts = try HostPattern((scheme.map { $0.rawValue + "://" } ?? "") + rest[..<end])
        self.init(hosts: hosts, name: name, value: Array(value[start...last]))
    }

    /// The name, without the value.
    package var description: String { "\(name): ***" }

    private static var form: ParseFailure { ParseFailure("write HOST[:PORT]:NAME:VALUE, an IPv6 address as [::1]") }
}
