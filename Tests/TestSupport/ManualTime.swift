import FetchSystem
import Synchronization

/// Clocks that stand still until the test moves them.
package final class ManualTime: TimeSource {
    private struct Sleeper {
        let id: Int
        let due: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Duration = .seconds(1000)
        var nextID = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var asked: [Duration] = []
        var watchers:
            [(isMet: @Sendable (_ sleepers: [Duration]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func takeMetWatchers() -> [CheckedContinuation<Void, Never>] {
            let dues = sleepers.map { $0.due - now }
            let met = watchers.filter { $0.isMet(dues) }.map(\.continuation)
            watchers.removeAll { $0.isMet(dues) }
            return met
        }
    }

    private let state = Mutex(State())

    /// Clocks at a moment that is not zero.
    package init() {}

    /// The moment the test has moved to.
    package func now() -> Duration { state.withLock { $0.now } }

    /// The same moment, as if the clocks had started in 2026.
    package func wallMilliseconds() -> Int64 { 1_767_225_600_000 + now().components.seconds * 1000 }

    /// Waits until the test has moved the time so far, or the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            state.asked.append(duration)
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, met) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
                    if state.cancelled.remove(id) != nil { return (true, []) }
                    state.sleepers.append(Sleeper(id: id, due: state.now + duration, continuation: continuation))
                    return (false, state.takeMetWatchers())
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                for watcher in met { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// How long each sleep was to be, in the order they began.
    package var asked: [Duration] { state.withLock { $0.asked } }

    /// How long each of those that sleep now still has to sleep, the shortest first.
    package var sleeping: [Duration] { state.withLock { state in state.sleepers.map { $0.due - state.now }.sorted() } }

    /// Moves the time on and wakes those whose time has come, in that order.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let now = state.now
            let due = state.sleepers.filter { $0.due <= now }.sorted { $0.due < $1.due }
            state.sleepers.removeAll { $0.due <= now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until the sleepers are as wanted; their remaining times are given.
    package func waitUntilSleeping(_ isMet: @escaping @Sendable (_ sleepers: [Duration]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                let isMetNow = isMet(state.sleepers.map { $0.due - state.now })
                if !isMetNow { state.watchers.append((isMet, continuation)) }
                return isMetNow
            }
            if isMetNow { continuation.resume() }
        }
    }
}
