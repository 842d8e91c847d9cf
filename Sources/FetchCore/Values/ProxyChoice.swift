/// Which proxy a request goes through, as libcurl would choose it. Needed where the choice must be known beforehand: with
/// private addresses blocked, a proxy that the user names may have one, and nothing else may.
struct ProxyChoice: Sendable {
    private let proxies: [FetchURL.Scheme: String]
    private let exceptions: [String]

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - proxy: What the user named; empty for none, nil for what the environment says.
    ///   - environment: Reads an environment variable.
    init(proxy: String?, environment: (String) -> String?) {
        let all = environment("all_proxy") ?? environment("ALL_PROXY") ?? ""
        // Upper-case HTTP_PROXY is left out on purpose: a CGI server sets it from a header (httpoxy).
        proxies = [
            .http: proxy ?? environment("http_proxy") ?? all,
            .https: proxy ?? environment("https_proxy") ?? environment("HTTPS_PROXY") ?? all,
        ]
        exceptions = (environment("no_proxy") ?? environment("NO_PROXY") ?? "")
            .split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// The proxy for a URL; empty for none.
    func proxy(for url: FetchURL) -> String {
        isException(url.host) ? "" : proxies[url.scheme] ?? ""
    }

    /// Whether `no_proxy` names the host: itself, a domain it is in, or all with `*`.
    private func isException(_ host: String) -> Bool {
        let host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return exceptions.contains { entry in
            let name = entry.hasPrefix(".") ? String(entry.dropFirst()) : entry
            return entry == "*" || host == name || !name.isEmpty && host.hasSuffix("." + name)
        }
    }
}
