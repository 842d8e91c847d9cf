package import FetchHTTP

/// The body of requests, in memory or in files, with the type that it has unless a field says otherwise.
package struct RequestContent: Sendable {
    /// A body in memory.
    package var body: [UInt8]?
    /// A body that is read from files while it is sent.
    package var upload: UploadBody?
    /// The value of Content-Type; nil to leave it to libcurl, which takes a body in memory for a form of a page.
    package var contentType: String?

    /// Makes a body in memory.
    package init(body: [UInt8], contentType: String? = nil) {
        self.body = body
        self.contentType = contentType
    }

    /// Makes a body in files.
    package init(upload: UploadBody, contentType: String? = nil) {
        self.upload = upload
        self.contentType = contentType
    }

    /// The fields of a request with this body.
    func headers(_ headers: HeaderFields) -> HeaderFields {
        guard let contentType, !headers.decides("content-type") else { return headers }
        var headers = headers
        headers.append("Content-Type", contentType)
        return headers
    }
}
