package import FetchSystem

/// The hosts that a credential is meant for: `api.example.org`, `*.example.org`, `http://localhost:8080`, `[::1]:8443`.
///
/// Without scheme and port it is https at port 443, so that a secret does not go over a connection that others can read.
/// With a port and no scheme it is that port under either scheme, but 443 is https and 80 is http.
package struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    private enum Host: Sendable, Hashable {
        /// This host.
        case exact(String)
        /// All hosts that end in this text, which begins with a dot.
        case below(String)
    }

    private let host: Host
    /// Nil for both.
    private let scheme: FetchURL.Scheme?
    private let port: Int

    /// Parses `[SCHEME://]HOST[:PORT]`; a host may begin with `*.`, and an IPv6 address is in brackets.
    package init(_ text: some StringProtocol) throws(ParseFailure) {
        let (scheme, rest) = Self.splittingScheme(String(text))
        if let advice = Self.advice(scheme, rest) { throw ParseFailure(advice) }
        let isWildcard = rest.hasPrefix("*.")
        let name = isWildcard ? rest.dropFirst(2) : rest[...]
        guard let end = Self.endOfHost(name) else { throw ParseFailure("the bracket of the host is not closed") }
        var port: Int?
        if end < name.endIndex {
            let digits = name[name.index(after: end)...]
            guard name[end] == ":", let number = Self.port(digits) else {
                throw ParseFailure("the host's port must be a number from 1 to 65535")
            }
            port = number
        }
        let host = try Self.host(name[..<end], isWildcard: isWildcard)
        self.host = isWildcard ? .below("." + host) : .exact(host)
        self.port = port ?? scheme?.defaultPort ?? 443
        switch (scheme, self.port) {
        case (let scheme?, _): self.scheme = scheme
        case (nil, 443): self.scheme = .https
        case (nil, 80): self.scheme = .http
        default: self.scheme = nil
        }
    }

    /// The origin of a URL and no other.
    package init(originOf url: FetchURL) {
        host = .exact(url.host)
        scheme = url.scheme
        port = url.effectivePort
    }

    /// Whether a request to the URL goes to one of the hosts.
    package func matches(_ url: FetchURL) -> Bool {
        guard scheme == nil || scheme == url.scheme, url.effectivePort == port else { return false }
        switch host {
        case .exact(let name): return url.host == name
        case .below(let ending): return url.host.utf8.count > ending.utf8.count && url.host.hasSuffix(ending)
        }
    }

    /// The domain whose hosts it names, `example.org` of `*.example.org`; nil if it names one host.
    package var domain: String? {
        if case .below(let ending) = host { String(ending.dropFirst()) } else { nil }
    }

    /// How exactly it names a host: of two that match, the one with the higher rank was written for it.
    package var rank: Int {
        switch host {
        case .exact: .max
        case .below(let ending): ending.utf8.count
        }
    }

    /// Whether it names a scheme, and so is more exact than one of the same rank that does not.
    var namesScheme: Bool { scheme != nil }

    /// Whether it names hosts that are asked over http only, where neither side has a certificate.
    package var isHTTP: Bool { scheme == .http }

    /// Whether requests to an authority go to one of the hosts, whatever their scheme is: permits and pace are those of a host
    /// and a port, because two schemes at one port are one server.
    ///
    /// - Parameter text: `example.org:443`, `[::1]:8080`, as in ``Authority/text``.
    package func matches(authority text: some StringProtocol) -> Bool {
        guard let colon = text.lastIndex(of: ":"), Self.port(text[text.index(after: colon)...]) == port else {
            return false
        }
        let name = text[..<colon]
        switch host {
        case .exact(let host): return name == host
        case .below(let ending): return name.utf8.count > ending.utf8.count && name.hasSuffix(ending)
        }
    }

    /// Whether both name the same hosts and ports, whatever their schemes are.
    package func hasSameAuthorities(as other: HostPattern) -> Bool { host == other.host && port == other.port }

    /// `https://api.example.org:443`, `*.example.org:8080`.
    package var description: String {
        let name =
            switch host {
            case .exact(let name): name
            case .below(let ending): "*" + ending
            }
        return "\(scheme.map { $0.rawValue + "://" } ?? "")\(name):\(port)"
    }

    /// The scheme that a text begins with, and what follows it.
    static func splittingScheme(_ text: String) -> (scheme: FetchURL.Scheme?, rest: String) {
        for scheme in [FetchURL.Scheme.http, .https] {
            let prefix = scheme.rawValue + "://"
            if text.prefix(prefix.count).lowercased() == prefix {
                return (scheme, String(text.dropFirst(prefix.count)))
            }
        }
        return (nil, text)
    }

    /// The index behind the host: of the colon after it, or of the end; nil for a bracket that is not closed.
    static func endOfHost(_ text: some StringProtocol) -> String.Index? {
        guard text.hasPrefix("[") else { return text.firstIndex(of: ":") ?? text.endIndex }
        return text.firstIndex(of: "]").map { text.index(after: $0) }
    }

    /// The number of a port; nil for anything else.
    static func port(_ digits: some StringProtocol) -> Int? {
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isASCIIDigit), let number = Int(digits)
        else { return nil }
        return (1...65_535).contains(number) ? number : nil
    }

    /// The host as URLs have it.
    private static func host(_ text: Substring, isWildcard: Bool) throws(ParseFailure) -> String {
        guard !text.utf8.contains(where: { $0 <= 0x20 || "*%@/?#\\".utf8.contains($0) }),
            let url = FetchURL("https://\(text)/")
        else { throw ParseFailure("\(ParseFailure.quoted(text)) is not a valid host") }
        if isWildcard, IPAddress(host: url.host) != nil || url.host.hasPrefix("[") {
            throw ParseFailure("*. cannot stand before an address")
        }
        return url.host
    }
}
