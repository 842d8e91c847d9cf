/// The outcomes of many requests in the order they complete: what ``Fetcher`` gives to a loop.
public struct FetchResults: AsyncSequence, Sendable {
    /// What became of one request.
    public typealias Element = Outcome
    /// The loop never throws: a failure is an outcome.
    public typealias Failure = Never

    typealias Run = (queue: AsyncQueue<Outcome>, task: Task<Void, Never>?)

    private let start: @Sendable () -> Run

    init(_ start: @escaping @Sendable () -> Run) { self.start = start }

    /// Starts to send; every loop sends anew.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(running: Running(start())) }

    /// Gives the outcomes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let running: Running

        /// The next outcome; nil when all are out, the task is cancelled, or the fetcher was shut down.
        public func next(isolation actor: isolated (any Actor)?) async -> Outcome? {
            // After a shutdown nobody fills the queue.
            guard running.task != nil else { return nil }
            return await running.queue.next()
        }
    }

    /// A loop that is under way.
    fileprivate final class Running: Sendable {
        let queue: AsyncQueue<Outcome>
        let task: Task<Void, Never>?

        init(_ run: Run) { (queue, task) = run }

        // The only word that a loop has for being left by `break`.
        deinit { task?.cancel() }
    }
}
