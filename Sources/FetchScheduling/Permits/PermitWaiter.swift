import FetchHTTP
import Synchronization

/// A task that waits for a permit. The first of two events resolves it: the permit, or the task's cancellation.
final class PermitWaiter: Sendable {
    /// The result of the wait.
    enum Result: Sendable {
        case granted(Permit)
        case refused(FetchError)
        /// The task was cancelled, or the semaphore was closed.
        case cancelled
    }

    private enum State {
        case idle
        case waiting(UnsafeContinuation<Result, Never>)
        case over
    }

    private let state = Mutex(State.idle)

    /// Stores the continuation.
    func wait(with continuation: UnsafeContinuation<Result, Never>) {
        state.withLock { $0 = .waiting(continuation) }
    }

    /// The continuation for the first caller; nil for all others.
    func take() -> UnsafeContinuation<Result, Never>? {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return nil }
            state = .over
            return continuation
        }
    }
}
