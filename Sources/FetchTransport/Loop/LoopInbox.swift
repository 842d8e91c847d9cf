import FetchSystem
import Synchronization

/// The messages of other threads for the loop, and whether it must be woken for them. It is the only object that
/// threads share.
final class LoopInbox: Sendable {
    /// A message to the loop's thread.
    enum Message: Sendable {
        case job(UnownedJob)
        case submit(TransferOrder)
        case cancel(CancellationHandle)
        case beforeWait(@Sendable () -> Void)
        case alarm(at: UInt64, @Sendable () -> Void)
    }

    private struct State: Sendable {
        var messages: [Message] = []
        var isSleeping = false
        var stops = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let waker: Waker

    init(waker: Waker) { self.waker = waker }

    /// Adds a message; false when the loop has ended and will not read it.
    func post(_ message: Message) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.messages.append(message)
            wakeIfSleeping(&state)
            return true
        }
    }

    /// Asks the loop to end once no work is left.
    func stop() {
        state.withLock { state in
            state.stops = true
            wakeIfSleeping(&state)
        }
    }

    /// Exchanges all messages for an empty array; returns whether the loop is to end.
    func take(_ messages: inout [Message]) -> Bool {
        state.withLock { state in
            swap(&state.messages, &messages)
            return state.stops
        }
    }

    /// Closes the inbox if it is empty: no message is accepted from then on.
    ///
    /// - Returns: Whether it is closed; false when a message is left.
    func closeIfEmpty() -> Bool {
        state.withLock { state in
            guard state.messages.isEmpty else { return false }
            state.isClosed = true
            return true
        }
    }

    /// Records that the loop is about to wait; false when there is a message already.
    func prepareToSleep() -> Bool {
        state.withLock { state in
            guard state.messages.isEmpty, !state.stops else { return false }
            state.isSleeping = true
            return true
        }
    }

    /// Records that the loop is awake.
    func awake() {
        state.withLock { $0.isSleeping = false }
    }

    /// The waker is used under the lock and never after the loop has closed it.
    private func wakeIfSleeping(_ state: inout State) {
        guard state.isSleeping, !state.isClosed else { return }
        state.isSleeping = false
        waker.wake()
    }
}
