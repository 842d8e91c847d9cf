/// What few runs change about connections. Most runs have none, and no handle is configured for it.
package struct ConnectionDetails: Sendable, Hashable {
    /// A version of TLS.
    package enum TLSVersion: String, Sendable, Hashable, Comparable, CaseIterable {
        case v10 = "1.0"
        case v11 = "1.1"
        case v12 = "1.2"
        case v13 = "1.3"

        package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
    }

    /// The lowest version of TLS; nil for the library's.
    package var minimumTLS: TLSVersion?
    /// The highest version of TLS; nil for the library's.
    package var maximumTLS: TLSVersion?
    /// Whether the client certificate and its key are in PKCS #12 instead of PEM.
    package var certificateIsPKCS12 = false
    /// The password of the client certificate's key.
    package var keyPassword: String?
    /// A file of revoked certificates (PEM).
    package var revocationFile: String?
    /// The public key that a server must have: a file, or `sha256//` and its digest in Base64, several with `;`.
    package var pinnedPublicKey: String?
    /// Hosts that are not reached through the proxy, separated by commas; nil for those of the environment.
    package var noProxy: String?
    /// `user:password` for the proxy.
    package var proxyUser: [UInt8]?
    /// Lines of fields for the proxy only.
    package var proxyFields: [[UInt8]] = []
    /// `HOST:PORT:HOST:PORT` entries: connections to the first go to the second.
    package var connectTo: [String] = []
    /// The Unix socket that all connections go to.
    package var unixSocket: String?
    /// The interface, or the local address, that connections leave from.
    package var interface: String?
    /// What is one option of libcurl each. It is set last.
    package var transport: [TransportDetail] = []
    /// What is set on each socket.
    package var socket = SocketDetails()
    /// Which URLs may be requested.
    package var urls = URLRule()
    /// How users and passwords are sent to servers.
    package var authentication = AuthenticationScheme.basic
    /// Whether HTTP/1.0 is used.
    package var usesHTTP10 = false
    /// Whether a request opens a connection of its own while one that may serve it is being opened.
    package var opensImmediately = false
    /// Whether cookies without a date of expiry that come from a file are dropped.
    package var dropsSessionCookies = false

    /// None.
    package init() {}

    /// What decides who answers, and whom a response is for: a stored one is for requests with the same only. Empty for most.
    package var identity: [String] {
        var parts = connectTo.map { "connect-to " + $0 }
        for (name, value) in [
            ("unix-socket", unixSocket), ("interface", interface), ("pinned", pinnedPublicKey),
            ("revoked", revocationFile), ("tls", minimumTLS?.rawValue),
        ] {
            if let value { parts.append("\(name) \(value)") }
        }
        let deciding: Set<TransportDetail.Option> = [
            .abstractSocket, .preProxy, .proxyType, .srpUser, .lookupURL,
        ]
        return parts + transport.filter { deciding.contains($0.option) }.map { "\($0.option.rawValue) \($0.value)" }
    }

    /// Whether all requests have the same target, whatever their URL is.
    package var fixesTarget: Bool { transport.contains { $0.option == .requestTarget } }

    /// Whether a server, or a proxy, may ask for a request again before it answers it.
    package var awaitsChallenges: Bool {
        authentication.needsChallenge || transport.contains { $0.option == .proxyAuthentication }
    }

    /// Whether all connections go to a Unix socket.
    package var usesUnixSocket: Bool { unixSocket != nil || transport.contains { $0.option == .abstractSocket } }
}
