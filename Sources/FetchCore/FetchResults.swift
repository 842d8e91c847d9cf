public import FetchHTTP

/// The outcomes of many requests in the order in which they complete, for a loop over a ``Fetcher``'s results.
public struct FetchResults: AsyncSequence, Sendable {
    /// The result of one request.
    public typealias Element = Outcome
    /// The loop never throws: a failure is an outcome.
    public typealias Failure = Never

    typealias Run = (queue: AsyncQueue<Outcome>, task: Task<Void, Never>?)

    private let start: @Sendable () -> Run

    init(_ start: @escaping @Sendable () -> Run) { self.start = start }

    /// Starts to send; every loop sends again.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(running: Running(start())) }

    /// Delivers the outcomes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let running: Running

        /// The next outcome; nil after the last one, when the task is cancelled, or when the fetcher was shut down.
        public func next(isolation actor: isolated (any Actor)?) async -> Outcome? {
            // After a shutdown no task fills the queue.
            guard running.task != nil else { return nil }
            return await running.queue.next()
        }
    }

    /// A loop in progress.
    fileprivate final class Running: Sendable {
        let queue: AsyncQueue<Outcome>
        let task: Task<Void, Never>?

        init(_ run: Run) { (queue, task) = run }

        // The only sign that a loop was left by `break`.
        deinit { task?.cancel() }
    }
}
