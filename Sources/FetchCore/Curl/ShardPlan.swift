/// How many multi handles a run gets and how many connections each may keep (docs/benchmarks.md).
struct ShardPlan: Hashable {
    /// Multi handles in the one thread.
    let count: Int
    /// Idle connections that each of them keeps: too few, and every request connects anew.
    let connections: Int
    /// HTTP/2 streams asked for on one connection.
    let streamsPerConnection: Int

    init(concurrency: Int, idleConnections: Int? = nil) {
        count = concurrency <= 250 ? 1 : min(64, (concurrency + 127) / 128)
        connections = max(1, (idleConnections ?? max(1024, concurrency * 4)) / count)
        streamsPerConnection = 1000
    }
}
