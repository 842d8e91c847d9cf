/// How many multi handles a run gets and how many connections each may keep (docs/benchmarks.md).
struct ShardPlan: Hashable {
    /// Multi handles in the one thread.
    let count: Int
    /// Whether ended transfers are taken, and others started, once a turn rather than after each socket: the server is
    /// then woken once for all. With a handful of connections it would wait for the rest, with a thousand it never
    /// sleeps.
    let refillsOnceATurn: Bool
    /// Idle connections that each of them keeps: too few, and every request connects anew.
    let connections: Int
    /// HTTP/2 streams asked for on one connection.
    let streamsPerConnection: Int

    init(concurrency: Int, idleConnections: Int? = nil) {
        // libcurl walks all connections of a multi handle for each transfer (``MultiHandle``).
        count = min(64, (max(1, concurrency) + 15) / 16)
        refillsOnceATurn = (6...256).contains(concurrency)
        connections = max(1, (idleConnections ?? max(1024, concurrency * 4)) / count)
        streamsPerConnection = 1000
    }
}
