/// How connections to certain hosts differ from those of the rest of a run. Pure.
package struct HostRoutes: Sendable {
    /// A client certificate, in a file with its key.
    package struct Certificate: Sendable, Hashable {
        /// The path of the file.
        package let file: String
        /// Whether it is PKCS #12 instead of PEM.
        package let isPKCS12: Bool

        package init(file: String, isPKCS12: Bool) {
            self.file = file
            self.isPKCS12 = isPKCS12
        }
    }

    /// The URLs of proxies; empty for none.
    package var proxies = HostMap<String>()
    /// The client certificates. A server gets one when it asks for it.
    package var certificates = HostMap<Certificate>()
    /// The hosts that the user excepted from all proxies; nil for none. Those of the environment do not count: that names no
    /// host of this run.
    private let exceptions: ProxyChoice?

    /// No routes.
    ///
    /// - Parameter noProxy: The hosts and domains without a proxy, separated by commas; nil if none are named.
    package init(noProxy: String? = nil) {
        exceptions = noProxy.map { ProxyChoice(proxy: "", noProxy: $0) { _ in nil } }
    }

    /// Whether there are none.
    package var isEmpty: Bool { proxies.isEmpty && certificates.isEmpty }

    /// The proxy of a URL, in place of that of the run: empty for none, nil for the run's.
    package func proxy(for url: FetchURL) -> String? {
        guard !proxies.isEmpty, let proxy = proxies.value(for: url) else { return nil }
        return exceptions?.isException(url.host) == true ? "" : proxy
    }

    /// The client certificate of a URL, in place of that of the run; nil for the run's.
    package func certificate(for url: FetchURL) -> Certificate? {
        certificates.isEmpty ? nil : certificates.value(for: url)
    }
}
