/// An option of libcurl that is the same for all connections of a run, and its value.
package struct TransportDetail: Sendable, Hashable {
    /// An option of libcurl. FetchTransport knows its number.
    package enum Option: String, Sendable, Hashable, CaseIterable {
        // TLS with a server.
        case ciphers, tls13Ciphers, curves, certificateType, keyType, usesALPN, reusesSessions, wantsStapledStatus
        case tlsOptions, srpType, srpUser, srpPassword
        // TLS with a proxy.
        case proxyCAFile, proxyCADirectory, proxyCertificate, proxyCertificateType, proxyKey, proxyKeyType
        case proxyKeyPassword, proxyCiphers, proxyTLS13Ciphers, proxyRevocationFile, proxyVerifiesPeer
        case proxyVerifiesHost, proxyPinnedPublicKey, proxyTLSVersion, proxyTLSOptions, proxySRPUser, proxySRPPassword
        // Proxies.
        case proxyAuthentication, proxyServiceName, proxyType, proxyTunnel, preProxy, socksAuthentication, socksNEC
        case proxyProtocol
        // Connections.
        case abstractSocket, localPort, localPortRange, keepAlive, keepAliveIdle, keepAliveInterval, fastOpen
        case happyEyeballs, lookupURL, lookupVerifiesPeer, lookupVerifiesHost, lookupWantsStapledStatus
        // Requests.
        case continueTimeout, transferEncoding, requestTarget, delegation, serviceName
    }

    /// A value, as libcurl takes it.
    package enum Value: Sendable, Hashable {
        case text(String)
        case number(Int)
    }

    package let option: Option
    package let value: Value

    /// Makes a pair.
    package init(_ option: Option, _ value: Value) {
        self.option = option
        self.value = value
    }
}
