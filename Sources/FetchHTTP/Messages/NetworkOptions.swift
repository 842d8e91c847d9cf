/// The options for connections, which are the same for every request of a run.
public struct NetworkOptions: Sendable {
    /// The IP versions that names are resolved to.
    public enum IPVersion: Sendable {
        /// The one that answers first.
        case any
        /// IPv4 only.
        case v4
        /// IPv6 only.
        case v6
    }

    /// The HTTP version to request. HTTP/2 is used over TLS only: before 8.0.0 libcurl breaks cleartext HTTP/2 on a
    /// reused connection (<https://github.com/curl/curl/issues/10634>).
    public enum HTTPVersion: Sendable {
        /// HTTP/2 if a TLS server offers it.
        case any
        /// HTTP/1.1.
        case http1
    }

    /// The planned number of concurrent transfers; it determines the connection cache and the number of multi handles.
    public var concurrency = 10
    /// The number of loops that share these options.
    package var loops = 1
    /// The maximum number of idle connections; nil for as many as the concurrency needs.
    public var maxIdleConnections: Int?
    /// The maximum time for name lookup, TCP and TLS together; zero for libcurl's own limit of five minutes.
    public var connectTimeout: Duration = .seconds(10)
    /// The speed in bytes per second below which a transfer counts as stuck; 0 for no limit.
    public var speedLimit = 0
    /// How long a transfer may be slower than ``speedLimit``.
    public var speedTime: Duration = .seconds(30)
    /// The maximum number of bytes of bodies per second that all transfers receive together; 0 for no limit. With a limit
    /// HTTP/1.1 is used (``usesHTTP1``).
    public var limitRate = 0
    /// The same for each transfer.
    public var limitRateEach = 0
    /// The value of `User-Agent`; empty for none.
    public var userAgent = "fetchall"
    /// A proxy URL; nil for the environment's, empty for none.
    public var proxy: String?
    /// Whether connections to loopback, private, link-local, multicast and other addresses that are not on the public
    /// Internet are refused as ``FetchError/Kind/blockedAddress``. The address that a socket is about to connect to
    /// decides, whatever name resolved to it. A ``proxy`` may have any address; behind it, only hosts whose names
    /// reveal it can be refused: literal addresses and `localhost`.
    public var blocksPrivateAddresses = false
    /// Whether the same is true for link-local addresses and those of cloud metadata only, which links on foreign pages
    /// must not reach from inside a cloud.
    public var blocksLinkLocalAddresses = false
    /// Whether certificates are verified.
    public var verifiesTLS = true
    /// A file of certificates that are trusted instead of the system's.
    public var caFile: String?
    /// A directory of certificates that are trusted too, named by their hashes (`openssl rehash`).
    public var caDirectory: String?
    /// A client certificate (PEM).
    public var certificateFile: String?
    /// Its private key, if it is in another file.
    public var keyFile: String?
    /// `HOST:PORT:ADDRESS` entries that take precedence over DNS.
    public var resolve: [String] = []
    /// The IP versions to resolve.
    public var ipVersion: IPVersion = .any
    /// The HTTP version to request.
    public var httpVersion: HTTPVersion = .any
    /// Whether compressed responses are requested and decoded.
    public var acceptsCompression = true
    /// A file of initial cookies (Netscape format); an empty string enables cookies without any.
    public var cookieFile: String?
    /// The file that the cookies are written to at the end.
    public var cookieJar: String?
    /// What few runs change about connections; nil for nothing.
    package var details: ConnectionDetails?
    /// What is different for connections to certain hosts; nil for nothing.
    package var hosts: HostRoutes?
    /// The names, in small letters, of fields that are secret because of where they come from, whatever they are called.
    package var secretFields: Set<String> = []
    /// Receives what transfers do; nil for none, which costs nothing.
    package var trace: (any TraceReceiver)?

    /// The defaults.
    public init() {}

    /// The size in bytes of one transfer's receive buffer. Before 8.7.0 (<https://github.com/curl/curl/pull/12805>)
    /// libcurl allocates it for each transfer, so that in a long run all of it is used somewhere, however small the
    /// responses are: 4 MiB together, with at least 16 and at most 256 KiB each; beyond 1,280 concurrent transfers 20
    /// MiB together, with at least 2 KiB each. With a limit of bandwidth it is what comes in a 64th of a second, with at
    /// least the 1 KiB that libcurl demands: bytes are taken as a whole buffer.
    package var receiveBufferSize: Int {
        let concurrency = max(concurrency, 1)
        let share = min(max((4 << 20) / concurrency, 16 << 10), (20 << 20) / concurrency)
        let size = min(max(share, 2 << 10), 256 << 10)
        guard let limit = [limitRate, limitRateEach].filter({ $0 > 0 }).min() else { return size }
        return min(size, max(1 << 10, limit / 64))
    }

    /// Whether connecting to an address is forbidden.
    package func blocks(_ address: IPAddress) -> Bool {
        blocksPrivateAddresses ? !address.isPublic : blocksLinkLocalAddresses && address.isLinkLocal
    }

    /// Whether addresses are checked before connecting.
    package var checksAddresses: Bool { blocksPrivateAddresses || blocksLinkLocalAddresses }

    /// Why no request may be sent to the host of a URL, as far as its name reveals it; names in DNS are judged by the
    /// address that they resolve to.
    @inline(__always)
    package func hostFailure(of url: FetchURL) -> FetchError? {
        // libcurl before 8.4.0 writes a longer name behind the buffer for a SOCKS5 proxy (CVE-2023-38545), and no resolver
        // knows one. Nearly all URLs as a whole are shorter.
        if url.href.utf8.count > 255, url.host.utf8.count > 255 {
            return FetchError(
                .nameNotResolved, "the host name is longer than 255 bytes", curlCode: .couldNotResolveHost)
        }
        if let failure = details?.urls.failure(of: url) { return failure }
        if blocksPrivateAddresses { return url.privateHostFailure }
        guard blocksLinkLocalAddresses, url.isLinkLocal else { return nil }
        return FetchError(.blockedAddress, "\(url.host) is a link-local address", curlCode: .couldNotConnect)
    }

    /// Whether requests to the origin of a URL can be streams of one connection: HTTP/2, if the server offers it.
    @inline(__always)
    package func mayShareConnections(to url: FetchURL) -> Bool { url.scheme == .https && !usesHTTP1 }

    /// Whether HTTP/2 is not used. A limit of bandwidth pauses transfers, and in libcurl 7.88.1 a stream whose end arrives
    /// during a pause may never end: what makes it look again (`cselect_bits`) belongs to the connection, and another
    /// stream may take it.
    package var usesHTTP1: Bool { httpVersion == .http1 || limitRate > 0 || limitRateEach > 0 }

    /// Whether libcurl's cookie engine is enabled.
    public var usesCookies: Bool { cookieFile != nil || cookieJar != nil }
}
