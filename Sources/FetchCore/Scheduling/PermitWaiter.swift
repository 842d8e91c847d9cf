import Synchronization

/// A task that waits for a permit. Whoever comes first resolves it: the permit, or the task's cancellation.
final class PermitWaiter: Sendable {
    /// What the wait ended with.
    enum Result: Sendable {
        case granted(Permit)
        case refused(FetchError)
        /// The task was cancelled, or the semaphore closed.
        case cancelled
    }

    private enum State {
        case idle
        case waiting(UnsafeContinuation<Result, Never>)
        case over
    }

    private let state = Mutex(State.idle)

    /// Remembers who is to be resumed.
    func wait(with continuation: UnsafeContinuation<Result, Never>) {
        state.withLock { $0 = .waiting(continuation) }
    }

    /// The one who waits, to whoever asks first; nil for all others.
    func take() -> UnsafeContinuation<Result, Never>? {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return nil }
            state = .over
            return continuation
        }
    }
}
