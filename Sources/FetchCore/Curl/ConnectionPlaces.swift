/// In which of the loop's multi handles the idle connections of each origin are, as far as that can be told from outside:
/// a connection stays where it was made. A request goes where one of its origin became idle last; a new connection goes to
/// the handles in turn.
///
/// It only guesses: a server may have closed what is remembered as idle. Then the request connects anew in the same place.
struct ConnectionPlaces {
    /// The places of one origin's idle connections, that of the last one at the end.
    final class Idle {
        fileprivate(set) var shards: [Int] = []

        /// A connection in this place has become idle.
        func append(_ shard: Int) { shards.append(shard) }
    }

    /// Origins that are remembered: lists may name a million. Those forgotten connect anew, once.
    static let maximumCount = 4096

    private let count: Int
    private var next = 0
    private var origins: [Origin: Idle] = [:]
    /// The last URL with what its origin has: lists often name one host a thousand times.
    private var last: (url: FetchURL, idle: Idle)?

    /// - Parameter count: How many multi handles there are.
    init(count: Int) { self.count = count }

    /// What the origin of a URL has.
    mutating func idle(of url: FetchURL) -> Idle {
        if let last, url.hasSameAuthority(as: last.url) { return last.idle }
        let origin = url.origin
        let idle = origins[origin] ?? Idle()
        if origins.count >= Self.maximumCount { origins.removeAll(keepingCapacity: true) }
        origins[origin] = idle
        last = (url, idle)
        return idle
    }

    /// The place for the next request of an origin.
    mutating func take(of idle: Idle) -> Int {
        if let shard = idle.shards.popLast() { return shard }
        defer { next = next + 1 == count ? 0 : next + 1 }
        return next
    }
}
