import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// Details of connections: sockets, addresses, and waits.
struct SocketOptions: ParsableArguments, DetailTable {
    @Option(
        help: ArgumentHelp("Connect to this Unix socket of the abstract namespace (Linux).", valueName: "name"))
    var abstractUnixSocket: String?

    @Option(help: ArgumentHelp("Connect from this local port, or from one of a range.", valueName: "n|n-m"))
    var localPort: String?

    @Option(
        help: ArgumentHelp("Send keepalive probes on idle connections in this interval.", valueName: "time"),
        transform: OptionValue.duration)
    var keepaliveTime: Duration?

    @Option(
        help: ArgumentHelp("End a connection after this many probes without an answer.", valueName: "n"),
        transform: OptionValue.integer(1...127))
    var keepaliveCnt: Int?

    @Flag(help: "Send no keepalive probes. (default)")
    var noKeepalive = false

    @Flag(help: "Send data in the first packet of a connection (TCP Fast Open).")
    var tcpFastopen = false

    @Flag(help: "Use Multipath TCP where system and server can.")
    var mptcp = false

    @Option(
        help: ArgumentHelp(
            "Type of service of packets: 0 to 255, or a name such as CS1, AF11, EF.", valueName: "n|name"))
    var ipTos: String?

    @Option(
        help: ArgumentHelp("Priority of packets in a VLAN: 0 to 7.", valueName: "n"),
        transform: OptionValue.integer(0...7))
    var vlanPriority: Int?

    @Option(
        help: ArgumentHelp("Wait so long for IPv6 before IPv4 is tried too. (default: 200)", valueName: "ms"),
        transform: OptionValue.integer(1...600_000))
    var happyEyeballsTimeoutMs: Int?

    @Option(
        name: .customLong("expect100-timeout"),
        help: ArgumentHelp("Wait so long for permission to send a large body. (default: 1s)", valueName: "time"),
        transform: OptionValue.duration)
    var expect100Timeout: Duration?

    @Option(
        help: ArgumentHelp("Look names up at this server over HTTPS (RFC 8484).", valueName: "url"))
    var dohUrl: String?

    @Flag(help: "Do not verify the certificate of the server of --doh-url.")
    var dohInsecure = false

    @Flag(help: "Accept the server of --doh-url only with a proof that its certificate is not revoked.")
    var dohCertStatus = false

    @Flag(name: [.customShort("0"), .customLong("http1.0")], help: "Use HTTP/1.0.")
    var http10 = false

    @Flag(name: .customLong("tr-encoding"), help: "Request a compressed transfer coding (TE: gzip).")
    var transferEncoding = false

    @Flag(help: "Open a connection for each concurrent request over TLS; do not wait whether one can serve several.")
    var parallelImmediate = false

    /// The first local port, and the number of those that may be used.
    private var ports: (first: Int, count: Int)? {
        guard let localPort else { return nil }
        let ends = localPort.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0).map { Int($0) } }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first > 0, last >= first
        else { return nil }
        return (first, last - first + 1)
    }

    var rows: [DetailRow] {
        let seconds = keepaliveTime.map { max(1, $0.milliseconds / 1000) }
        let range = ports.map { $0.count > 1 ? "\($0.first)-\($0.first + $0.count - 1)" : "\($0.first)" }
        return [
            DetailRow("--abstract-unix-socket", .abstractSocket, abstractUnixSocket),
            DetailRow("--keepalive-time", [.keepAliveIdle, .keepAliveInterval], number: seconds),
            DetailRow("--tcp-fastopen", tcpFastopen, .fastOpen),
            DetailRow("--happy-eyeballs-timeout-ms", [.happyEyeballs], number: happyEyeballsTimeoutMs),
            DetailRow(
                "--doh-url", .lookupURL, dohUrl,
                dohUrl.flatMap { FetchURL($0) }?.hasCredentials == true ? .secret : .text),
            DetailRow("--doh-insecure", dohInsecure, .lookupVerifiesPeer, .lookupVerifiesHost, number: 0),
            DetailRow("--doh-cert-status", dohCertStatus, .lookupWantsStapledStatus),
            DetailRow("--tr-encoding", transferEncoding, .transferEncoding),
            DetailRow(
                "--local-port", text: range,
                ports.map { [(.localPort, $0.first), (.localPortRange, $0.count)] } ?? []),
            DetailRow(
                "--expect100-timeout", text: expect100Timeout.map { CurlPlan.seconds($0) },
                expect100Timeout.map { [(.continueTimeout, $0.milliseconds)] } ?? []),
        ]
    }

    func validate() throws {
        try checkRows()
        if localPort != nil, ports == nil {
            throw ValidationError("--local-port: write a port or a range: 40000, 40000-40999")
        }
        if let name = abstractUnixSocket, name.utf8.count > 107 {
            throw ValidationError("--abstract-unix-socket needs a name of at most 107 bytes")
        }
        if let dohUrl, FetchURL(dohUrl)?.scheme != .https {
            throw ValidationError("--doh-url: write an https:// URL")
        }
        if dohUrl == nil, let option = dohInsecure ? "--doh-insecure" : dohCertStatus ? "--doh-cert-status" : nil {
            throw ValidationError("\(option) needs --doh-url")
        }
        if let keepaliveTime, keepaliveTime < .seconds(1) || keepaliveTime > .seconds(32_767) {
            throw ValidationError("--keepalive-time must be between 1s and 32767s")
        }
        if noKeepalive,
            let other = keepaliveTime != nil ? "--keepalive-time" : keepaliveCnt != nil ? "--keepalive-cnt" : nil
        {
            throw ValidationError("--no-keepalive and \(other) cannot be used together")
        }
        if let ipTos, SocketDetails.typeOfService(ipTos) == nil {
            throw ValidationError(
                "--ip-tos: '\(TerminalText.escaped(ipTos))' is neither a number from 0 to 255 nor a name (CS0 to CS7, AF11 to AF43, EF, LE)"
            )
        }
    }

    /// Refuses what contradicts other options.
    func check(_ connection: ConnectionOptions) throws {
        if http10, connection.http1 || connection.http2 {
            throw ValidationError(
                "--http1.0 and \(connection.http1 ? "--http1.1" : "--http2") cannot be used together")
        }
        guard abstractUnixSocket != nil else { return }
        if connection.route.unixSocket != nil {
            throw ValidationError("--abstract-unix-socket and --unix-socket cannot be used together")
        }
        if connection.noPrivate {
            throw ValidationError(
                "--abstract-unix-socket and --no-private cannot be used together: the check of addresses would not hold"
            )
        }
    }

    /// Applies the options to the details of connections.
    func apply(to connection: inout ConnectionDetails) {
        connection.transport += details
        if keepaliveTime != nil || keepaliveCnt != nil {
            connection.transport.append(TransportDetail(.keepAlive, .number(1)))
        }
        connection.socket.keepAliveCount = keepaliveCnt
        connection.socket.usesMultipath = mptcp
        connection.socket.typeOfService = ipTos.flatMap { SocketDetails.typeOfService($0) }
        connection.socket.priority = vlanPriority
        connection.usesHTTP10 = http10
        connection.opensImmediately = parallelImmediate
    }

    /// The options for a command of curl.
    var curlArguments: [String] {
        var arguments = rows.filter { !$0.details.isEmpty && $0.kind != .secret }.flatMap { row in
            [row.name] + (row.text.map { [$0] } ?? [])
        }
        let numbers = [
            ("--keepalive-cnt", keepaliveCnt.map { "\($0)" }), ("--ip-tos", ipTos),
            ("--vlan-priority", vlanPriority.map { "\($0)" }),
        ]
        for (option, value) in numbers { if let value { arguments += [option, value] } }
        for (option, isGiven) in [("--mptcp", mptcp), ("--http1.0", http10)] where isGiven { arguments.append(option) }
        return arguments
    }
}
