/// What a cache has kept of an answer, but for its body.
struct StoredResponse: Sendable, Hashable {
    /// Names the body; never used again for another one.
    var id: Int64 = 0
    var status: Int
    var httpVersion: String
    /// The fields, without those that are never kept.
    var headers: HeaderFields
    /// Decoded bytes of the body.
    var size: Int
    /// Whether the body was dropped because a redirect was followed.
    var isBodyDropped = false
    /// When it was asked for, in milliseconds since 1970.
    var requestedAt: Int64
    /// When it had arrived.
    var receivedAt: Int64
}
