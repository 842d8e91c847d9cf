import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// The options for connections.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: [.customShort("x"), .long],
        help: ArgumentHelp(
            "Connect through this proxy; \"\" uses none. (default: http_proxy, https_proxy, all_proxy)",
            valueName: "url"))
    var proxy: String?

    @Flag(name: [.customShort("k"), .long], help: "Do not verify certificates.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "Trust the certificates in this file (PEM). (default: CURL_CA_BUNDLE, SSL_CERT_DIR and SSL_CERT_FILE, else the system's)",
            valueName: "file"))
    var cacert: String?

    @Option(
        name: [.customShort("E"), .long],
        help: ArgumentHelp("Present this client certificate (PEM, or PKCS #12 with its key).", valueName: "file"))
    var cert: String?

    @Option(help: ArgumentHelp("Use this private key with --cert (PEM).", valueName: "file"))
    var key: String?

    @OptionGroup var tls: TLSOptions
    @OptionGroup var route: RouteOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Connect to this address instead of looking the host up.", valueName: "host:port:addr"))
    var resolve: [String] = []

    @Flag(help: "Refuse to connect to addresses that are not public: loopback, private, link-local, …")
    var noPrivate = false

    @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "Connect over IPv4 only.")
    var ipv4 = false

    @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "Connect over IPv6 only.")
    var ipv6 = false

    @Flag(name: .customLong("http1.1"), help: "Use HTTP/1.1 only.")
    var http1 = false

    @Flag(name: .customLong("http2"), help: "Use HTTP/2 over TLS where the server supports it. (default)")
    var http2 = false

    @Flag(inversion: .prefixedNo, help: "Request compressed responses.")
    var compressed = true

    func validate() throws {
        if ipv4, ipv6 { throw ValidationError("-4 and -6 cannot be used together") }
        if http1, http2 { throw ValidationError("--http1.1 and --http2 cannot be used together") }
        if let problem = proxy.flatMap(Self.proxyProblem) { throw ValidationError("-x: \(problem)") }
        try route.check(blocksPrivate: noPrivate)
        for entry in resolve where entry.split(separator: ":", maxSplits: 2).count < 3 {
            throw ValidationError("--resolve: '\(entry)' is not valid; write HOST:PORT:ADDRESS")
        }
        for file in [cacert, cert, key] {
            guard let file else { continue }
            do {
                _ = try WholeFile.read(file)
            } catch {
                throw ValidationError(error.message)
            }
        }
    }

    /// What is wrong with the URL of a proxy; nil if nothing is.
    static func proxyProblem(_ proxy: String) -> String? {
        if let end = proxy.range(ofText: "://")?.lowerBound {
            let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
            guard schemes.contains(proxy[..<end].lowercased()) else {
                let allowed = schemes.joined(separator: ", ")
                return "'\(proxy[..<end])' is not a supported proxy scheme (\(allowed))"
            }
        }
        guard let colon = proxy.lastIndex(of: ":"), !proxy[colon...].contains("]"), !proxy[colon...].contains("@")
        else { return nil }
        let port = proxy[proxy.index(after: colon)...].prefix { $0 != "/" }
        guard port.utf8.allSatisfy(\.isASCIIDigit), !port.isEmpty, UInt16(port) == nil else { return nil }
        return "\(port) is not a port (1 to 65535)"
    }

    /// Whom to trust: `--cacert`, else the environment in curl's order. As in curl, `CURL_CA_BUNDLE` leaves out the other
    /// two, which may both be set, and none is read with `-k` (https://curl.se/docs/sslcerts.html).
    private func trust(_ network: inout NetworkOptions, _ environment: (String) -> String?) {
        network.caFile = cacert
        network.caDirectory = tls.capath
        guard cacert == nil, tls.capath == nil, !insecure else { return }
        network.caFile = environment("CURL_CA_BUNDLE")
        guard network.caFile == nil else { return }
        network.caDirectory = environment("SSL_CERT_DIR")
        network.caFile = environment("SSL_CERT_FILE")
    }

    /// Applies the options to those of a run.
    ///
    /// - Parameter environment: Reads an environment variable.
    func apply(to network: inout NetworkOptions, environment: (String) -> String?) {
        network.proxy = proxy
        // Upper-case HTTP_PROXY is ignored on purpose: a CGI server sets it from a request header (httpoxy).
        let variables = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        if proxy == nil, !variables.contains(where: { environment($0) != nil }) { network.proxy = "" }
        network.blocksPrivateAddresses = noPrivate
        network.verifiesTLS = !insecure
        trust(&network, environment)
        network.certificateFile = cert
        network.keyFile = key
        network.resolve = resolve
        network.ipVersion = ipv4 ? .v4 : ipv6 ? .v6 : .any
        network.httpVersion = http1 ? .http1 : .any
        network.acceptsCompression = compressed
        var details = ConnectionDetails()
        tls.apply(to: &details, certificate: cert)
        route.apply(to: &details)
        network.details = details == ConnectionDetails() ? nil : details
    }
}
