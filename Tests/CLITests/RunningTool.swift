import Subprocess
import Synchronization

/// The command while it runs.
final class RunningTool: Sendable {
    private struct State {
        var send: (@Sendable (Signal) throws -> Void)?
        var write: (@Sendable (String) async throws -> Void)?
        var mark = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// When the process started, or when the last signal was sent to it.
    var mark: ContinuousClock.Instant { state.withLock { $0.mark } }

    /// The process was started: signals go there.
    func started(_ send: @escaping @Sendable (Signal) throws -> Void) { state.withLock { $0.send = send } }

    /// Its stdin is open: text goes there.
    func writes(_ write: @escaping @Sendable (String) async throws -> Void) { state.withLock { $0.write = write } }

    /// Sends a signal to the process.
    func send(_ signal: Signal) throws {
        let send = state.withLock { state in
            state.mark = ContinuousClock.now
            return state.send
        }
        try send?(signal)
    }

    /// Writes to the process's stdin.
    func write(_ text: String) async throws {
        let write = state.withLock { $0.write }
        try await write?(text)
    }
}

/// Lets so many in at a time.
actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Waits for a slot.
    func acquire() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Gives a slot back.
    func release() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
