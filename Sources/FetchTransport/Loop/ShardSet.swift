/// What a ``ShardSet`` must know about a multi handle.
protocol Shard: AnyObject {
    /// Identifies it among those of its loop.
    var index: UInt8 { get }
    /// The number of its transfers.
    var transferCount: Int { get }
    /// The number of connections that it has made.
    var connectionCount: Int { get }
    /// Closes its connections. It has no transfers.
    func free()
}

/// The multi handles of a loop: the current one of each shard, and the one before it while that still has transfers.
///
/// A multi handle of libcurl 7.88.1 gets slower with each host: at the end of every transfer it walks all names of the
/// last minute (a bound of 29,999 came with 8.1.0, <https://github.com/curl/curl/pull/11084>), and an entry for every
/// host whose connection it closed to make room, because only the connection is removed then (until 8.10.0 rewrote that
/// cache). So a multi handle that has made many connections is replaced, and closed when its transfers have ended.
/// Otherwise the time of a run grows with the square of the number of its hosts.
struct ShardSet<Handle: Shard> {
    /// The current multi handles.
    private(set) var current: [Handle] = []
    /// All multi handles, in no order.
    private(set) var all: [Handle] = []
    /// The multi handle that was replaced last in each shard, while it has transfers.
    private var replaced: [Handle?]
    private let plan: ShardPlan

    /// Makes a set without multi handles.
    init(_ plan: ShardPlan) {
        self.plan = plan
        replaced = Array(repeating: nil, count: plan.count)
    }

    /// Makes the multi handles; false when memory is exhausted.
    ///
    /// - Parameter make: Makes a multi handle with an index and a maximum number of idle connections.
    mutating func fill(_ make: (UInt8, Int) -> Handle?) -> Bool {
        for index in 0..<count {
            guard let handle = make(UInt8(index), plan.connections) else { return false }
            current.append(handle)
        }
        all = current
        return true
    }

    /// The number of shards.
    var count: Int { replaced.count }

    /// The multi handle with an index; nil if it was closed.
    subscript(index: UInt8) -> Handle? {
        let shard = Int(index) % count
        return current[shard].index == index ? current[shard] : replaced[shard]
    }

    /// Whether the multi handle of a shard has made so many connections that the next transfer needs another.
    func isWorn(_ shard: Int) -> Bool {
        current[shard].connectionCount >= plan.connectionsUntilReplaced && replaced[shard] == nil
    }

    /// Replaces the multi handle of a shard. It stays if the one before it still has transfers, or if memory is
    /// exhausted.
    ///
    /// Two multi handles have idle connections then, so the new one keeps half as many.
    mutating func replace(_ shard: Int, _ make: (UInt8, Int) -> Handle?) {
        let old = current[shard]
        let index = Int(old.index) < count ? old.index + UInt8(count) : old.index - UInt8(count)
        guard replaced[shard] == nil, let new = make(index, max(1, plan.connections / 2)) else { return }
        current[shard] = new
        replaced[shard] = old
        all.append(new)
    }

    /// Closes the replaced multi handles that have no transfers any more. It must not be called while libcurl is.
    mutating func freeReplaced() {
        guard all.count > current.count else { return }
        for shard in replaced.indices {
            guard let handle = replaced[shard], handle.transferCount == 0 else { continue }
            replaced[shard] = nil
            all.removeAll { $0 === handle }
            handle.free()
        }
    }

    /// Closes all of them. No transfer is left.
    mutating func free() {
        for handle in all { handle.free() }
        all.removeAll()
    }
}
