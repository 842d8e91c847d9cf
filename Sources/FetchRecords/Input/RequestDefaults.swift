package import FetchHTTP

/// What the command line sets for every request: method, fields and body of plain URLs, and fields that JSON request
/// lines extend or replace.
package struct RequestDefaults: Sendable {
    /// The method; nil for POST with a body and GET without one.
    var method: String?
    /// The fields. All requests share the one array.
    package var headers: HeaderFields
    /// The body.
    var body: [UInt8]?

    /// Makes defaults.
    package init(method: String? = nil, headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil) {
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// The request for a plain URL.
    func request(for url: FetchURL) -> Request {
        Request(url: url, method: method ?? (body == nil ? "GET" : "POST"), headers: headers, body: body)
    }
}
