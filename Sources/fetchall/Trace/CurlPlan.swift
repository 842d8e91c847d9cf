import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport

/// What the options mean for the commands of `--curl`.
struct CurlPlan {
    private let options: RunOptions
    private let output: OutputOptions

    init(_ options: RunOptions, _ output: OutputOptions) {
        self.options = options
        self.output = output
    }

    /// The writer of the commands. Limits are in them where they are not the default.
    func command(_ console: Console) throws -> CurlCommand {
        let (network, scheduler) = try options.plan(.fetch, output) { console.environment($0) }
        var arguments: [String] = []
        let connection = options.connection
        if connection.insecure { arguments.append("-k") }
        for (option, file) in [
            ("--cacert", connection.cacert), ("--cert", connection.cert), ("--key", connection.key),
            ("-b", network.cookieFile ?? network.cookieJar), ("--cookie-jar", network.cookieJar),
        ] {
            if let file { arguments += [option, file] }
        }
        arguments += connection.tls.curlArguments(isPKCS12: network.details?.certificateIsPKCS12 == true)
        arguments += connection.route.curlArguments + options.curlDetails
        for entry in connection.resolve { arguments += ["--resolve", entry] }
        if connection.ipv4 { arguments.append("-4") }
        if connection.ipv6 { arguments.append("-6") }
        if connection.http1 { arguments.append("--http1.1") }
        if network.connectTimeout != NetworkOptions().connectTimeout {
            arguments += ["--connect-timeout", Self.seconds(network.connectTimeout)]
        }
        if let maxTime = scheduler.maxTime, maxTime != SchedulerOptions().maxTime {
            arguments += ["-m", Self.seconds(maxTime)]
        }
        if options.habits.fail { arguments.append("-f") }
        if options.pace.limitRateEach > 0 { arguments += ["--limit-rate", "\(options.pace.limitRateEach)"] }
        if options.pace.limitRate > 0 { arguments += ["--limit-rate", "\(options.pace.limitRate)"] }
        if let size = options.request.maxFilesize { arguments += ["--max-filesize", "\(size)"] }
        switch output.answers?.part {
        case .both: arguments.append("-i")
        case .headers: arguments += ["-D", "-", "-o", "/dev/null"]
        case .body, nil: break
        }
        if let file = output.answers?.dumpHeader { arguments += ["-D", file] }
        var secrets = options.curlDetailSecrets
        if connection.tls.pass != nil {
            secrets.append(("--pass", "", "FETCHALL_PASS", "the password of the key"))
        }
        if connection.route.proxyUser != nil {
            secrets.append(("-U", "", "FETCHALL_PROXY_USER", "user:password of the proxy"))
        }
        for (index, text) in connection.route.proxyHeader.enumerated() {
            let (name, value) = try RequestOptions.field(text, "--proxy-header")
            if value != nil, SecretName.occurs(in: name) {
                secrets.append(
                    ("--proxy-header", "\(name): ", "FETCHALL_PROXY_HEADER_\(index + 1)", "\(name) for the proxy"))
            } else {
                arguments += ["--proxy-header", text]
            }
        }
        var command = CurlCommand(
            arguments: arguments, proxy: options.curlProxy, secrets: secrets,
            maxRedirects: scheduler.redirects.maxRedirects,
            answersChallenges: options.authentication.scheme.needsChallenge, secretFields: network.secretFields
        ) { network.ownLines(besides: $0) }
        command.routes = network.hosts
        command.limits = scheduler.hosts
        return command
    }

    /// Seconds with three decimals, as curl reads them.
    static func seconds(_ time: Duration) -> String {
        let milliseconds = max(1, time.milliseconds)
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return "\(milliseconds / 1000).\(fraction)"
    }
}
