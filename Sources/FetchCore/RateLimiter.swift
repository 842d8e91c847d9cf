import FetchScheduling
public import FetchSystem
import DequeModule

/// Lets at most `maxCalls` callers through in every window of length `period`, wherever the window begins.
///
/// ```swift
/// let limiter = RateLimiter(maxCalls: 5, period: .seconds(1))
/// for url in urls {
///     try await limiter.acquire()
///     start(url)
/// }
/// ```
///
/// Callers are served in the order of arrival. A cancelled caller uses no start.
public actor RateLimiter {
    private var log: SlidingLog
    private let time: any TimeSource
    /// The waiters in order; the first of them waits for the clock on behalf of all.
    private var line = Deque<Turn>()
    private var nextID: UInt64 = 0

    private struct Turn {
        let id: UInt64
        /// Nil for the first waiter, and for one that is about to suspend.
        var continuation: UnsafeContinuation<Void, Never>?
    }

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - maxCalls: The maximum number of callers in a window; at least 1.
    ///   - period: The length of the window; more than zero.
    ///   - time: The clock.
    public init(maxCalls: Int, period: Duration, time: any TimeSource = SystemTime()) {
        log = SlidingLog(RateLimit(maxCalls: maxCalls, period: period))
        self.time = time
    }

    /// The number of callers that wait now.
    public var waiting: Int { line.count }

    /// Waits for a start.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before its turn.
    public func acquire() async throws {
        try Task.checkCancellation()
        // The start is recorded before anything is awaited, so that two callers never see the same room in the window.
        if line.isEmpty, log.take(at: time.now()) { return }
        let id = nextID
        nextID += 1
        line.append(Turn(id: id))
        defer { leave(id) }
        await becomeFirst(id)
        while true {
            try Task.checkCancellation()
            let now = time.now()
            if log.take(at: now) { return }
            try await time.sleep(for: log.nextStart - now)
        }
    }

    /// Returns when the caller is the first waiter, or cancelled.
    private func becomeFirst(_ id: UInt64) async {
        guard line.first?.id != id else { return }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                guard !Task.isCancelled, let index = line.firstIndex(where: { $0.id == id }) else {
                    return continuation.resume()
                }
                line[index].continuation = continuation
            }
        } onCancel: {
            Task { await self.wake(id) }
        }
    }

    private func wake(_ id: UInt64) {
        guard let index = line.firstIndex(where: { $0.id == id }) else { return }
        line[index].continuation.take()?.resume()
    }

    private func leave(_ id: UInt64) {
        guard let index = line.firstIndex(where: { $0.id == id }) else { return }
        line.remove(at: index)
        if index == 0, !line.isEmpty { line[0].continuation.take()?.resume() }
    }
}
