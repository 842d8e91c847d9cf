import FetchHTTP
import FetchSystem
import FetchArgumentParser
import SystemPackage

/// The options for details of TLS.
struct TLSOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Use this password for the key of --cert.", valueName: "password"))
    var pass: String?

    @Option(
        help: ArgumentHelp(
            "Trust the certificates in this directory too, named by their hashes (openssl rehash).", valueName: "dir"))
    var capath: String?

    @Option(help: ArgumentHelp("Refuse the certificates that this list of revoked ones has (PEM).", valueName: "file"))
    var crlfile: String?

    @Option(
        help: ArgumentHelp(
            "Accept only servers with this public key: a file (PEM, DER), or sha256//DIGEST in Base64, several with ;.",
            valueName: "file|digest"))
    var pinnedpubkey: String?

    @Flag(name: .customLong("tlsv1.2"), help: "Use TLS 1.2 or newer.")
    var tls12 = false

    @Flag(name: .customLong("tlsv1.3"), help: "Use TLS 1.3 or newer.")
    var tls13 = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum version of TLS: 1.0, 1.1, 1.2, 1.3. (default: the newest)", valueName: "version"),
        completion: .list(ConnectionDetails.TLSVersion.allCases.map(\.rawValue)))
    var tlsMax: String?

    private var minimum: ConnectionDetails.TLSVersion? { tls13 ? .v13 : tls12 ? .v12 : nil }

    func validate() throws {
        if let tlsMax, tlsMax != "default" {
            guard let maximum = ConnectionDetails.TLSVersion(rawValue: tlsMax) else {
                throw ValidationError("--tls-max: '\(TerminalText.escaped(tlsMax))' is not one of 1.0, 1.1, 1.2, 1.3")
            }
            if let minimum, maximum < minimum {
                throw ValidationError("--tlsv\(minimum.rawValue) and --tls-max \(tlsMax) leave no version of TLS")
            }
        }
        if let crlfile { try Self.check(crlfile, "--crlfile") }
        if let capath, (try? Stat(capath))?.type != .directory {
            throw ValidationError("--capath: \(TerminalText.escaped(capath)) is not a directory")
        }
        guard let pinnedpubkey else { return }
        if !pinnedpubkey.hasPrefix("sha256//") { return try Self.check(pinnedpubkey, "--pinnedpubkey") }
        for part in pinnedpubkey.split(separator: ";", omittingEmptySubsequences: false) {
            let digest = part.dropFirst("sha256//".count)
            let isDigest = digest.utf8.count == 44 && digest.hasSuffix("=") && part.hasPrefix("sha256//")
            guard isDigest,
                digest.utf8.dropLast().allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2B || $0 == 0x2F })
            else { throw ValidationError("--pinnedpubkey: write sha256// and 44 characters of Base64") }
        }
    }

    private static func check(_ file: String, _ option: String) throws {
        do throws(InputFailure) {
            _ = try WholeFile.read(file)
        } catch {
            throw ValidationError("\(option): \(error.message)")
        }
    }

    /// Applies the options to the details of connections.
    ///
    /// - Parameter certificate: The file of the client certificate, if there is one.
    func apply(to details: inout ConnectionDetails, certificate: String?) {
        details.minimumTLS = minimum
        details.maximumTLS = tlsMax.flatMap { ConnectionDetails.TLSVersion(rawValue: $0) }
        details.keyPassword = pass
        details.revocationFile = crlfile
        details.pinnedPublicKey = pinnedpubkey
        guard let certificate, let bytes = try? WholeFile.read(certificate) else { return }
        details.certificateIsPKCS12 = Self.isPKCS12(bytes)
    }

    /// Whether a file is PKCS #12: a DER sequence that holds the key as well.
    static func isPKCS12(_ bytes: [UInt8]) -> Bool {
        bytes.first == 0x30 && bytes.range(ofBytes: Array("-----BEGIN".utf8)) == nil
    }

    /// The options for a command of curl, without the password.
    func curlArguments(isPKCS12: Bool) -> [String] {
        var arguments: [String] = []
        if tls12, !tls13 { arguments.append("--tlsv1.2") }
        if tls13 { arguments.append("--tlsv1.3") }
        if isPKCS12 { arguments += ["--cert-type", "P12"] }
        for (option, value) in [
            ("--tls-max", tlsMax), ("--capath", capath), ("--crlfile", crlfile), ("--pinnedpubkey", pinnedpubkey),
        ] {
            if let value { arguments += [option, value] }
        }
        return arguments
    }
}
