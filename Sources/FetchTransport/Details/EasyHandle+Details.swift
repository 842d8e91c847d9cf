import FetchHTTP
import FetchSystem
import CCurl

/// What few runs change about connections.
extension EasyHandle {
    /// Sets it once for all requests of the handle.
    ///
    /// - Returns: The lists that must live as long as the handle.
    func configure(_ details: ConnectionDetails) -> [StringList] {
        if let version = Self.sslVersion(details) { ccurl_set_long(pointer, CURLOPT_SSLVERSION, version) }
        if details.certificateIsPKCS12 { ccurl_set_string(pointer, CURLOPT_SSLCERTTYPE, "P12") }
        set(CURLOPT_KEYPASSWD, details.keyPassword)
        set(CURLOPT_CRLFILE, details.revocationFile)
        set(CURLOPT_PINNEDPUBLICKEY, details.pinnedPublicKey)
        // An empty proxy is none already, and a proxy that was selected for each URL must not be left out again.
        if options.proxy != "", !options.blocksPrivateAddresses { set(CURLOPT_NOPROXY, details.noProxy) }
        if let user = details.proxyUser { setProxyUser(user) }
        set(CURLOPT_UNIX_SOCKET_PATH, details.unixSocket)
        set(CURLOPT_INTERFACE, details.interface)
        var lists: [StringList] = []
        if !details.connectTo.isEmpty {
            let list = StringList(details.connectTo)
            ccurl_set_pointer(pointer, CURLOPT_CONNECT_TO, list.head)
            lists.append(list)
        }
        if !details.proxyFields.isEmpty {
            let list = StringList(lines: details.proxyFields)
            ccurl_set_pointer(pointer, CURLOPT_PROXYHEADER, list.head)
            // So that a proxy gets no field of the origin in CONNECT, nor the origin one of the proxy.
            ccurl_set_long(pointer, CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
            lists.append(list)
        }
        for detail in details.transport { _ = detail.apply(to: pointer) }
        return lists
    }

    /// libcurl decodes `%XX` in both parts.
    func setProxyUser(_ user: [UInt8]) {
        let encoded = user.flatMap { $0 == UInt8(ascii: "%") ? Array("%25".utf8) : [$0] }
        let text = encoded.map { CChar(bitPattern: $0) } + [0]
        _ = ccurl_set_string(pointer, CURLOPT_PROXYUSERPWD, text)
    }

    private func set(_ option: CURLoption, _ value: String?) {
        guard let value else { return }
        ByteText.withCString(value) { _ = ccurl_set_string(pointer, option, $0) }
    }

    /// The value of CURLOPT_SSLVERSION; nil for the default.
    private static func sslVersion(_ details: ConnectionDetails) -> Int? {
        guard details.minimumTLS != nil || details.maximumTLS != nil else { return nil }
        let minimum =
            switch details.minimumTLS {
            case nil: CURL_SSLVERSION_DEFAULT
            case .v10: CURL_SSLVERSION_TLSv1_0
            case .v11: CURL_SSLVERSION_TLSv1_1
            case .v12: CURL_SSLVERSION_TLSv1_2
            case .v13: CURL_SSLVERSION_TLSv1_3
            }
        let maximum =
            switch details.maximumTLS {
            case nil: CURL_SSLVERSION_MAX_NONE
            case .v10: CURL_SSLVERSION_MAX_TLSv1_0
            case .v11: CURL_SSLVERSION_MAX_TLSv1_1
            case .v12: CURL_SSLVERSION_MAX_TLSv1_2
            case .v13: CURL_SSLVERSION_MAX_TLSv1_3
            }
        return Int(minimum) | Int(maximum)
    }
}
