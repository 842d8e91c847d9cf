/// What the command line says of every request: method, fields and body for plain URLs, fields that JSON request lines
/// add to or replace.
public struct RequestDefaults: Sendable {
    /// The method; nil for POST with a body and GET without.
    public var method: String?
    /// The fields. All requests share the one array.
    public var headers: HeaderFields
    /// The body.
    public var body: [UInt8]?

    /// Makes defaults.
    public init(method: String? = nil, headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil) {
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// The request for a plain URL.
    func request(for url: FetchURL) -> Request {
        Request(url: url, method: method ?? (body == nil ? "GET" : "POST"), headers: headers, body: body)
    }
}
