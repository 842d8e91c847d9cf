import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// Details of proxies: other kinds, and how they are asked.
struct ProxyDetails: ParsableArguments, DetailTable {
    @Option(
        name: .customLong("socks4"), help: ArgumentHelp("The same as -x socks4://HOST:PORT.", valueName: "host:port"))
    var socks4: String?

    @Option(
        name: .customLong("socks4a"), help: ArgumentHelp("The same as -x socks4a://HOST:PORT.", valueName: "host:port"))
    var socks4a: String?

    @Option(
        name: .customLong("socks5"), help: ArgumentHelp("The same as -x socks5://HOST:PORT.", valueName: "host:port"))
    var socks5: String?

    @Option(
        name: .customLong("socks5-hostname"),
        help: ArgumentHelp("The same as -x socks5h://HOST:PORT: the proxy looks names up.", valueName: "host:port"))
    var socks5Hostname: String?

    @Option(
        name: .customLong("proxy1.0"),
        help: ArgumentHelp("Use this proxy with HTTP/1.0 tunnels.", valueName: "host:port"))
    var proxy10: String?

    @Option(
        help: ArgumentHelp("Reach the proxy of -x through this SOCKS proxy.", valueName: "socks5://host:port"))
    var preproxy: String?

    @Flag(name: [.customShort("p"), .long], help: "Tunnel through the proxy (CONNECT) for http URLs too.")
    var proxytunnel = false

    @Flag(help: "Show no headers of a proxy's answer to CONNECT. (default)")
    var suppressConnectHeaders = false

    @Flag(help: "Authenticate with Basic at the proxy. (default)")
    var proxyBasic = false

    @Flag(help: "Authenticate with Digest at the proxy.")
    var proxyDigest = false

    @Flag(help: "Authenticate with Negotiate (SPNEGO) at the proxy.")
    var proxyNegotiate = false

    @Flag(help: "Authenticate at the proxy with the strongest method that it offers.")
    var proxyAnyauth = false

    @Option(
        name: [.customLong("proxy-service-name"), .customLong("socks5-gssapi-service")],
        help: ArgumentHelp("Name of the proxy's service for Negotiate and GSS-API.", valueName: "name"))
    var proxyServiceName: String?

    @Flag(name: .customLong("socks5-basic"), help: "Authenticate with user and password at a SOCKS5 proxy.")
    var socks5Basic = false

    @Flag(name: .customLong("socks5-gssapi"), help: "Authenticate with GSS-API at a SOCKS5 proxy.")
    var socks5GSSAPI = false

    @Flag(name: .customLong("socks5-gssapi-nec"), help: "Do not protect GSS-API's negotiation, for servers of NEC.")
    var socks5NEC = false

    @Flag(help: "Begin each connection with HAProxy's PROXY line (version 1).")
    var haproxyProtocol = false

    /// The options that name a proxy: each one's scheme, and its value.
    private var proxies: [(option: String, scheme: String, value: String?)] {
        [
            ("--socks4", "socks4", socks4), ("--socks4a", "socks4a", socks4a), ("--socks5", "socks5", socks5),
            ("--socks5-hostname", "socks5h", socks5Hostname), ("--proxy1.0", "http", proxy10),
        ]
    }

    /// The URL of the proxy that an option of this group names; nil for none.
    var proxy: String? {
        // libcurl takes the type of a proxy without a scheme from an option of its own.
        if let proxy10 { return proxy10 }
        return proxies.lazy.compactMap { entry in entry.value.map { "\(entry.scheme)://\($0)" } }.first
    }

    var rows: [DetailRow] {
        let socks = (socks5Basic ? 1 : 0) | (socks5GSSAPI ? 4 : 0)
        return [
            DetailRow("--proxytunnel", proxytunnel, .proxyTunnel),
            // The values of CURLAUTH: any is all but Digest as Internet Explorer had it.
            DetailRow("--proxy-basic", proxyBasic, .proxyAuthentication, number: 1),
            DetailRow("--proxy-digest", proxyDigest, .proxyAuthentication, number: 2),
            DetailRow("--proxy-negotiate", proxyNegotiate, .proxyAuthentication, number: 4),
            DetailRow("--proxy-anyauth", proxyAnyauth, .proxyAuthentication, number: ~16),
            DetailRow("--proxy-service-name", .proxyServiceName, proxyServiceName),
            DetailRow("--socks5-basic", socks5Basic, .socksAuthentication, number: socks),
            DetailRow("--socks5-gssapi", socks5GSSAPI, .socksAuthentication, number: socks),
            DetailRow("--socks5-gssapi-nec", socks5NEC, .socksNEC),
            DetailRow("--haproxy-protocol", haproxyProtocol, .proxyProtocol),
        ]
    }

    func validate() throws {
        try checkRows()
        let given = proxies.filter { $0.value != nil }
        if given.count > 1 {
            throw ValidationError(
                "\(given[0].option) and \(given[1].option) cannot be used together: one proxy is used")
        }
        for (option, _, value) in given where value?.isEmpty != false || value?.contains(text: "://") == true {
            throw ValidationError("\(option): write HOST or HOST:PORT")
        }
        let ways = [
            ("--proxy-basic", proxyBasic), ("--proxy-digest", proxyDigest), ("--proxy-negotiate", proxyNegotiate),
            ("--proxy-anyauth", proxyAnyauth),
        ].filter(\.1)
        if ways.count > 1 { throw ValidationError("\(ways[0].0) and \(ways[1].0) cannot be used together") }
        guard let preproxy else { return }
        let schemes = ["socks4", "socks4a", "socks5", "socks5h"]
        guard let end = preproxy.range(ofText: "://"), end.upperBound < preproxy.endIndex,
            schemes.contains(preproxy[..<end.lowerBound].lowercased())
        else { throw ValidationError("--preproxy: write SCHEME://HOST:PORT (\(schemes.joined(separator: ", ")))") }
    }

    /// Refuses what contradicts `-x`.
    func check(_ connection: ConnectionOptions) throws {
        if let given = proxies.first(where: { $0.value != nil }), connection.proxy != nil {
            throw ValidationError("\(given.option) and -x cannot be used together: one proxy is used")
        }
        if preproxy != nil, connection.proxy?.isEmpty != false { throw ValidationError("--preproxy needs -x") }
    }

    /// Applies the options to the details of connections.
    func apply(to connection: inout ConnectionDetails) {
        connection.transport += details
        if proxy10 != nil { connection.transport.append(TransportDetail(.proxyType, .number(1))) }
        if let preproxy { connection.transport.append(TransportDetail(.preProxy, .text(preproxy))) }
    }

    /// The options for a command of curl that name proxies, unless a URL may contain a secret.
    var curlRoute: (arguments: [String], secrets: [CurlCommand.SecretOption]) {
        var arguments: [String] = []
        var secrets: [CurlCommand.SecretOption] = []
        for (option, value, variable) in [
            ("--proxy1.0", proxy10, "FETCHALL_PROXY"), ("--preproxy", preproxy, "FETCHALL_PREPROXY"),
        ] {
            guard let value else { continue }
            if value.utf8.contains(UInt8(ascii: "@")) {
                secrets.append((option, "", variable, "the proxy of \(option)"))
            } else {
                arguments += [option, value]
            }
        }
        return (arguments, secrets)
    }
}
