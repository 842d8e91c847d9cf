/// The number of multi handles of a run, and of the connections that each may keep (docs/benchmarks.md).
struct ShardPlan: Hashable {
    /// The number of multi handles in the thread.
    let count: Int
    /// Whether finished transfers are collected and others started once per turn instead of after each socket: the
    /// server is then woken once for all. With few connections it would wait for the others; with a thousand it never
    /// sleeps.
    let refillsOnceATurn: Bool
    /// The number of idle connections that each keeps: with too few, every request connects again.
    let connections: Int
    /// The number of HTTP/2 streams that are requested on one connection.
    static var streamsPerConnection: Int { 1000 }
    /// The number of connections after which a multi handle is replaced (``ShardSet``).
    let connectionsUntilReplaced: Int

    init(concurrency: Int, idleConnections: Int? = nil) {
        // libcurl walks all connections of a multi handle for each transfer (``MultiHandle``).
        count = min(64, (max(1, concurrency) + 15) / 16)
        refillsOnceATurn = (6...256).contains(concurrency)
        connections = max(1, (idleConnections ?? max(1024, concurrency * 4)) / count)
        connectionsUntilReplaced = max(512, connections * 2)
    }
}
