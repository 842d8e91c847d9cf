package import FetchSystem
import Synchronization

/// Why a run ends before its list does.
package enum StopReason: Sendable, Hashable {
    /// The user interrupted it.
    case interrupted
    /// The deadline has passed.
    case deadline
    /// The reader of the output has gone.
    case outputClosed
    /// A request has failed, and the user wants no more after the first failure.
    case failed
}

/// Tells a whole run to end, once and for one reason. Any thread may raise it.
package final class StopSignal: Sendable {
    private struct State {
        var reason: StopReason?
        var nextID: UInt64 = 0
        var waiters: [UInt64: UnsafeContinuation<Void, Never>] = [:]
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())

    /// Makes a signal that is not raised.
    package init() {}

    /// The reason, or nil.
    package var reason: StopReason? { state.withLock { $0.reason } }

    /// Raises the signal; the first reason is kept.
    package func stop(_ reason: StopReason) {
        let waiters = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard state.reason == nil else { return [] }
            state.reason = reason
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the signal is raised or the task is cancelled.
    package func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = state.withLock { state in
                    // A cancellation before the wait is recorded under its number.
                    if state.reason != nil || state.cancelled.remove(id) != nil { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> UnsafeContinuation<Void, Never>? in
                guard state.reason == nil else { return nil }
                if let waiter = state.waiters.removeValue(forKey: id) { return waiter }
                state.cancelled.insert(id)
                return nil
            }
            waiter?.resume()
        }
    }

    /// Waits for a time, or until the signal is raised or the task is cancelled.
    package func sleep(for duration: Duration, on time: some TimeSource) async {
        guard duration > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await time.sleep(for: duration) }
            group.addTask { await self.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
