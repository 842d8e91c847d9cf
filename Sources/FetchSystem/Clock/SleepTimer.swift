import CPosix
import Synchronization

/// The thread that ends the sleeps of all tasks.
///
/// `Task.sleep` would use libdispatch, which on Linux ends the process when it gets no descriptor (its timers have some, and
/// once a second it opens a file of /proc for each of its threads), or where there is no /proc, and waits for ever for a
/// thread that the system does not create. This one needs no descriptor, and its start can fail.
package final class SleepTimer: Sendable {
    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct State {
        var queue = SleepQueue<Continuation>()
        var lastNumber: UInt64 = 0
        /// Sleeps that were cancelled before they began.
        var cancelled: Set<UInt64> = []
        var isRunning = false
    }

    /// The timer of the process. Its thread starts with the first sleep and never ends.
    package static let shared = SleepTimer()

    private let state = Mutex(State())
    // A pointer to a lock and its condition, which all threads may use.
    private nonisolated(unsafe) let flag = cposix_flag_make()

    private init() {}

    /// Starts the thread if it does not run.
    ///
    /// - Returns: False when the system has no thread, or no memory, left.
    package func start() -> Bool {
        state.withLock { state in
            if state.isRunning { return true }
            guard flag != nil else { return false }
            state.isRunning = BackgroundThread.start { [self] in run() }
            return state.isRunning
        }
    }

    /// Waits; throws `CancellationError` as soon as the task is cancelled. Without a thread it waits as `Task.sleep`.
    func sleep(for duration: Duration) async throws {
        guard start() else { return try await Task.sleep(for: duration, tolerance: .zero, clock: .continuous) }
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let now = MonotonicClock.nanoseconds()
        let (sum, overflows) = now.addingReportingOverflow(UInt64(max(0, duration.wholeNanoseconds)))
        let end = overflows ? .max : sum
        defer { _ = state.withLock { $0.cancelled.remove(number) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                let (begins, isNext) = state.withLock { state in
                    if state.cancelled.contains(number) { return (false, false) }
                    return (true, state.queue.add(continuation, number, until: end))
                }
                if !begins { return continuation.resume(throwing: CancellationError()) }
                if isNext { cposix_flag_set(flag) }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.queue.remove(number)
                if continuation == nil { state.cancelled.insert(number) }
                return continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func run() {
        while true {
            let (ended, next) = state.withLock { state in
                (state.queue.takeEnded(at: MonotonicClock.nanoseconds()), state.queue.next)
            }
            for continuation in ended { continuation.resume() }
            cposix_flag_wait(flag, next ?? .max)
        }
    }
}
