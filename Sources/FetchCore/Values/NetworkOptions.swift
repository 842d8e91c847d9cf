/// How connections are made and kept: the same for every request of a run.
public struct NetworkOptions: Sendable {
    /// Which IP versions names resolve to.
    public enum IPVersion: Sendable {
        /// Whichever answers first.
        case any
        /// IPv4 only.
        case v4
        /// IPv6 only.
        case v6
    }

    /// The HTTP version asked for. HTTP/2 is spoken over TLS only: before 8.0.0 libcurl breaks cleartext HTTP/2 on a
    /// reused connection (<https://github.com/curl/curl/issues/10634>).
    public enum HTTPVersion: Sendable {
        /// HTTP/2 where a TLS server offers it.
        case any
        /// HTTP/1.1.
        case http1
    }

    /// Transfers at once that the run is planned for; sizes the connection cache and the number of multi handles.
    public var concurrency = 10
    /// How many loops share all this.
    var loops = 1
    /// Most idle connections to keep; nil for as many as serve the concurrency.
    public var maxIdleConnections: Int?
    /// Most time for name, TCP and TLS together.
    public var connectTimeout: Duration = .seconds(10)
    /// Bytes a second below which a transfer counts as stuck; 0 for no limit.
    public var speedLimit = 0
    /// How long a transfer may stay below ``speedLimit``.
    public var speedTime: Duration = .seconds(30)
    /// Sent as `User-Agent`; empty for none.
    public var userAgent = "fetchall"
    /// A proxy URL; nil for what the environment says, empty for none.
    public var proxy: String?
    /// Whether connections to loopback, private, link-local, multicast and other addresses that are not of the public
    /// Internet are refused as ``FetchError/Kind/blockedAddress``. It is decided on the address that a socket is about to
    /// connect to, whatever name led there. A ``proxy`` may have any address; behind it, only hosts that say by
    /// themselves what they are can be refused: literal addresses and `localhost`.
    public var blocksPrivateAddresses = false
    /// Whether that holds for link-local addresses and those where clouds keep their metadata alone: what a crawl of
    /// strangers' links must not reach from inside a cloud.
    public var blocksLinkLocalAddresses = false
    /// Whether certificates are checked.
    public var verifiesTLS = true
    /// A file of certificates to trust instead of the system's.
    public var caFile: String?
    /// A client certificate (PEM).
    public var certificateFile: String?
    /// Its private key, where it is not in the same file.
    public var keyFile: String?
    /// `HOST:PORT:ADDRESS` entries that stand before DNS.
    public var resolve: [String] = []
    /// Which addresses are asked for.
    public var ipVersion: IPVersion = .any
    /// Which HTTP version is asked for.
    public var httpVersion: HTTPVersion = .any
    /// Whether compressed answers are asked for and decoded.
    public var acceptsCompression = true
    /// A file of cookies to start with (Netscape format); an empty string turns cookies on with none.
    public var cookieFile: String?
    /// Where the cookies are written at the end.
    public var cookieJar: String?

    /// The defaults.
    public init() {}

    /// Bytes of one transfer's receive buffer. Before 8.7.0 (<https://github.com/curl/curl/pull/12805>) libcurl
    /// allocates it anew for each transfer, so that in a long run all of it has been in use somewhere, however small
    /// the answers: 4 MiB together, of at least 16 and at most 256 KiB each, and beyond 1,280 at once 20 MiB together,
    /// of at least 2 KiB each.
    var receiveBufferSize: Int {
        let concurrency = max(concurrency, 1)
        let share = min(max((4 << 20) / concurrency, 16 << 10), (20 << 20) / concurrency)
        return min(max(share, 2 << 10), 256 << 10)
    }

    /// Whether an address may not be connected to.
    func blocks(_ address: IPAddress) -> Bool {
        blocksPrivateAddresses ? !address.isPublic : blocksLinkLocalAddresses && address.isLinkLocal
    }

    /// Whether addresses are looked at before anything is connected.
    var checksAddresses: Bool { blocksPrivateAddresses || blocksLinkLocalAddresses }

    /// Why no request may be sent to the host of a URL, as far as its name tells; names in DNS are judged by the address
    /// that they lead to.
    @inline(__always)
    func hostFailure(of url: FetchURL) -> FetchError? {
        if blocksPrivateAddresses { return url.privateHostFailure }
        guard blocksLinkLocalAddresses, url.isLinkLocal else { return nil }
        return FetchError(.blockedAddress, "\(url.host) is a link-local address", curlCode: .couldNotConnect)
    }

    /// Whether requests to the origin of a URL may be streams of one connection: HTTP/2, if the server offers it.
    @inline(__always)
    func mayShareConnections(to url: FetchURL) -> Bool { url.scheme == .https && httpVersion != .http1 }

    /// Whether libcurl's cookie engine is on.
    public var usesCookies: Bool { cookieFile != nil || cookieJar != nil }
}
