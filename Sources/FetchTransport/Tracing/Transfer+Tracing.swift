import FetchHTTP
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where libcurl writes what the function of a transfer does not get; nil if it cannot be opened.
// A stream has a lock of its own, and it is never closed.
nonisolated(unsafe) private let traceSink = fopen("/dev/null", "we")

/// Records what libcurl says about a transfer, if there is a receiver; without one no callback is set.
extension Transfer {
    /// Sets the callback.
    func setTracing() {
        guard easy.options.trace != nil, let sink = traceSink else { return }
        let address = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_debug_function(
            easy.pointer,
            { _, kind, bytes, size, transfer in
                if let bytes { Transfer.from(transfer)?.said(kind, UnsafeRawBufferPointer(start: bytes, count: size)) }
                return 0
            }, address, sink)
    }

    /// Records what libcurl said. Encrypted bytes are left out.
    private func said(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case CURLINFO_TEXT: trace(.text(Array(bytes)))
        case CURLINFO_HEADER_OUT:
            trace(.note(connectionText))
            trace(.requestHead(Array(bytes)))
        case CURLINFO_HEADER_IN: trace(.responseLine(Array(bytes)))
        case CURLINFO_DATA_OUT:
            if easy.options.trace?.wantsBodies == true { trace(.requestBody(Array(bytes))) }
        default: break
        }
    }

    /// Records bytes of the body of the response.
    func traceBody(_ bytes: UnsafeRawBufferPointer) {
        if easy.options.trace?.wantsBodies == true { trace(.responseBody(Array(bytes))) }
    }

    /// Passes on what was recorded. It is called outside libcurl.
    func endTrace() {
        guard easy.options.trace != nil else { return }
        trace(.end)
        agent.passTrace()
    }

    private func trace(_ content: TraceEvent.Content) {
        agent.traced.append(TraceEvent(input: limits.tracedInput, transfer: traceNumber, content))
    }

    /// The address that a request goes to.
    private var connectionText: String {
        guard let address = ccurl_get_string(easy.pointer, CURLINFO_PRIMARY_IP) else { return "connected" }
        let text = String(cString: address)
        let port = ccurl_get_long(easy.pointer, CURLINFO_PRIMARY_PORT)
        let isNew = ccurl_get_long(easy.pointer, CURLINFO_NUM_CONNECTS) > 0
        let host = text.utf8.contains(UInt8(ascii: ":")) ? "[\(text)]" : text
        return "connection to \(host):\(port), \(isNew ? "new" : "reused")"
    }

    /// A number that no other transfer has while this one exists.
    private var traceNumber: Int { Int(bitPattern: ObjectIdentifier(self)) }
}
