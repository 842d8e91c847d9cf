/// How the cache took part in a response. The raw value is in records.
public enum CacheState: String, Sendable, Hashable, CaseIterable {
    /// The response came from the cache; nothing was sent.
    case fresh
    /// The server confirmed the stored response (304).
    case revalidated
    /// The response came from the server and was stored.
    case stored
    /// The response came from the server and cannot be stored, or is too large.
    case miss
}
