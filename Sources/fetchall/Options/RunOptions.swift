import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchArgumentParser

/// The options of all commands that send requests.
struct RunOptions: ParsableArguments {
    @OptionGroup(title: "Concurrency and time") var concurrency: ConcurrencyOptions
    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Retry and success") var retry: RetryOptions
    @OptionGroup(title: "Request") var request: RequestOptions
    @OptionGroup(title: "Credentials") var credentials: CredentialOptions
    @OptionGroup(title: "Habits of curl") var habits: RequestHabits
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Cache") var cache: CacheOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Configuration") var config: ConfigOptions
    @OptionGroup(title: "Authentication") var authentication: AuthenticationOptions
    @OptionGroup(title: "Details of TLS") var tlsDetails: TLSDetails
    @OptionGroup(title: "Details of proxies") var proxyDetails: ProxyDetails
    @OptionGroup(title: "Details of TLS with proxies") var proxyTLS: ProxyTLSDetails
    @OptionGroup(title: "Details of connections") var sockets: SocketOptions
    @OptionGroup(title: "Details of requests") var requestDetails: RequestDetails

    func validate() throws {
        if habits.location, request.noLocation {
            throw ValidationError("-L and --no-location cannot be used together")
        }
        if credentials.bearer != nil, request.user != nil {
            throw ValidationError("-u and --bearer cannot be used together")
        }
        try checkDetails()
        guard connection.http2, pace.limitRate > 0 || pace.limitRateEach > 0 else { return }
        throw ValidationError(
            "--http2 and --limit-rate cannot be used together: libcurl may lose the end of a stream that waits")
    }

    /// The options of the library.
    ///
    /// - Parameters:
    ///   - command: The command; a crawl has other defaults.
    ///   - output: Says whether bodies are saved, which changes the limits of time.
    ///   - environment: Reads an environment variable.
    func plan(
        _ command: OptionRules.Command, _ output: OutputOptions, environment: (String) -> String?
    ) throws -> (NetworkOptions, SchedulerOptions) {
        var network = NetworkOptions()
        var scheduler = SchedulerOptions()
        concurrency.apply(
            to: &network, &scheduler,
            savesBodies: output.savesBodies || output.answers?.printsBodies == true || request.bodies.sendsFiles,
            followsLinks: command == .crawl || command == .check)
        pace.apply(to: &network, &scheduler)
        request.apply(to: &network, &scheduler)
        connection.apply(to: &network, environment: environment)
        if output.saving.fetchesSegments { network.httpVersion = .http1 }
        scheduler.retry = try retry.policy()
        scheduler.accept = try habits.accepted(retry.accept)
        applyDetails(to: &network, &scheduler)
        network.secretFields = try credentials.ruleNames().union(config.hosts.flatMap(\.secretNames))
        if !config.hosts.isEmpty {
            try config.apply(to: &network, &scheduler, for: command, accepted: habits.accepted)
        }
        return (network, scheduler)
    }

    /// The method, headers and body of plain URLs.
    ///
    /// - Parameter console: Asks for a password that is left out; nil to ask for none, where nothing is sent.
    func defaults(asking console: Console?) throws -> RequestDefaults {
        var headers = try request.fields { try credentials.authorization(request.user, console) }
        try habits.apply(to: &headers)
        return try request.defaults(headers: headers)
    }
}
