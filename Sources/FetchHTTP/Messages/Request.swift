/// One HTTP request to send, before any policy is applied.
public struct Request: Sendable, Hashable {
    /// The URL; its credentials are used for its origin only and are never written.
    public var url: FetchURL
    /// The method, in capitals.
    public var method: String
    /// The user's headers. They are sent to the origin of ``url`` and to no other.
    public var headers: HeaderFields
    /// The body; nil for none.
    public var body: [UInt8]?
    /// A body that is read from files while it is sent, in place of ``body``; nil for none.
    package var upload: UploadBody?

    /// Takes each value as it is.
    package init(url: FetchURL, method: String, headers: HeaderFields, body: [UInt8]? = nil) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// Whether it has a body of either kind.
    package var hasBody: Bool { body != nil || upload != nil }

    /// Whether sending it twice has the same effect as sending it once (RFC 9110 §9.2.2), so that a retry is safe.
    public var isIdempotent: Bool {
        switch method {
        case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE": true
        default: false
        }
    }
}

// In an extension, so that the memberwise initialiser, which does not copy its arguments, remains.
extension Request {
    /// Makes a request: a GET without a body unless others are given.
    public init(
        _ url: FetchURL, method: String = "GET", headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil
    ) {
        self.init(url: url, method: method, headers: headers, body: body)
    }
}
