import Synchronization

/// What a server has seen, written by its thread and read by the tests.
final class ServerRecord: Sendable {
    private struct Load {
        var now = 0
        var peak = 0

        mutating func add() {
            now += 1
            peak = max(peak, now)
        }
    }

    private struct State {
        var counts = LoopbackServer.Counts()
        var log: [LoopbackServer.Request] = []
        var hosts: [String: Load] = [:]
    }

    private let state = Mutex(State())
    private let logLimit: Int

    init(logLimit: Int) { self.logLimit = logLimit }

    /// What has been counted so far.
    var counts: LoopbackServer.Counts { state.withLock { $0.counts } }

    /// The first requests, up to the limit of the log.
    var log: [LoopbackServer.Request] { state.withLock { $0.log } }

    /// The most requests in flight at one time whose Host field had this value.
    func peakInFlight(host: String) -> Int { state.withLock { $0.hosts[host]?.peak ?? 0 } }

    /// Counts a connection and returns its number.
    func connected() -> Int {
        state.withLock { state in
            state.counts.connections += 1
            state.counts.openConnections += 1
            state.counts.peakConnections = max(state.counts.peakConnections, state.counts.openConnections)
            return state.counts.connections
        }
    }

    /// Counts the end of a connection.
    func disconnected() { state.withLock { $0.counts.openConnections -= 1 } }

    /// Counts a request, gives it its number and keeps it if the log has room.
    func began(_ request: inout LoopbackServer.Request) {
        state.withLock { state in
            state.counts.requests += 1
            state.counts.inFlight += 1
            state.counts.peakInFlight = max(state.counts.peakInFlight, state.counts.inFlight)
            state.hosts[request.host, default: Load()].add()
            request.number = state.counts.requests
            request.counts = state.counts
            if state.log.count < logLimit { state.log.append(request) }
        }
    }

    /// Counts the end of an answer, whether it was given or given up.
    func ended(host: String) {
        state.withLock { state in
            state.counts.inFlight -= 1
            state.hosts[host]?.now -= 1
        }
    }
}
