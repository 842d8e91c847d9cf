import FetchHTTP
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Interprets libcurl's result of a transfer.
extension Transfer {
    static let endInsideHead = FetchError(
        .truncated, "the connection was closed inside the headers", curlCode: .partialFile)

    /// The meaning of a code other than 0, together with everything else that is known about the transfer.
    func error(_ code: CurlCode) -> FetchError {
        var kind = code.kind
        let text = easy.errorText
        if let number = shortage(code, text) { return LocalShortage.error(number, code) }
        switch CURLcode(UInt32(code.rawValue)) {
        case CURLE_OPERATION_TIMEDOUT:
            // libcurl records the time when a request is about to be sent, on a new connection or on a reused one.
            let isConnected = ccurl_get_offset(easy.pointer, CURLINFO_PRETRANSFER_TIME_T) > 0
            kind = CurlCode.timeoutKind(
                total: timing.total, isConnected: isConnected, connectTimeout: easy.options.connectTimeout,
                maxTime: limits.maxTime)
        // Before 8.6.0 libcurl calls a field of more than 100 KB "Out of memory", later CURLE_TOO_LARGE (100):
        // https://github.com/curl/curl/pull/12269
        case CURLE_OUT_OF_MEMORY where !head.isComplete:
            return FetchError(.tooLarge, "a header field is too large", curlCode: code)
        // The URL was checked before: what libcurl calls an unsupported protocol is a response that is not HTTP.
        case CURLE_UNSUPPORTED_PROTOCOL: kind = .protocolError
        case CURLE_COULDNT_CONNECT:
            if let blocked = sockets.blocked {
                let what = easy.options.blocksPrivateAddresses ? "not a public" : "a link-local"
                return FetchError(.blockedAddress, "\(blocked) is \(what) address", curlCode: code)
            }
            // The connection was accepted and reset before libcurl had checked it.
            if systemError == Int(ECONNRESET) { kind = .connectionReset }
        case CURLE_GOT_NOTHING:
            if head.size > 0 {
                return FetchError(.protocolError, "only an interim response (1xx) was received", curlCode: code)
            }
            // libcurl counts a response from its first complete line.
            if sockets.receivedBytes > 0, !isSecure { return Self.endInsideHead }
        case CURLE_RECV_ERROR where isChunkFailure(text): kind = .protocolError
        default: if kind == .io { kind = .protocolError }
        }
        return FetchError(kind, text.isEmpty ? code.text : text, curlCode: code)
    }

    /// The error number, or 0, of a failure that is this machine's and not the server's; nil for all others.
    private func shortage(_ code: CurlCode, _ text: String) -> Int32? {
        switch CURLcode(UInt32(code.rawValue)) {
        case CURLE_COULDNT_CONNECT where sockets.blocked == nil && sockets.shortage != 0: return sockets.shortage
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            // libcurl does not tell why the resolver failed: EAI_SYSTEM and errno stay inside (asyn-thread.c).
            if text.hasPrefix("getaddrinfo() thread failed to start") { return 0 }
            return LocalShortage.hasFewDescriptors() ? EMFILE : nil
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CRL_BADFILE:
            return LocalShortage.hasFewDescriptors() ? EMFILE : nil
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            let number = Int32(truncatingIfNeeded: systemError)
            return LocalShortage.isOne(number) ? number : nil
        default: return nil
        }
    }

    /// Whether the transfer only met connections that their server had closed, or on which bytes were left, and continues
    /// with another.
    func startsAgain(after code: CurlCode) -> Bool {
        guard mayStartAgain(after: code) else { return false }
        leaveConnection()
        _ = upload?.seek(to: 0)
        easy.clearError()
        return true
    }

    private func mayStartAgain(after code: CurlCode) -> Bool {
        // Nothing was sent. An unclean connection is closed by libcurl, so that this ends; one that is in use is not.
        if let refusal = sockets.refusal, code.rawValue == CURLE_ABORTED_BY_CALLBACK.rawValue {
            sockets.refusal = nil
            if refusal == .busy { easy.demandNewConnection() }
            return true
        }
        guard head.size == 0, !sockets.startedAgain else { return false }
        switch CURLcode(UInt32(code.rawValue)) {
        // Reused connections that had been closed. libcurl takes another one by itself, but before 8.17.0 it counts the
        // attempts over the whole life of a handle and gives up every sixth time:
        // https://github.com/curl/curl/issues/18926
        case CURLE_SEND_ERROR where easy.errorText.hasPrefix("Connection died, tried"): sockets.startedAgain = true
        // GOAWAY (RFC 9113 §6.8), for which libcurl reports neither the reason nor the last processed stream. Since
        // 8.0.0 it checks the stream itself (https://github.com/curl/curl/pull/10693); the reason is still open:
        // https://github.com/curl/curl/issues/5119
        case CURLE_HTTP2 where isIdempotent && easy.errorText.isEmpty: sockets.startedAgain = true
        default: return false
        }
        return true
    }

    /// libcurl has one code for a broken connection and for a chunk that is not valid. A broken connection has left the
    /// system's error number, except under TLS, where the text must decide.
    private func isChunkFailure(_ text: String) -> Bool {
        guard head.isComplete, head.hasCoding, systemError == 0 else { return false }
        return isSecure ? text.hasSuffix("chunked-encoding") : true
    }

    /// The system's error number of the transfer, or of an earlier one of the same handle (``CurlFaults``).
    var systemError: Int { ccurl_get_long(easy.pointer, CURLINFO_OS_ERRNO) }

    /// The number of new connections that were made for it.
    var connects: Int { Int(ccurl_get_long(easy.pointer, CURLINFO_NUM_CONNECTS)) }

    /// The times of the transfer.
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

    /// The HTTP version in the notation of `%{http_version}`.
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
