import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What libcurl says of a transfer, made into what happened.
extension Transfer {
    static let endInsideHead = FetchError(
        .truncated, "the connection was closed inside the headers", curlCode: .partialFile)

    /// What a code other than 0 means, seen with everything else that is known of the transfer.
    func error(_ code: CurlCode) -> FetchError {
        var kind = code.kind
        let text = easy.errorText
        switch CURLcode(UInt32(code.rawValue)) {
        case CURLE_OPERATION_TIMEDOUT:
            // libcurl notes the time when a request is about to go out, on a new connection or on a used one.
            let isConnected = ccurl_get_offset(easy.pointer, CURLINFO_PRETRANSFER_TIME_T) > 0
            kind = CurlCode.timeoutKind(
                total: timing.total, isConnected: isConnected, connectTimeout: easy.options.connectTimeout,
                maxTime: limits.maxTime)
        // Before 8.6.0 libcurl calls a field of more than 100 KB "Out of memory", later CURLE_TOO_LARGE (100):
        // https://github.com/curl/curl/pull/12269
        case CURLE_OUT_OF_MEMORY where !head.isComplete:
            return FetchError(.tooLarge, "a header field is too large", curlCode: code)
        // The URL was checked before: what libcurl calls an unsupported protocol is an answer that is not HTTP.
        case CURLE_UNSUPPORTED_PROTOCOL: kind = .protocolError
        case CURLE_COULDNT_CONNECT:
            if let blocked = sockets.blocked {
                let what = easy.options.blocksPrivateAddresses ? "not a public" : "a link-local"
                return FetchError(.blockedAddress, "\(blocked) is \(what) address", curlCode: code)
            }
            // It was accepted and reset before libcurl had looked.
            if systemError == Int(ECONNRESET) { kind = .connectionReset }
        case CURLE_GOT_NOTHING:
            if head.size > 0 {
                return FetchError(.protocolError, "only an interim response (1xx) was received", curlCode: code)
            }
            // libcurl counts an answer from its first whole line.
            if sockets.receivedBytes > 0, !isSecure { return Self.endInsideHead }
        case CURLE_RECV_ERROR where isChunkFailure(text): kind = .protocolError
        default: if kind == .io { kind = .protocolError }
        }
        return FetchError(kind, text.isEmpty ? code.text : text, curlCode: code)
    }

    /// Whether the transfer met nothing but connections that their server was done with, and goes on with another, once.
    func startsAgain(after code: CurlCode) -> Bool {
        guard head.size == 0, !sockets.startedAgain else { return false }
        switch CURLcode(UInt32(code.rawValue)) {
        // Kept connections that had been closed. libcurl takes another by itself, but before 8.17.0 it counts the times
        // over the whole life of a handle and gives up every sixth: https://github.com/curl/curl/issues/18926
        case CURLE_SEND_ERROR where easy.errorText.hasPrefix("Connection died, tried"): sockets.startedAgain = true
        // GOAWAY (RFC 9113 §6.8), of which libcurl tells neither the reason nor the last stream that was looked at. Since
        // 8.0.0 it looks at the stream itself (https://github.com/curl/curl/pull/10693); the reason is still open:
        // https://github.com/curl/curl/issues/5119
        case CURLE_HTTP2 where isIdempotent && easy.errorText.isEmpty: sockets.startedAgain = true
        default: return false
        }
        return true
    }

    /// libcurl has one code for a connection that broke and for a chunk that cannot be read. A broken connection has left
    /// the system's error number; only below TLS it has not, and there the text must tell.
    private func isChunkFailure(_ text: String) -> Bool {
        guard head.isComplete, head.hasCoding, systemError == 0 else { return false }
        return isSecure ? text.hasSuffix("chunked-encoding") : true
    }

    private var systemError: Int { ccurl_get_long(easy.pointer, CURLINFO_OS_ERRNO) }

    /// New connections that were made for it.
    var connects: Int { Int(ccurl_get_long(easy.pointer, CURLINFO_NUM_CONNECTS)) }

    /// Where the time went.
    var timing: Timing {
        func time(_ info: CURLINFO) -> Int64 { Int64(ccurl_get_offset(easy.pointer, info)) }
        var timing = Timing()
        timing.microseconds.nameLookup = time(CURLINFO_NAMELOOKUP_TIME_T)
        timing.microseconds.connect = time(CURLINFO_CONNECT_TIME_T)
        timing.microseconds.appConnect = time(CURLINFO_APPCONNECT_TIME_T)
        timing.microseconds.startTransfer = time(CURLINFO_STARTTRANSFER_TIME_T)
        timing.microseconds.total = time(CURLINFO_TOTAL_TIME_T)
        return timing
    }

    /// The version spoken, as `%{http_version}` writes it.
    var httpVersion: String {
        switch ccurl_get_long(easy.pointer, CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "1.0"
        case Int(CURL_HTTP_VERSION_1_1): "1.1"
        case Int(CURL_HTTP_VERSION_2_0): "2"
        case Int(CURL_HTTP_VERSION_3): "3"
        default: "0"
        }
    }
}
