/// What to send: one HTTP request, before any policy has looked at it.
public struct Request: Sendable, Hashable {
    /// Where to; credentials in it are used for its origin only and never written anywhere.
    public var url: FetchURL
    /// The method, in capitals.
    public var method: String
    /// Fields given by the user. They go to the origin of ``url`` and no other.
    public var headers: HeaderFields
    /// The body to send; nil for none.
    public var body: [UInt8]?

    /// Whether sending it twice does no more than sending it once (RFC 9110 §9.2.2), so that a retry is safe.
    public var isIdempotent: Bool {
        switch method {
        case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE": true
        default: false
        }
    }
}

// In an extension, so that the initialiser of all members stays: it does not copy what it takes.
extension Request {
    /// Makes a request; a GET without body unless told otherwise.
    public init(
        _ url: FetchURL, method: String = "GET", headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil
    ) {
        self.init(url: url, method: method, headers: headers, body: body)
    }
}
