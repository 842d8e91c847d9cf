/// Selects the proxy of a request as libcurl would. It is needed where the choice must be known beforehand: if private
/// addresses are blocked, a proxy that the user named may have one, and no other host may.
package struct ProxyChoice: Sendable {
    private let proxies: [FetchURL.Scheme: String]
    private let exceptions: [String]

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - proxy: The proxy of the user; empty for none, nil for the environment's.
    ///   - noProxy: The hosts without a proxy; nil for those of the environment.
    ///   - environment: Reads an environment variable.
    package init(proxy: String?, noProxy: String? = nil, environment: (String) -> String?) {
        let all = environment("all_proxy") ?? environment("ALL_PROXY") ?? ""
        // Upper-case HTTP_PROXY is ignored on purpose: a CGI server sets it from a request header (httpoxy).
        proxies = [
            .http: proxy ?? environment("http_proxy") ?? all,
            .https: proxy ?? environment("https_proxy") ?? environment("HTTPS_PROXY") ?? all,
        ]
        exceptions = (noProxy ?? environment("no_proxy") ?? environment("NO_PROXY") ?? "")
            .split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// The proxy for a URL; empty for none.
    package func proxy(for url: FetchURL) -> String {
        isException(url.host) ? "" : proxies[url.scheme] ?? ""
    }

    /// Whether `no_proxy` contains the host: its name, a domain that contains it, or `*`.
    func isException(_ host: String) -> Bool {
        let host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return exceptions.contains { entry in
            let name = entry.hasPrefix(".") ? String(entry.dropFirst()) : entry
            return entry == "*" || host == name || !name.isEmpty && host.hasSuffix("." + name)
        }
    }
}
