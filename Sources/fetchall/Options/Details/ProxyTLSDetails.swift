import FetchHTTP
import FetchArgumentParser

/// TLS with a proxy whose URL begins with `https`. These options mean what those without `proxy-` mean for servers.
struct ProxyTLSDetails: ParsableArguments, DetailTable {
    @Option(help: ArgumentHelp("Trust the certificates in this file (PEM) for the proxy.", valueName: "file"))
    var proxyCacert: String?

    @Option(help: ArgumentHelp("Trust the certificates in this directory for the proxy.", valueName: "dir"))
    var proxyCapath: String?

    @Option(help: ArgumentHelp("Present this client certificate to the proxy.", valueName: "file"))
    var proxyCert: String?

    @Option(
        help: ArgumentHelp("Format of --proxy-cert: PEM, DER or P12. (default: PEM)", valueName: "type"),
        completion: .list(["PEM", "DER", "P12"]))
    var proxyCertType: String?

    @Option(help: ArgumentHelp("Use this private key with --proxy-cert.", valueName: "file"))
    var proxyKey: String?

    @Option(
        help: ArgumentHelp("Format of --proxy-key: PEM or DER. (default: PEM)", valueName: "type"),
        completion: .list(["PEM", "DER"]))
    var proxyKeyType: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Use this password for the key of --proxy-cert.", valueName: "password"))
    var proxyPass: String?

    @Option(help: ArgumentHelp("Offer the proxy these ciphers up to TLS 1.2.", valueName: "list"))
    var proxyCiphers: String?

    @Option(
        name: .customLong("proxy-tls13-ciphers"),
        help: ArgumentHelp("Offer the proxy these ciphers of TLS 1.3.", valueName: "list"))
    var proxyTLS13Ciphers: String?

    @Option(
        help: ArgumentHelp("Refuse the proxy's certificate if this list of revoked ones has it.", valueName: "file"))
    var proxyCrlfile: String?

    @Flag(help: "Do not verify the proxy's certificate.")
    var proxyInsecure = false

    @Option(help: ArgumentHelp("Accept only a proxy with this public key.", valueName: "file|digest"))
    var proxyPinnedpubkey: String?

    @Flag(name: .customLong("proxy-tlsv1"), help: "Use TLS 1.0 or newer with the proxy.")
    var proxyTLS10 = false

    @Flag(help: "Leave out the protection against BEAST with the proxy.")
    var proxySslAllowBeast = false

    @Option(
        help: ArgumentHelp("Kind of TLS with a user and a password for the proxy: SRP.", valueName: "type"),
        completion: .list(["SRP"]))
    var proxyTlsauthtype: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The user of TLS-SRP for the proxy.", valueName: "name"))
    var proxyTlsuser: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The password of --proxy-tlsuser.", valueName: "password"))
    var proxyTlspassword: String?

    var rows: [DetailRow] {
        let pin = proxyPinnedpubkey?.hasPrefix("sha256//") == true ? DetailRow.Kind.text : .file
        return [
            DetailRow("--proxy-cacert", .proxyCAFile, proxyCacert, .file),
            DetailRow("--proxy-capath", .proxyCADirectory, proxyCapath, .directory),
            DetailRow("--proxy-cert", .proxyCertificate, proxyCert, .file),
            DetailRow("--proxy-cert-type", .proxyCertificateType, proxyCertType, .words(["PEM", "DER", "P12"])),
            DetailRow("--proxy-key", .proxyKey, proxyKey, .file),
            DetailRow("--proxy-key-type", .proxyKeyType, proxyKeyType, .words(["PEM", "DER"])),
            DetailRow("--proxy-pass", .proxyKeyPassword, proxyPass, .secret),
            DetailRow("--proxy-ciphers", .proxyCiphers, proxyCiphers),
            DetailRow("--proxy-tls13-ciphers", .proxyTLS13Ciphers, proxyTLS13Ciphers),
            DetailRow("--proxy-crlfile", .proxyRevocationFile, proxyCrlfile, .file),
            DetailRow("--proxy-insecure", proxyInsecure, .proxyVerifiesPeer, .proxyVerifiesHost, number: 0),
            DetailRow("--proxy-pinnedpubkey", .proxyPinnedPublicKey, proxyPinnedpubkey, pin),
            // CURL_SSLVERSION_TLSv1_0; the same numbers as for servers.
            DetailRow("--proxy-tlsv1", proxyTLS10, .proxyTLSVersion, number: 4),
            DetailRow("--proxy-ssl-allow-beast", proxySslAllowBeast, .proxyTLSOptions),
            DetailRow("--proxy-tlsuser", .proxySRPUser, proxyTlsuser),
            DetailRow("--proxy-tlspassword", .proxySRPPassword, proxyTlspassword, .secret),
        ]
    }

    func validate() throws {
        try checkRows()
        // The only type, which libcurl 7.88.1 does not let anyone name for a proxy.
        if let proxyTlsauthtype { try DetailRow("--proxy-tlsauthtype", text: proxyTlsauthtype, words: ["SRP"]).check() }
        for (one, other, isAlone) in [
            ("--proxy-cert-type", "--proxy-cert", proxyCertType != nil && proxyCert == nil),
            ("--proxy-key-type", "--proxy-key", proxyKeyType != nil && proxyKey == nil),
            ("--proxy-tlsauthtype", "--proxy-tlsuser", proxyTlsauthtype != nil && proxyTlsuser == nil),
            ("--proxy-tlsuser", "--proxy-tlspassword", proxyTlsuser != nil && proxyTlspassword == nil),
            ("--proxy-tlspassword", "--proxy-tlsuser", proxyTlsuser == nil && proxyTlspassword != nil),
        ] where isAlone { throw ValidationError("\(one) needs \(other)") }
    }
}
