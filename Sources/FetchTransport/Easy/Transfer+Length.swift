import FetchHTTP

/// Ends a body at its Content-Length where libcurl does not.
extension Transfer {
    /// Whether the body ends at the Content-Length, but libcurl waits for the end of the connection, whatever has come
    /// until then: a length beyond 64 bits (7.88.1, still 8.22.0), or a Transfer-Encoding that is only `identity`, which
    /// is no coding any more (7.88.1; 8.22.0 if transfer codings are decoded).
    func countsBody() -> Bool {
        let status = status
        guard !isHead, status >= 200, status != 204, status != 304, let length = head.length else { return false }
        guard head.hasTransferCoding else { return length == .max }
        return ContentCoding.isIdentity(HeaderFields(lines: head.lines))
    }
}
