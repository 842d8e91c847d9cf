import ArgumentParser
import FetchCore

/// How connections are made.
struct ConnectionOptions: ParsableArguments {
    @Option(name: [.customShort("x"), .long], help: ArgumentHelp("The proxy; \"\" for none.", valueName: "url"))
    var proxy: String?

    @Flag(name: [.customShort("k"), .long], help: "Do not check certificates.")
    var insecure = false

    @Option(help: ArgumentHelp("Certificates to trust.", valueName: "file"))
    var cacert: String?

    @Option(help: ArgumentHelp("Client certificate (PEM).", valueName: "file"))
    var cert: String?

    @Option(help: ArgumentHelp("Its private key.", valueName: "file"))
    var key: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Use an address instead of DNS.", valueName: "host:port:addr"))
    var resolve: [String] = []

    @Flag(help: "Refuse addresses that are not public: loopback, private, link-local, …")
    var noPrivate = false

    @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "IPv4 only.")
    var ipv4 = false

    @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "IPv6 only.")
    var ipv6 = false

    @Flag(name: .customLong("http1.1"), help: "HTTP/1.1 only.")
    var http1 = false

    @Flag(name: .customLong("http2"), help: "HTTP/2 over TLS where the server has it. (default)")
    var http2 = false

    @Flag(inversion: .prefixedNo, help: "Ask for compressed answers.")
    var compressed = true

    func validate() throws {
        if ipv4, ipv6 { throw ValidationError("-4 and -6 exclude each other") }
        if http1, http2 { throw ValidationError("--http1.1 and --http2 exclude each other") }
        if let proxy, let end = proxy.firstRange(of: "://")?.lowerBound {
            let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
            guard schemes.contains(proxy[..<end].lowercased()) else {
                let allowed = schemes.joined(separator: ", ")
                throw ValidationError("-x: a proxy is one of \(allowed), not '\(proxy[..<end])'")
            }
        }
        for entry in resolve where entry.split(separator: ":", maxSplits: 2).count < 3 {
            throw ValidationError("--resolve: write HOST:PORT:ADDRESS, not '\(entry)'")
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

    /// Writes what was asked for into the options of a run.
    ///
    /// - Parameter environment: Reads an environment variable.
    func apply(to network: inout NetworkOptions, environment: (String) -> String?) {
        network.proxy = proxy
        // Upper-case HTTP_PROXY is left out on purpose: a CGI server sets it from a header (httpoxy).
        let variables = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        if proxy == nil, !variables.contains(where: { environment($0) != nil }) { network.proxy = "" }
        network.blocksPrivateAddresses = noPrivate
        network.verifiesTLS = !insecure
        network.caFile = cacert
        network.certificateFile = cert
        network.keyFile = key
        network.resolve = resolve
        network.ipVersion = ipv4 ? .v4 : ipv6 ? .v6 : .any
        network.httpVersion = http1 ? .http1 : .any
        network.acceptsCompression = compressed
    }
}
