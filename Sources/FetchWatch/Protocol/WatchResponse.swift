/// The answers of the live page's server as bytes (RFC 9112). Each ends its connection.
package enum WatchResponse {
    /// An answer with content of a known length.
    ///
    /// - Parameters:
    ///   - type: The media type of the content.
    ///   - hasBody: Whether the content follows; not for HEAD.
    ///   - fields: Further lines of the head.
    package static func content(
        _ body: [UInt8], type: String, hasBody: Bool, fields: [String] = []
    ) -> [UInt8] {
        head(200, ["Content-Type: \(type)", "Content-Length: \(body.count)"] + fields) + (hasBody ? body : [])
    }

    /// The head of a stream of events, which ends with the connection.
    package static var events: [UInt8] { head(200, ["Content-Type: text/event-stream"]) }

    /// A refusal. Its content is the reason, which says nothing about the run.
    package static func refusal(_ status: Int, hasBody: Bool = true) -> [UInt8] {
        let body = Array("\(reason(status))\n".utf8)
        let fields = ["Content-Type: text/plain; charset=utf-8", "Content-Length: \(body.count)"]
        return head(status, fields + (status == 405 ? ["Allow: GET, HEAD"] : [])) + (hasBody ? body : [])
    }

    /// The head with what all answers have: nothing is kept by a cache, embedded elsewhere, or taken for another type. There
    /// is no field for CORS, so that a page of another origin reads nothing.
    private static func head(_ status: Int, _ fields: [String]) -> [UInt8] {
        let common = [
            "Connection: close", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
            "Content-Security-Policy: \(WatchPage.policy)",
        ]
        let lines = ["HTTP/1.1 \(status) \(reason(status))"] + fields + common
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 431: "Request Header Fields Too Large"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}
