import FetchHTTP
import FetchScheduling
import FetchArgumentParser

/// The options that few runs need, all together.
extension RunOptions {
    /// Refuses what contradicts other options.
    func checkDetails() throws {
        try tlsDetails.check(connection)
        try proxyDetails.check(connection)
        try sockets.check(connection)
        if requestDetails.requestTarget != nil, cache.cache != nil {
            throw ValidationError(
                "--request-target and --cache cannot be used together: what is stored belongs to the URL")
        }
    }

    /// Applies the details, after the options for connections and retries.
    func applyDetails(to network: inout NetworkOptions, _ scheduler: inout SchedulerOptions) {
        var details = network.details ?? ConnectionDetails()
        tlsDetails.apply(to: &details)
        proxyDetails.apply(to: &details)
        details.transport += proxyTLS.details
        sockets.apply(to: &details)
        requestDetails.apply(to: &details, &scheduler)
        authentication.apply(to: &details)
        network.details = details == ConnectionDetails() ? nil : details
        if let proxy = proxyDetails.proxy { network.proxy = proxy }
        if tlsDetails.noAlpn || sockets.http10 || details.authentication == .ntlm { network.httpVersion = .http1 }
    }

    /// The details for a command of curl, without secrets.
    var curlDetails: [String] {
        tlsDetails.curlArguments + proxyDetails.curlArguments + proxyDetails.curlRoute.arguments
            + proxyTLS.curlArguments + sockets.curlArguments + requestDetails.curlArguments
            + authentication.curlArguments
    }

    /// The details for a command of curl whose values are secret.
    var curlDetailSecrets: [CurlCommand.SecretOption] {
        tlsDetails.curlSecrets + proxyDetails.curlRoute.secrets + proxyTLS.curlSecrets + sockets.curlSecrets
    }

    /// The proxy for a command of curl: that of `-x`, or of an option for a kind of SOCKS.
    var curlProxy: String? { connection.proxy ?? (proxyDetails.proxy10 == nil ? proxyDetails.proxy : nil) }
}
