import CCurl

/// What a loop knows of one origin: in which of its multi handles the idle connections are, and how libcurl reads it. A
/// connection stays where it was made, and a request goes where one became idle last.
///
/// That is a guess: a server may have closed what is remembered as idle. Then the request connects anew in the same
/// multi handle.
final class KnownOrigin {
    /// A number of the origin's own, for the multi handle where all its requests meet.
    let number: UInt
    /// Whether it was asked in a way that lets requests share connections (HTTP/2). Those have one multi handle.
    var isShared = false
    /// The multi handles of the idle connections, that of the last one at the end.
    private var shards: [Int] = []
    private var parsed: OpaquePointer?

    /// For an origin that was not asked yet.
    init(number: UInt = 0) { self.number = number }

    deinit { if let parsed { ccurl_url_cleanup(parsed) } }

    /// Whether a request is likely to need no connection of its own.
    var mayTakeMore: Bool { isShared || !shards.isEmpty }

    /// The multi handle for the next request; nil where it needs a new connection.
    func take() -> Int? { shards.popLast() }

    /// A connection of this multi handle has become idle.
    func append(_ shard: Int) { shards.append(shard) }

    /// The origin as libcurl has parsed it, which it copies when a transfer starts; nil where it cannot.
    ///
    /// - Parameters:
    ///   - text: A URL of the origin.
    ///   - length: Where its path begins.
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
