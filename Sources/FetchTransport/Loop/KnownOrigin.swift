import CCurl

/// What a loop knows about one origin: which of its multi handles have idle connections, and libcurl's parsed form of
/// it. A connection stays in its multi handle, and a request goes to the one whose connection became idle last.
///
/// It is a guess, because a server may have closed an idle connection. Then the request connects again in the same
/// multi handle.
final class KnownOrigin {
    /// The origin's number, which selects the multi handle of all its requests if they can share connections.
    let number: UInt
    /// Whether its requests can share connections (HTTP/2). They use one multi handle.
    var isShared = false
    /// The multi handles of the idle connections; that of the last one is at the end.
    private var shards: [Int] = []
    private var parsed: OpaquePointer?

    /// Makes an origin without requests so far.
    init(number: UInt = 0) { self.number = number }

    deinit { if let parsed { ccurl_url_cleanup(parsed) } }

    /// Whether a request is likely to need no new connection.
    var mayTakeMore: Bool { isShared || !shards.isEmpty }

    /// The multi handle for the next request; nil if it needs a new connection.
    func take() -> Int? { shards.popLast() }

    /// Records that a connection of this multi handle became idle.
    func append(_ shard: Int) { shards.append(shard) }

    /// The origin parsed by libcurl, which copies it when a transfer starts; nil if it cannot.
    ///
    /// - Parameters:
    ///   - text: A URL of the origin.
    ///   - length: The offset of its path.
    func parsed(_ text: UnsafePointer<CChar>, _ length: Int) -> OpaquePointer? {
        if let parsed { return parsed }
        guard let made = ccurl_url_init() else { return nil }
        let url: [CChar] = Array(UnsafeBufferPointer(start: text, count: length)) + [0x2F, 0]
        guard ccurl_url_set(made, CURLUPART_URL, url) == CURLUE_OK else {
            ccurl_url_cleanup(made)
            return nil
        }
        parsed = made
        return made
    }
}
