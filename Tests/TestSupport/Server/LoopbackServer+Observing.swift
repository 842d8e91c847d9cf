extension LoopbackServer {
    /// All counts, taken at one moment.
    package var counts: Counts { record.counts }

    /// The requests received, in their order: the first ones, up to the limit of the log.
    package var log: [Request] { record.log }

    /// Requests received.
    package var requestCount: Int { counts.requests }

    /// Connections accepted.
    package var connectionCount: Int { counts.connections }

    /// Connections open now. One that the server has closed counts until the client has closed it too.
    package var openConnections: Int { counts.openConnections }

    /// The most connections open at one time.
    package var peakConnections: Int { counts.peakConnections }

    /// Requests received whose answer has not gone out to its last byte and whose connection is still there.
    package var inFlight: Int { counts.inFlight }

    /// The most requests in flight at one time.
    package var peakInFlight: Int { counts.peakInFlight }

    /// The most requests in flight at one time whose Host field had this value.
    package func peakInFlight(host: String) -> Int { record.peakInFlight(host: host) }

    /// The most requests that arrived in any window of this length (its end not included), of the requests in the log;
    /// with a host, of those whose Host field had this value.
    package func starts(in window: Duration, host: String? = nil) -> Int {
        let arrivals = log.filter { host == nil || $0.host == host }.map(\.receivedAt)
        var first = 0
        var most = 0
        for (index, arrival) in arrivals.enumerated() {
            while arrival - arrivals[first] >= window { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    /// Waits until the server is as wanted. False if it is not within the time, or if the task is cancelled.
    @discardableResult
    package func waitUntil(
        timeout: Duration = .seconds(120), _ isAsWanted: @Sendable (LoopbackServer) -> Bool
    ) async -> Bool {
        let deadline = ContinuousClock.now + timeout
        while !isAsWanted(self) {
            guard ContinuousClock.now < deadline else { return false }
            do { try await Task.sleep(for: .milliseconds(1)) } catch { return false }
        }
        return true
    }

    /// Waits until so many requests have been received. False if they have not within the time.
    @discardableResult
    package func waitUntil(requests: Int, timeout: Duration = .seconds(120)) async -> Bool {
        await waitUntil(timeout: timeout) { $0.requestCount >= requests }
    }
}
