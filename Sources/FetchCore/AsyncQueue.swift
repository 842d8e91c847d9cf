import Synchronization

/// A bounded queue between producer and consumer tasks; the faster side waits (back-pressure). ``finish()`` ends the
/// stream; elements that are in the queue by then are still delivered.
///
/// ```swift
/// let queue = AsyncQueue<String>(capacity: 10)
/// try await withThrowingTaskGroup(of: Void.self) { group in
///     group.addTask {
///         for page in pages { try await queue.send(page) }
///         queue.finish()
///     }
///     for _ in 0..<3 { group.addTask { for await page in queue { await visit(page) } } }
///     try await group.waitForAll()
/// }
/// ```
///
/// Any number of tasks may send, and any number may loop over it: each element is delivered to one of them, in the
/// order in which it was sent.
public final class AsyncQueue<Element: Sendable>: AsyncSequence, Sendable {
    private typealias ID = QueueState<Element>.ID

    private enum Waiter: Sendable {
        case producer(UnsafeContinuation<Bool, Never>)
        case consumer(UnsafeContinuation<Element?, Never>)
    }

    /// The queue's state, with the continuations of the waiters.
    private struct State: Sendable {
        var queue: QueueState<Element>
        var waiters: [ID: Waiter] = [:]
        /// Cancellations that arrived before the wait that they end.
        var cancelled: Set<ID> = []
        var nextID: ID = 0

        /// Returns the producer's result, if there is one already, and the consumer that receives the element.
        mutating func send(
            _ element: Element, by id: ID, _ continuation: UnsafeContinuation<Bool, Never>
        ) -> (answer: Bool?, consumer: UnsafeContinuation<Element?, Never>?) {
            if cancelled.contains(id) { return (false, nil) }
            switch queue.send(element, by: id) {
            case .finished: return (false, nil)
            case .taken: return (true, nil)
            case .handed(let consumer):
                guard case .consumer(let waiting) = waiters.removeValue(forKey: consumer) else { return (true, nil) }
                return (true, waiting)
            case .waiting:
                waiters[id] = .producer(continuation)
                return (nil, nil)
            }
        }

        /// Returns the consumer's result, if there is one already, and the producer whose element was accepted.
        mutating func receive(
            by id: ID, _ continuation: UnsafeContinuation<Element?, Never>
        ) -> (answer: Element??, producer: UnsafeContinuation<Bool, Never>?) {
            if cancelled.contains(id) { return (.some(nil), nil) }
            switch queue.receive(by: id) {
            case .end: return (.some(nil), nil)
            case .waiting:
                waiters[id] = .consumer(continuation)
                return (nil, nil)
            case .element(let element, let admitted):
                guard let admitted, case .producer(let waiting) = waiters.removeValue(forKey: admitted) else {
                    return (element, nil)
                }
                return (element, waiting)
            }
        }
    }

    private let state: Mutex<State>

    /// Makes an empty queue.
    ///
    /// - Parameter capacity: The maximum number of waiting elements; at least 1.
    public init(capacity: Int) { state = Mutex(State(queue: QueueState(capacity: capacity))) }

    /// The number of elements that wait in it now.
    public var count: Int { state.withLock { $0.queue.count } }

    /// Adds an element; waits for room if there is none.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before there is room, or the queue was finished.
    public func send(_ element: Element) async throws {
        let id = makeID()
        let isTaken = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (answer, consumer) = state.withLock { $0.send(element, by: id, continuation) }
                consumer?.resume(returning: element)
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel(id)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        if !isTaken { throw CancellationError() }
    }

    /// Ends the stream: no element is accepted any more, and loops over the queue end once it is empty. The second call
    /// does nothing.
    public func finish() {
        let consumers = state.withLock { state in
            state.queue.finish().compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for case .consumer(let continuation) in consumers { continuation.resume(returning: nil) }
    }

    /// Removes an element; waits for one if there is none.
    ///
    /// - Returns: The element that has waited longest; nil at the end of the stream, or when the task is cancelled.
    public func next() async -> Element? {
        let id = makeID()
        let element = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (answer, producer) = state.withLock { $0.receive(by: id, continuation) }
                producer?.resume(returning: true)
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel(id)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        return element
    }

    private func makeID() -> ID {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    private func cancel(_ id: ID) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.queue.cancel(id) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.waiters.removeValue(forKey: id)
        }
        switch waiter {
        case .producer(let continuation): continuation.resume(returning: false)
        case .consumer(let continuation): continuation.resume(returning: nil)
        case nil: break
        }
    }

    /// Receives elements until the stream ends. Other loops over the same queue receive other elements.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let queue: AsyncQueue

        /// The next element; nil at the end.
        public func next(isolation actor: isolated (any Actor)?) async -> Element? { await queue.next() }
    }

    /// Makes an iterator that receives elements.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: self) }
}
