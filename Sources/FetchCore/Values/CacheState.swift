/// What a cache had to do with an answer. The raw value stands in records.
public enum CacheState: String, Sendable, Hashable, CaseIterable {
    /// It came from the cache; nothing was sent.
    case fresh
    /// The server confirmed what the cache has (304).
    case revalidated
    /// It came from the server and was kept.
    case stored
    /// It came from the server and may not be kept, or is too large for it.
    case miss
}
