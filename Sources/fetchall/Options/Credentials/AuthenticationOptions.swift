import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// The options that say how users and passwords are sent.
struct AuthenticationOptions: ParsableArguments, DetailTable {
    /// The levels of `--delegation`, in the order of libcurl's numbers.
    private static let levels = ["none", "policy", "always"]

    @Flag(help: "Send users and passwords as Basic authentication. (default)")
    var basic = false

    @Flag(help: "Answer a server's challenge for Digest authentication; the password is not sent.")
    var digest = false

    @Flag(help: "Answer a server's challenge for Negotiate (SPNEGO, Kerberos); -u : takes the user who is logged in.")
    var negotiate = false

    @Flag(help: "Answer a server's challenge for NTLM, over HTTP/1.1.")
    var ntlm = false

    @Flag(help: "Ask first, and use the strongest authentication that the server offers.")
    var anyauth = false

    @Option(
        help: ArgumentHelp(
            "Pass the user's Kerberos ticket on: none, policy, always. (default: none)", valueName: "level"),
        completion: .list(levels))
    var delegation: String?

    @Option(help: ArgumentHelp("Name of the server's service for Negotiate. (default: HTTP)", valueName: "name"))
    var serviceName: String?

    /// The one that is chosen.
    var scheme: AuthenticationScheme { given.first?.scheme ?? .basic }

    private var given: [(option: String, scheme: AuthenticationScheme)] {
        let flags = [basic, digest, negotiate, ntlm, anyauth]
        return zip(AuthenticationScheme.allCases, flags).filter(\.1).map { ("--\($0.0.rawValue)", $0.0) }
    }

    var rows: [DetailRow] {
        let level = delegation.flatMap { Self.levels.firstIndex(of: $0.lowercased()) }
        return [
            DetailRow("--delegation", text: delegation, level.map { [(.delegation, $0)] } ?? []),
            DetailRow("--service-name", .serviceName, serviceName),
        ]
    }

    func validate() throws {
        try checkRows()
        if given.count > 1 {
            throw ValidationError("\(given[0].option) and \(given[1].option) cannot be used together; use --anyauth")
        }
        if let delegation, !Self.levels.contains(delegation.lowercased()) {
            throw ValidationError(
                "--delegation: '\(TerminalText.escaped(delegation))' is not one of \(Self.levels.joined(separator: ", "))"
            )
        }
        guard scheme != .negotiate, scheme != .any else { return }
        if let option = delegation != nil ? "--delegation" : serviceName != nil ? "--service-name" : nil {
            throw ValidationError("\(option) needs --negotiate or --anyauth")
        }
    }

    /// Applies the options to the details of connections.
    func apply(to connection: inout ConnectionDetails) {
        connection.transport += details
        connection.authentication = scheme
    }

    /// The options for a command of curl.
    var curlArguments: [String] {
        (scheme.needsChallenge ? ["--\(scheme.rawValue)"] : [])
            + rows.filter { !$0.details.isEmpty }.flatMap { [$0.name, $0.text ?? ""] }
    }
}
