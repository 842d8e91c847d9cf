import DequeModule
import Synchronization

/// Chunks that a thread of its own reads ahead of those who take them, as far as a bounded queue allows
/// (back-pressure): a file of any size needs the memory of a few chunks, and what a pipe brings is there as soon as it
/// has come.
final class ReadAhead<Element: Sendable>: Sendable {
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

    /// What the thread does: hands chunks to the first closure until that gives false, and gives what went wrong.
    /// The waker is woken when there is room again, or nobody wants more.
    typealias Reading = @Sendable (_ waker: Waker, _ push: ([Element]) -> Bool) -> InputFailure?

    private let queueLength: Int
    private let state = Mutex(State())
    private let waker: Waker

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - queueLength: Most chunks that wait to be taken.
    ///   - reading: What it does. Where this initialiser throws, it is never called.
    init(queueLength: Int, _ reading: @escaping Reading) throws {
        self.queueLength = queueLength
        waker = try Waker()
        let thread = NativeThread.start { [self] in finish(reading(waker, push)) }
        guard thread != 0 else {
            waker.close()
            throw InputFailure("cannot start a thread")
        }
        // Nobody can wait for it: a read of standard input ends when it likes.
        NativeThread.detach(thread)
    }

    /// The next chunk, waiting for one if need be; nil at the end.
    func next() async -> [Element]? {
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
    func close() {
        let reader = state.withLock { state -> UnsafeContinuation<[Element]?, Never>? in
            state.isClosed = true
            state.chunks.removeAll()
            if !state.isFinished { waker.wake() }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Whether somebody waits in ``next()``.
    var isAwaited: Bool { state.withLock { $0.reader != nil } }

    /// How many elements there are, once all are read.
    var total: Int? { state.withLock { $0.isFinished ? $0.count : nil } }

    /// Why the end came early, if it did.
    var failure: InputFailure? { state.withLock { $0.failure } }

    /// Takes a chunk of the reading thread, which waits while the queue is full; false when nobody wants more.
    private func push(_ chunk: [Element]) -> Bool {
        while true {
            let step = state.withLock { state -> Step in
                if state.isClosed { return .closed }
                // Only a question whether more is wanted.
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
            // Nobody wakes a reader that has ended, so the descriptors can go.
            waker.close()
            guard state.chunks.isEmpty else { return nil }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
