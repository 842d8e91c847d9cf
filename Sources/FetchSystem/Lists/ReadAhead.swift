import DequeModule
import Synchronization

/// Chunks that a thread reads ahead of their consumers, as far as a bounded queue allows (back-pressure). A file of any
/// size needs the memory of a few chunks, and what a pipe delivers is available immediately.
package final class ReadAhead<Element: Sendable>: Sendable {
    private struct State {
        var chunks = Deque<[Element]>()
        var reader: UnsafeContinuation<[Element]?, Never>?
        var isClosed = false
        var isFinished = false
        var count = 0
        var failure: InputFailure?
    }

    /// What becomes of a chunk.
    private enum Step { case wait, given(UnsafeContinuation<[Element]?, Never>?), closed }

    /// The work of the thread: it passes chunks to the first closure until that returns false, and returns what went
    /// wrong. The waker is woken when the queue has room again, or when no more chunks are wanted.
    package typealias Reading = @Sendable (_ waker: Waker, _ push: ([Element]) -> Bool) -> InputFailure?

    private let queueLength: Int
    private let state = Mutex(State())
    private let waker: Waker

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - queueLength: The maximum number of chunks that wait to be taken.
    ///   - reading: The work. If this initialiser throws, it is never called.
    package init(queueLength: Int, _ reading: @escaping Reading) throws(InputFailure) {
        self.queueLength = queueLength
        do throws(SystemFailure) {
            waker = try Waker()
        } catch {
            throw InputFailure(error.description, .system)
        }
        let thread = NativeThread.start { [self] in finish(reading(waker, push)) }
        guard thread != 0 else {
            waker.close()
            throw InputFailure("cannot start a thread", .system)
        }
        // The thread cannot be joined: a read of standard input ends at any time.
        NativeThread.detach(thread)
    }

    /// The next chunk; waits for one, nil at the end.
    package func next() async -> [Element]? {
        await withUnsafeContinuation { continuation in
            let (isReady, chunk) = state.withLock { state -> (Bool, [Element]?) in
                if let chunk = state.chunks.popFirst() {
                    if state.chunks.count == queueLength - 1, !state.isFinished { waker.wake() }
                    return (true, chunk)
                }
                if state.isFinished || state.isClosed { return (true, nil) }
                state.reader = continuation
                return (false, nil)
            }
            if isReady { continuation.resume(returning: chunk) }
        }
    }

    /// Stops reading.
    package func close() {
        let reader = state.withLock { state -> UnsafeContinuation<[Element]?, Never>? in
            state.isClosed = true
            state.chunks.removeAll()
            if !state.isFinished { waker.wake() }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Whether a consumer waits in ``next()``.
    package var isAwaited: Bool { state.withLock { $0.reader != nil } }

    /// The number of elements, once all are read.
    package var total: Int? { state.withLock { $0.isFinished ? $0.count : nil } }

    /// Why reading ended early; nil if it did not.
    package var failure: InputFailure? { state.withLock { $0.failure } }

    /// Takes a chunk from the reading thread, which waits while the queue is full; returns false when no more are
    /// wanted.
    private func push(_ chunk: [Element]) -> Bool {
        while true {
            let step = state.withLock { state -> Step in
                if state.isClosed { return .closed }
                // An empty chunk only asks whether more are wanted.
                if chunk.isEmpty { return .given(nil) }
                guard state.chunks.count < queueLength else { return .wait }
                state.count += chunk.count
                if let reader = state.reader {
                    state.reader = nil
                    return .given(reader)
                }
                state.chunks.append(chunk)
                return .given(nil)
            }
            switch step {
            case .closed: return false
            case .given(let reader):
                reader?.resume(returning: chunk)
                return true
            case .wait: waker.waitUntilWoken()
            }
        }
    }

    private func finish(_ failure: InputFailure?) {
        let reader = state.withLock { state -> UnsafeContinuation<[Element]?, Never>? in
            state.isFinished = true
            state.failure = failure
            // After its end the reader is never woken again, so the descriptors can be closed.
            waker.close()
            guard state.chunks.isEmpty else { return nil }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
