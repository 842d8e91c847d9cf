/// What libcurl 7.88.1 lets pass in a head and a careful client must not (RFC 9112 §6.3).
enum HeadCheck {
    /// The failure that a complete head stands for, or nil for a good one.
    static func failure(of response: Response) -> FetchError? {
        // Two lengths that differ: one of the two parties between us and the server would cut the answer elsewhere.
        guard response.headers.differ("content-length") else { return nil }
        return FetchError(.protocolError, "two Content-Length fields differ", curlCode: 8)
    }
}
