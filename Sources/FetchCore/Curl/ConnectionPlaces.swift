/// In which of the loop's multi handles the idle connections of each origin are, as far as that can be told from outside:
/// a connection stays where it was made. A request goes where one of its origin became idle last.
///
/// It only guesses: a server may have closed what is remembered as idle. Then the request connects anew in the same place.
struct ConnectionPlaces {
    /// The places of one origin's idle connections, that of the last one at the end.
    final class Idle {
        private var shards: [Int] = []
        /// Whether the origin was asked in a way that lets requests share connections (HTTP/2). Those have one place.
        var isShared = false

        /// Whether a request is likely to need no connection of its own.
        var mayTakeMore: Bool { isShared || !shards.isEmpty }

        /// The place for the next request of the origin; nil where it needs a new connection.
        func take() -> Int? { shards.popLast() }

        /// A connection in this place has become idle.
        func append(_ shard: Int) { shards.append(shard) }
    }

    /// Origins that are remembered: lists may name a million. Those forgotten connect anew, once.
    static let maximumCount = 4096

    private var origins: [Origin: Idle] = [:]
    /// The last URL with what its origin has: lists often name one host a thousand times.
    private var last: (url: FetchURL, idle: Idle)?

    /// What the origin of a URL has.
    mutating func idle(of url: FetchURL) -> Idle {
        if let last, url.hasSameAuthority(as: last.url) { return last.idle }
        let origin = url.origin
        let known = origins[origin]
        let idle = known ?? Idle()
        if known == nil {
            if origins.count >= Self.maximumCount { origins.removeAll(keepingCapacity: true) }
            origins[origin] = idle
        }
        last = (url, idle)
        return idle
    }
}
