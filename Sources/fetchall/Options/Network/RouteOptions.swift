import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// The options for the way of a connection: proxies, and what is reached in place of a URL's host.
struct RouteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Do not use a proxy for these hosts and domains, separated by commas; * for all. (default: no_proxy)",
            valueName: "list"))
    var noproxy: String?

    @Option(
        name: [.customShort("U"), .long], parsing: .unconditional,
        help: ArgumentHelp("Use these credentials for the proxy.", valueName: "user:password"))
    var proxyUser: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Send this header to the proxy only.", valueName: "name: value"))
    var proxyHeader: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Connect to the second host and port in place of the first; what is left empty is any, or the same.",
            valueName: "host:port:host:port"))
    var connectTo: [String] = []

    @Option(help: ArgumentHelp("Connect to this Unix socket, whatever the host is.", valueName: "path"))
    var unixSocket: String?

    @Option(help: ArgumentHelp("Connect from this interface or local address.", valueName: "name"))
    var interface: String?

    /// The options that decide where connections go, as the user writes them.
    private var routes: [String] {
        (connectTo.isEmpty ? [] : ["--connect-to"]) + (unixSocket == nil ? [] : ["--unix-socket"])
            + (interface == nil ? [] : ["--interface"])
    }

    func validate() throws {
        for entry in connectTo where !Self.isRoute(entry) {
            throw ValidationError(
                "--connect-to: '\(TerminalText.escaped(entry))' is not valid; write HOST:PORT:HOST:PORT")
        }
        if let unixSocket, unixSocket.isEmpty || unixSocket.utf8.count > 107 {
            throw ValidationError("--unix-socket needs a path of at most 107 bytes")
        }
        if interface?.isEmpty == true { throw ValidationError("--interface needs a name or an address") }
        if let proxyUser, !proxyUser.contains(":") {
            throw ValidationError("-U: write --proxy-user USER:PASSWORD (USER: for an empty password)")
        }
        for text in proxyHeader { _ = try RequestOptions.field(text, "--proxy-header") }
    }

    /// Refuses a way around the check of addresses.
    func check(blocksPrivate: Bool) throws {
        guard blocksPrivate, let route = routes.first else { return }
        throw ValidationError(
            "\(route) and --no-private cannot be used together: the check of addresses would not hold")
    }

    /// Whether an entry has four parts; colons in brackets belong to an address.
    private static func isRoute(_ text: String) -> Bool {
        var isInBrackets = false
        var colons: [String.Index] = []
        for index in text.indices {
            switch text[index] {
            case "[": isInBrackets = true
            case "]": isInBrackets = false
            case ":" where !isInBrackets: colons.append(index)
            default: break
            }
        }
        guard !isInBrackets, colons.count == 3 else { return false }
        let ports = [text[text.index(after: colons[0])..<colons[1]], text[text.index(after: colons[2])...]]
        return ports.allSatisfy { $0.isEmpty || UInt16($0).map { $0 > 0 } ?? false }
    }

    /// Applies the options to the details of connections.
    func apply(to details: inout ConnectionDetails) {
        details.noProxy = noproxy
        details.proxyUser = proxyUser.map(ByteText.bytes)
        details.proxyFields = proxyHeader.map(ByteText.bytes)
        details.connectTo = connectTo
        details.unixSocket = unixSocket
        details.interface = interface
    }

    /// The options for a command of curl, without secrets.
    var curlArguments: [String] {
        var arguments: [String] = []
        for (option, value) in [("--noproxy", noproxy), ("--unix-socket", unixSocket), ("--interface", interface)] {
            if let value { arguments += [option, value] }
        }
        for entry in connectTo { arguments += ["--connect-to", entry] }
        return arguments
    }
}
