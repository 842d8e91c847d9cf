import FetchHTTP
import CCurl

extension TransportDetail {
    /// Sets the option of a handle.
    ///
    /// - Returns: Whether this libcurl has the option.
    func apply(to easy: UnsafeMutableRawPointer) -> Bool {
        switch value {
        case .number(let number): ccurl_set_long(easy, option.curl, number) == CURLE_OK
        case .text(let text): text.withCString { ccurl_set_string(easy, option.curl, $0) } == CURLE_OK
        }
    }
}

extension TransportDetail.Option {
    /// libcurl's option.
    var curl: CURLoption {
        switch self {
        case .ciphers: CURLOPT_SSL_CIPHER_LIST
        case .tls13Ciphers: CURLOPT_TLS13_CIPHERS
        case .curves: CURLOPT_SSL_EC_CURVES
        case .certificateType: CURLOPT_SSLCERTTYPE
        case .keyType: CURLOPT_SSLKEYTYPE
        case .usesALPN: CURLOPT_SSL_ENABLE_ALPN
        case .reusesSessions: CURLOPT_SSL_SESSIONID_CACHE
        case .wantsStapledStatus: CURLOPT_SSL_VERIFYSTATUS
        case .tlsOptions: CURLOPT_SSL_OPTIONS
        case .srpType: CURLOPT_TLSAUTH_TYPE
        case .srpUser: CURLOPT_TLSAUTH_USERNAME
        case .srpPassword: CURLOPT_TLSAUTH_PASSWORD
        case .proxyCAFile: CURLOPT_PROXY_CAINFO
        case .proxyCADirectory: CURLOPT_PROXY_CAPATH
        case .proxyCertificate: CURLOPT_PROXY_SSLCERT
        case .proxyCertificateType: CURLOPT_PROXY_SSLCERTTYPE
        case .proxyKey: CURLOPT_PROXY_SSLKEY
        case .proxyKeyType: CURLOPT_PROXY_SSLKEYTYPE
        case .proxyKeyPassword: CURLOPT_PROXY_KEYPASSWD
        case .proxyCiphers: CURLOPT_PROXY_SSL_CIPHER_LIST
        case .proxyTLS13Ciphers: CURLOPT_PROXY_TLS13_CIPHERS
        case .proxyRevocationFile: CURLOPT_PROXY_CRLFILE
        case .proxyVerifiesPeer: CURLOPT_PROXY_SSL_VERIFYPEER
        case .proxyVerifiesHost: CURLOPT_PROXY_SSL_VERIFYHOST
        case .proxyPinnedPublicKey: CURLOPT_PROXY_PINNEDPUBLICKEY
        case .proxyTLSVersion: CURLOPT_PROXY_SSLVERSION
        case .proxyTLSOptions: CURLOPT_PROXY_SSL_OPTIONS
        case .proxySRPUser: CURLOPT_PROXY_TLSAUTH_USERNAME
        case .proxySRPPassword: CURLOPT_PROXY_TLSAUTH_PASSWORD
        case .proxyAuthentication: CURLOPT_PROXYAUTH
        case .proxyServiceName: CURLOPT_PROXY_SERVICE_NAME
        case .proxyType: CURLOPT_PROXYTYPE
        case .proxyTunnel: CURLOPT_HTTPPROXYTUNNEL
        case .preProxy: CURLOPT_PRE_PROXY
        case .socksAuthentication: CURLOPT_SOCKS5_AUTH
        case .socksNEC: CURLOPT_SOCKS5_GSSAPI_NEC
        case .proxyProtocol: CURLOPT_HAPROXYPROTOCOL
        case .abstractSocket: CURLOPT_ABSTRACT_UNIX_SOCKET
        case .localPort: CURLOPT_LOCALPORT
        case .localPortRange: CURLOPT_LOCALPORTRANGE
        case .keepAlive: CURLOPT_TCP_KEEPALIVE
        case .keepAliveIdle: CURLOPT_TCP_KEEPIDLE
        case .keepAliveInterval: CURLOPT_TCP_KEEPINTVL
        case .fastOpen: CURLOPT_TCP_FASTOPEN
        case .happyEyeballs: CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS
        case .lookupURL: CURLOPT_DOH_URL
        case .lookupVerifiesPeer: CURLOPT_DOH_SSL_VERIFYPEER
        case .lookupVerifiesHost: CURLOPT_DOH_SSL_VERIFYHOST
        case .lookupWantsStapledStatus: CURLOPT_DOH_SSL_VERIFYSTATUS
        case .continueTimeout: CURLOPT_EXPECT_100_TIMEOUT_MS
        case .transferEncoding: CURLOPT_TRANSFER_ENCODING
        case .requestTarget: CURLOPT_REQUEST_TARGET
        case .delegation: CURLOPT_GSSAPI_DELEGATION
        case .serviceName: CURLOPT_SERVICE_NAME
        }
    }
}

extension ConnectionDetails {
    /// Why this libcurl, or the TLS library below it, cannot do what is asked for; nil if it can.
    func refusal() -> FetchError? {
        guard !transport.isEmpty, let easy = ccurl_easy_init() else { return nil }
        defer { ccurl_easy_cleanup(easy) }
        guard let detail = transport.first(where: { !$0.apply(to: easy) }) else { return nil }
        return FetchError(.io, "\(CurlLibrary.version) does not accept the option \(detail.option.rawValue)")
    }
}
