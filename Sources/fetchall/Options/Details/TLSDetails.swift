import FetchHTTP
import FetchArgumentParser

/// Details of TLS that few servers need.
struct TLSDetails: ParsableArguments, DetailTable {
    @Option(
        help: ArgumentHelp("Offer these ciphers up to TLS 1.2, in OpenSSL's names, with colons.", valueName: "list"))
    var ciphers: String?

    @Option(
        name: .customLong("tls13-ciphers"),
        help: ArgumentHelp("Offer these ciphers of TLS 1.3, with colons.", valueName: "list"))
    var tls13Ciphers: String?

    @Option(help: ArgumentHelp("Offer these curves and groups for the key exchange, with colons.", valueName: "list"))
    var curves: String?

    @Option(
        help: ArgumentHelp("Format of --cert: PEM, DER or P12. (default: as the file looks)", valueName: "type"),
        completion: .list(["PEM", "DER", "P12"]))
    var certType: String?

    @Option(
        help: ArgumentHelp("Format of --key: PEM or DER. (default: PEM)", valueName: "type"),
        completion: .list(["PEM", "DER"]))
    var keyType: String?

    @Flag(
        name: [.customShort("1"), .customLong("tlsv1"), .customLong("tlsv1.0")],
        help: "Use TLS 1.0 or newer; OpenSSL also wants --ciphers DEFAULT@SECLEVEL=0 for 1.0 and 1.1.")
    var tls10 = false

    @Flag(name: .customLong("tlsv1.1"), help: "Use TLS 1.1 or newer.")
    var tls11 = false

    @Flag(help: "Do not offer protocols (ALPN), so that HTTP/1.1 is used.")
    var noAlpn = false

    @Flag(name: .customLong("no-sessionid"), help: "Do not resume sessions of TLS.")
    var noSessionID = false

    @Flag(help: "Accept only servers that prove that their certificate is not revoked (OCSP stapling).")
    var certStatus = false

    @Flag(help: "Leave out the protection against BEAST, for old servers with TLS 1.0.")
    var sslAllowBeast = false

    @Option(
        help: ArgumentHelp("Kind of TLS with a user and a password: SRP. (default: SRP)", valueName: "type"),
        completion: .list(["SRP"]))
    var tlsauthtype: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The user of TLS-SRP.", valueName: "name"))
    var tlsuser: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The password of --tlsuser.", valueName: "password"))
    var tlspassword: String?

    var rows: [DetailRow] {
        [
            DetailRow("--ciphers", .ciphers, ciphers), DetailRow("--tls13-ciphers", .tls13Ciphers, tls13Ciphers),
            DetailRow("--curves", .curves, curves),
            DetailRow("--cert-type", .certificateType, certType, .words(["PEM", "DER", "P12"])),
            DetailRow("--key-type", .keyType, keyType, .words(["PEM", "DER"])),
            DetailRow("--no-alpn", noAlpn, .usesALPN, number: 0),
            DetailRow("--no-sessionid", noSessionID, .reusesSessions, number: 0),
            DetailRow("--cert-status", certStatus, .wantsStapledStatus),
            DetailRow("--ssl-allow-beast", sslAllowBeast, .tlsOptions),
            DetailRow("--tlsuser", .srpUser, tlsuser), DetailRow("--tlspassword", .srpPassword, tlspassword, .secret),
            DetailRow("--tlsauthtype", .srpType, tlsauthtype ?? (tlsuser == nil ? nil : "SRP"), .words(["SRP"])),
        ]
    }

    /// The lowest version that an option of this group names; nil for none.
    private var minimum: ConnectionDetails.TLSVersion? { tls11 ? .v11 : tls10 ? .v10 : nil }

    func validate() throws {
        try checkRows()
        if (tlsuser == nil) != (tlspassword == nil) {
            throw ValidationError("--tlsuser and --tlspassword need each other")
        }
        if tlsauthtype != nil, tlsuser == nil { throw ValidationError("--tlsauthtype needs --tlsuser") }
    }

    /// Refuses what contradicts other options.
    func check(_ connection: ConnectionOptions) throws {
        if certType != nil, connection.cert == nil { throw ValidationError("--cert-type needs --cert") }
        if keyType != nil, connection.key == nil { throw ValidationError("--key-type needs --key") }
        if noAlpn, connection.http2 { throw ValidationError("--no-alpn and --http2 cannot be used together") }
        guard let minimum, let maximum = connection.tls.tlsMax.flatMap({ ConnectionDetails.TLSVersion(rawValue: $0) }),
            maximum < minimum
        else { return }
        throw ValidationError("--tlsv\(minimum.rawValue) and --tls-max \(maximum.rawValue) leave no version of TLS")
    }

    /// Applies the options to the details of connections. The highest of several minimum versions counts.
    func apply(to connection: inout ConnectionDetails) {
        if connection.minimumTLS == nil { connection.minimumTLS = minimum }
        if certType != nil { connection.certificateIsPKCS12 = false }
        connection.transport += details
    }

    /// The options for a command of curl, without secrets.
    var curlArguments: [String] {
        var arguments = rows.filter { !$0.details.isEmpty && $0.kind != .secret }.flatMap { row in
            [row.name] + (row.text.map { [$0] } ?? [])
        }
        if let minimum { arguments.append("--tlsv\(minimum.rawValue)") }
        return arguments
    }
}
