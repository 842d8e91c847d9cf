import FetchHTTP
import FetchSystem
import CCurl

/// What is set on a handle for a host, in place of what is set for the run.
struct AppliedRoute {
    /// The proxy; nil for the run's.
    var proxy: String?
    /// The client certificate; nil for the run's.
    var certificate: HostRoutes.Certificate?
}

/// Connections to hosts that have their own proxy or client certificate. libcurl compares both before it reuses a connection.
extension EasyHandle {
    /// Sets what a host has of its own, and takes back what an earlier one had.
    ///
    /// - Returns: The host's own proxy; nil if it has none of its own.
    func setRoute(of url: FetchURL, _ routes: HostRoutes) -> String? {
        let proxy = routes.proxy(for: url)
        if proxy != route.proxy {
            if let proxy { setProxy(proxy) } else { restoreProxy() }
            route.proxy = proxy
        }
        let certificate = routes.certificate(for: url)
        if certificate != route.certificate {
            if let certificate { setCertificate(certificate) } else { restoreCertificate() }
            route.certificate = certificate
        }
        return proxy
    }

    /// Sets the proxy of a host. What the run's proxy gets, among it credentials, is not for this one.
    private func setProxy(_ proxy: String) {
        set(CURLOPT_PROXY, proxy)
        // Otherwise the exceptions of the environment would be before the host's own.
        set(CURLOPT_NOPROXY, "")
        guard let details = options.details else { return }
        if details.proxyUser != nil { ccurl_set_pointer(pointer, CURLOPT_PROXYUSERPWD, nil) }
        if !details.proxyFields.isEmpty { ccurl_set_pointer(pointer, CURLOPT_PROXYHEADER, nil) }
        for detail in details.transport where detail.option.isForOneProxy {
            ccurl_set_pointer(pointer, detail.option.curl, nil)
        }
    }

    private func restoreProxy() {
        // Where it is selected for each URL, it is set for each.
        if !selectsProxy {
            set(CURLOPT_PROXY, options.proxy)
            set(CURLOPT_NOPROXY, options.proxy == "" ? "*" : options.details?.noProxy)
        }
        guard let details = options.details else { return }
        if let user = details.proxyUser { setProxyUser(user) }
        // The list of these fields is the last one.
        if !details.proxyFields.isEmpty { ccurl_set_pointer(pointer, CURLOPT_PROXYHEADER, self.details.last?.head) }
        for detail in details.transport where detail.option.isForOneProxy { _ = detail.apply(to: pointer) }
    }

    private func setCertificate(_ certificate: HostRoutes.Certificate) {
        set(CURLOPT_SSLCERT, certificate.file)
        set(CURLOPT_SSLCERTTYPE, certificate.isPKCS12 ? "P12" : "PEM")
        // The key is in the same file.
        set(CURLOPT_SSLKEY, nil)
        set(CURLOPT_SSLKEYTYPE, nil)
        // Without a password OpenSSL would ask on the terminal, and the loop would wait.
        set(CURLOPT_KEYPASSWD, "")
    }

    private func restoreCertificate() {
        set(CURLOPT_SSLCERT, options.certificateFile)
        set(CURLOPT_SSLCERTTYPE, options.details?.certificateIsPKCS12 == true ? "P12" : nil)
        set(CURLOPT_SSLKEY, options.keyFile)
        set(CURLOPT_KEYPASSWD, options.details?.keyPassword)
        for detail in options.details?.transport ?? [] where [.certificateType, .keyType].contains(detail.option) {
            _ = detail.apply(to: pointer)
        }
    }

    /// Sets an option, or its default.
    private func set(_ option: CURLoption, _ value: String?) {
        guard let value else {
            ccurl_set_pointer(pointer, option, nil)
            return
        }
        ByteText.withCString(value) { _ = ccurl_set_string(pointer, option, $0) }
    }
}

extension TransportDetail.Option {
    /// Whether it is for the proxy that the run names, and not for any other: the way to it, its credentials and its key. All
    /// of them are texts.
    fileprivate var isForOneProxy: Bool {
        switch self {
        case .preProxy, .proxyCertificate, .proxyCertificateType, .proxyKey, .proxyKeyType, .proxyKeyPassword,
            .proxyPinnedPublicKey, .proxySRPUser, .proxySRPPassword:
            true
        default: false
        }
    }
}
