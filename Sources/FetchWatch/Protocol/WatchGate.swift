/// Decides what a request to the live page gets. The address has a secret in its path, so that other users of this machine,
/// and pages that a browser has open, cannot read it.
package struct WatchGate: Sendable {
    /// What there is below the secret.
    package enum Resource: String, Sendable, CaseIterable {
        case page = ""
        case events
        case metrics
    }

    /// What a request gets.
    package enum Verdict: Sendable, Equatable {
        case resource(Resource, hasBody: Bool)
        /// An answer without content.
        case refused(Int)
    }

    private let token: [UInt8]
    private let hosts: Set<String>

    /// A gate.
    ///
    /// - Parameters:
    ///   - token: The secret in the path, as ``WatchToken`` makes it.
    ///   - port: The port that the server listens on.
    package init(token: String, port: Int) {
        self.token = Array(token.utf8)
        var hosts = Set(["127.0.0.1", "localhost", "[::1]"].map { "\($0):\(port)" })
        // A client leaves out the default port of http (RFC 9110 §7.2).
        if port == 80 { hosts.formUnion(["127.0.0.1", "localhost", "[::1]"]) }
        self.hosts = hosts
    }

    /// The answer to a request.
    ///
    /// A foreign Host is refused first: it is what a page has whose name was bound to 127.0.0.1 (DNS rebinding). A path
    /// without the secret is not found, whatever the method, and says nothing about what there is.
    package func verdict(_ request: WatchRequest) -> Verdict {
        guard request.hosts.count == 1, hosts.contains(request.hosts[0].lowercased()) else { return .refused(403) }
        guard let resource = resource(at: request.target) else { return .refused(404) }
        switch request.method {
        case "GET": return .resource(resource, hasBody: true)
        case "HEAD": return .resource(resource, hasBody: false)
        default: return .refused(405)
        }
    }

    private func resource(at target: String) -> Resource? {
        let path = Array(target.utf8).dropFirst()
        let segment = path.prefix { $0 != UInt8(ascii: "/") }
        let rest = path.dropFirst(segment.count)
        guard WatchToken.isEqual(segment, token), rest.first == UInt8(ascii: "/") else { return nil }
        return Resource.allCases.first { $0.rawValue.utf8.elementsEqual(rest.dropFirst()) }
    }
}

/// The secret in the path of the live page.
package enum WatchToken {
    /// A new one: 128 bits of the system's generator as 32 hexadecimal digits.
    package static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// Compares in a time that depends on the lengths only, so that a client cannot find the secret digit by digit.
    package static func isEqual(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
