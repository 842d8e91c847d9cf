import FetchHTTP
import CCurl

/// The meaning of libcurl's codes: the only mapping to the kinds of ``FetchError``.
extension CurlCode {
    init(_ code: CURLcode) { self.init(rawValue: Int32(code.rawValue)) }

    /// libcurl's text for the code.
    var text: String {
        guard let text = ccurl_easy_strerror(CURLcode(UInt32(rawValue))) else { return "error \(rawValue)" }
        return String(cString: text)
    }

    /// The kind of failure. ``timeoutKind(total:isConnected:connectTimeout:maxTime:)`` distinguishes timeouts.
    var kind: FetchError.Kind {
        switch CURLcode(UInt32(rawValue)) {
        case CURLE_UNSUPPORTED_PROTOCOL: .blockedScheme
        case CURLE_URL_MALFORMAT: .invalidURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameNotResolved
        case CURLE_COULDNT_CONNECT: .connectionRefused
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_USE_SSL_FAILED:
            .tlsFailed
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR: .connectionReset
        case CURLE_GOT_NOTHING: .emptyReply
        case CURLE_PARTIAL_FILE: .truncated
        case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_HTTP3, CURLE_PROXY: .protocolError
        case CURLE_BAD_CONTENT_ENCODING: .undecodable
        case CURLE_FILESIZE_EXCEEDED: .tooLarge
        case CURLE_TOO_MANY_REDIRECTS: .tooManyRedirects
        case CURLE_HTTP_RETURNED_ERROR: .httpStatus
        case CURLE_ABORTED_BY_CALLBACK: .cancelled
        default: .io
        }
    }

    /// The limit that was exceeded when libcurl reports "operation timed out": the time to connect, the time of the
    /// transfer, or the minimum speed. libcurl counts in milliseconds, hence the tolerance.
    static func timeoutKind(
        total: Duration, isConnected: Bool, connectTimeout: Duration, maxTime: Duration?
    ) -> FetchError.Kind {
        let total = total + .milliseconds(5)
        if let maxTime, total >= maxTime { return .timedOut }
        return !isConnected && total >= connectTimeout ? .connectTimedOut : .tooSlow
    }
}
