package import FetchHTTP

extension NetworkOptions {
    /// The lines of the program's own fields in a request with these fields: `User-Agent: …`, `Accept-Encoding: …`.
    package func ownLines(besides fields: HeaderFields) -> [String] { EasyHandle.ownLines(self, besides: fields) }
}
