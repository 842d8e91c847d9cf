import FetchHTTP

/// A stored response without its body.
struct StoredResponse: Sendable, Hashable {
    /// Identifies the body; never reused for another one.
    var id: Int64 = 0
    var status: Int
    var httpVersion: String
    /// The headers, without those that are never stored.
    var headers: HeaderFields
    /// The number of decoded bytes of the body.
    var size: Int
    /// Whether the body was dropped because a redirect was followed.
    var isBodyDropped = false
    /// The time of the request, in milliseconds since 1970.
    var requestedAt: Int64
    /// The time when it had arrived, in milliseconds since 1970.
    var receivedAt: Int64
    /// The seal of the body.
    var bodySeal: Int64 = 0
}
