package import FetchHTTP

/// What the command line sets for every request: method, fields and body of plain URLs, and fields that JSON request
/// lines extend or replace.
package struct RequestDefaults: Sendable {
    /// The method; nil for POST with a body and GET without one.
    var method: String?
    /// The fields. All requests share the one array, unless there is a ``gate``.
    package let headers: HeaderFields
    /// Decides which of the fields go with a request; nil if all go with each.
    package var gate: CredentialGate?
    /// The body; nil for none.
    var content: RequestContent?
    /// What is added to the query of every URL (`-G`).
    var query: [UInt8] = []
    /// The name that is added to a URL that ends in a slash (`-T`).
    var fileName: String?
    /// The fields of a request with the body.
    private let fields: HeaderFields

    /// Makes defaults.
    ///
    /// - Parameters:
    ///   - method: The method; nil for POST with a body and GET without one.
    ///   - headers: The fields.
    ///   - content: The body with its type.
    ///   - query: What is added to the query of every URL.
    ///   - fileName: The name that is added to a URL that ends in a slash.
    package init(
        method: String? = nil, headers: HeaderFields = HeaderFields(), content: RequestContent?, query: [UInt8] = [],
        fileName: String? = nil
    ) {
        self.method = method
        self.headers = headers
        self.content = content
        self.query = query
        self.fileName = fileName
        fields = content?.headers(headers) ?? headers
    }

    /// Makes defaults with a body in memory.
    package init(method: String? = nil, headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil) {
        self.init(method: method, headers: headers, content: body.map { RequestContent(body: $0) })
    }

    /// The request for a plain URL.
    ///
    /// - Throws: ``FetchError`` of kind `invalid-url` when the URL becomes too long.
    func request(for url: FetchURL) throws(FetchError) -> Request {
        let url = try target(url)
        var request = Request(
            url: url, method: method ?? (content == nil ? "GET" : "POST"),
            headers: gate == nil ? fields : fields(for: url), body: content?.body)
        if let upload = content?.upload { request.upload = upload }
        return request
    }

    /// The fields of a request with the body, if they depend on where it goes.
    private func fields(for url: FetchURL) -> HeaderFields {
        let headers = gate?.fields(for: url) ?? headers
        return content?.headers(headers) ?? headers
    }

    /// The URL that is sent for a URL of the user.
    func target(_ url: FetchURL) throws(FetchError) -> FetchURL {
        guard !query.isEmpty || fileName != nil else { return url }
        return try url.appending(fileName: fileName ?? "").appending(query: query)
    }
}
