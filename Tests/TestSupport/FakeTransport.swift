package import FetchHTTP
package import FetchTransport
import Synchronization

/// A transport without sockets: a closure answers, and what was asked at one time is counted.
package final class FakeTransport: Transport {
    /// What answers a request; it may wait at gates.
    package typealias Handler = @Sendable (_ request: Request, _ number: Int) async -> TransferResult

    private struct State {
        var requests: [Request] = []
        var limits: [TransferLimits] = []
        var sinks: [BodySink] = []
        var inFlight: [String: Int] = [:]
        var peak = 0
        var peaks: [String: Int] = [:]
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        var inFlightCount: Int { inFlight.values.reduce(0, +) }
    }

    private let state = Mutex(State())
    private let handler: Handler

    /// A transport that answers with the closure; requests are numbered from 1 in the order they are sent.
    package init(_ handler: @escaping Handler) { self.handler = handler }

    /// A transport that answers everything with one status.
    package convenience init(status: Int = 200) {
        self.init { _, _ in TransferResult(response: Response(status: status)) }
    }

    /// Asks the closure. Where the task is cancelled meanwhile, the answer is `cancelled`, as the real one's is.
    package func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        let origin = request.url.origin.serialization
        let (number, due) = state.withLock { state -> (Int, [CheckedContinuation<Void, Never>]) in
            state.requests.append(request)
            state.limits.append(limits)
            state.sinks.append(sink)
            let count = state.inFlight[origin, default: 0] + 1
            state.inFlight[origin] = count
            state.peaks[origin] = max(state.peaks[origin] ?? 0, count)
            state.peak = max(state.peak, state.inFlightCount)
            let number = state.requests.count
            let due = state.watchers.filter { $0.count <= number }.map(\.continuation)
            state.watchers.removeAll { $0.count <= number }
            return (number, due)
        }
        for watcher in due { watcher.resume() }
        let result = await handler(request, number)
        state.withLock { $0.inFlight[origin, default: 1] -= 1 }
        return Task.isCancelled ? TransferResult(error: FetchError(.cancelled, "cancelled")) : result
    }

    /// The requests in the order they were sent.
    package var requests: [Request] { state.withLock { $0.requests } }
    /// What each of them was allowed to cost.
    package var limits: [TransferLimits] { state.withLock { $0.limits } }
    /// Where the body of each of them was to go.
    package var sinks: [BodySink] { state.withLock { $0.sinks } }
    /// Requests that wait for their answer now.
    package var inFlight: Int { state.withLock { $0.inFlightCount } }
    /// The most of them at one time.
    package var peak: Int { state.withLock { $0.peak } }
    /// The most of them at one time for an origin.
    package func peak(origin: String) -> Int { state.withLock { $0.peaks[origin] ?? 0 } }

    /// Waits until so many requests have been sent.
    package func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.requests.count < count { state.watchers.append((count, continuation)) }
                return state.requests.count >= count
            }
            if isThere { continuation.resume() }
        }
    }

    /// Waits until the task is cancelled, as a silent server would have it.
    package static func silence() async -> TransferResult {
        let stream = AsyncStream<Never> { _ in }
        for await _ in stream {}
        return TransferResult(error: FetchError(.cancelled, "cancelled"))
    }
}
