import DequeModule
import Synchronization

/// Carries chunks from the thread that reads to the task that consumes, at most so many at a time.
///
/// It is a pure meeting place: whoever cannot go on is told so and waits elsewhere, the thread in the kernel, the task
/// in its continuation.
final class ChunkQueue: Sendable {
    /// What became of an offered chunk.
    enum Offer { case taken, full, closed }

    private typealias Waiter = CheckedContinuation<[Input]?, Never>

    private struct State {
        var chunks: Deque<[Input]> = []
        var waiters: Deque<Waiter> = []
        var producerWaits = false
        var hasEnded = false
        var isClosed = false
        var failure: InputFailure?
    }

    private let state = Mutex(State())
    /// Called when there is room again for a producer that was told ``Offer/full``, and at ``close()``.
    private let wakeProducer: @Sendable () -> Void

    /// Makes a queue; the closure may be called from any thread, under no lock.
    init(wakeProducer: @escaping @Sendable () -> Void) { self.wakeProducer = wakeProducer }

    /// Puts a chunk in. After ``Offer/full`` the producer is woken once there is room.
    func offer(_ chunk: [Input]) -> Offer {
        let (offer, waiter): (Offer, Waiter?) = state.withLock { state in
            if state.isClosed { return (.closed, nil) }
            if let waiter = state.waiters.popFirst() { return (.taken, waiter) }
            guard state.chunks.count < InputLimits.waitingChunks else {
                state.producerWaits = true
                return (.full, nil)
            }
            state.chunks.append(chunk)
            return (.taken, nil)
        }
        waiter?.resume(returning: chunk)
        return offer
    }

    /// Says that nothing follows, and why if that is a failure.
    func end(_ failure: InputFailure?) {
        let waiters = state.withLock { state in
            state.hasEnded = true
            if !state.isClosed { state.failure = failure }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    /// Ends it from the consumer's side: what waits is dropped.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.chunks = []
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: nil) }
        wakeProducer()
    }

    /// Whether the consumer has closed it.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Why it ended, if that was a failure and everything before it has been taken.
    var failure: InputFailure? { state.withLock { $0.chunks.isEmpty && $0.hasEnded ? $0.failure : nil } }

    /// The next chunk, or nil at the end.
    nonisolated(nonsending) func next() async -> [Input]? {
        await withCheckedContinuation { (waiter: Waiter) in
            var wakes = false
            let answer: [Input]?? = state.withLock { state in
                if let chunk = state.chunks.popFirst() {
                    // Half empty, so that a slow consumer does not cost a system call for each chunk.
                    if state.producerWaits, state.chunks.count <= InputLimits.waitingChunks / 2 {
                        state.producerWaits = false
                        wakes = true
                    }
                    return .some(chunk)
                }
                if state.isClosed || state.hasEnded { return .some(nil) }
                state.waiters.append(waiter)
                return nil
            }
            if let answer { waiter.resume(returning: answer) }
            if wakes { wakeProducer() }
        }
    }
}
