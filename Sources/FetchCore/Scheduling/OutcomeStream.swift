import Synchronization

/// The outcomes of a run as they complete, in batches: everything that ended in the same turn of the loop comes at once,
/// so that a thousand outcomes cost a handful of wake-ups.
///
/// It is also the bound of a run's memory. An input takes a place before it starts, and the place is given back with
/// ``release(_:)`` once its record is out of the way; a reader that is slow holds the input back.
public final class OutcomeStream: Sendable, AsyncSequence {
    /// What the iterator gives.
    public typealias Element = OutcomeBatch

    private struct State {
        var batch = OutcomeBatch()
        var places: Int
        var isFinished = false
        var isAbandoned = false
        var isFlushPlanned = false
        /// Whether what is there need not wait for more.
        var isDue = false
        var isTimerRunning = false
        /// The next batch will be about as large.
        var lastBatchSize = 0
        var reader: UnsafeContinuation<OutcomeBatch?, Never>?
        var feeder: UnsafeContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let capacity: Int
    private let whenSettled: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let afterPatience: (@Sendable (@escaping @Sendable () -> Void) -> Void)?

    /// As many outcomes as are worth a wake-up of the reader wherever more may be waited for.
    static let enough = 64

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - capacity: How many places there are.
    ///   - whenSettled: Calls the closure once everything that ended together was sent.
    ///   - afterPatience: Calls the closure after as long as outcomes may be held back so that more come in a batch; nil to
    ///     hold none back.
    init(
        capacity: Int, whenSettled: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        afterPatience: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil
    ) {
        self.capacity = capacity
        state = Mutex(State(places: capacity))
        self.whenSettled = whenSettled
        self.afterPatience = afterPatience
    }

    /// Places taken: inputs that wait, run, or whose record is not written yet.
    public var pending: Int { state.withLock { capacity - $0.places } }

    // MARK: The scheduler's side

    /// Takes a place if one is free.
    func tryReserve() -> Bool {
        state.withLock { state in
            guard state.places > 0 || state.isAbandoned else { return false }
            state.places -= 1
            return true
        }
    }

    /// Takes a place beyond the bound, up to another.
    func tryReserve(upTo most: Int) -> Bool {
        state.withLock { state in
            guard capacity - state.places < most else { return false }
            state.places -= 1
            return true
        }
    }

    /// Lets the one who waits for a place have one beyond the bound, up to another.
    func widen(to most: Int) {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            guard capacity - state.places < most, let feeder = state.feeder else { return nil }
            state.places -= 1
            state.feeder = nil
            return feeder
        }
        feeder?.resume()
    }

    /// Takes a place, waiting for one if need be. Only one task may wait.
    func reserve() async {
        await withUnsafeContinuation { continuation in
            let isFree = state.withLock { state in
                if state.places > 0 || state.isAbandoned {
                    state.places -= 1
                    return true
                }
                state.feeder = continuation
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Adds an outcome to the batch.
    func send(_ outcome: consuming Outcome) {
        var outcome: Outcome? = consume outcome
        let (plansFlush, startsTimer) = state.withLock { state in
            if state.batch.isEmpty { state.batch.reserveCapacity(state.lastBatchSize) }
            // Out of an optional, because a closure can only move what it leaves something in the place of.
            if let outcome = outcome.take() { state.batch.append(outcome) }
            if afterPatience != nil, state.batch.count < Self.enough {
                defer { state.isTimerRunning = true }
                return (false, !state.isTimerRunning)
            }
            defer { state.isFlushPlanned = true }
            return (!state.isFlushPlanned, false)
        }
        if plansFlush { whenSettled { self.flush() } }
        if startsTimer, let afterPatience {
            afterPatience {
                self.state.withLock { $0.isTimerRunning = false }
                self.flush()
            }
        }
    }

    /// No more outcomes will come.
    func finish() {
        state.withLock { $0.isFinished = true }
        flush()
    }

    private func flush() {
        let (reader, batch) = state.withLock { state -> (UnsafeContinuation<OutcomeBatch?, Never>?, OutcomeBatch?) in
            state.isFlushPlanned = false
            state.isDue = true
            guard let reader = state.reader, !state.batch.isEmpty || state.isFinished else { return (nil, nil) }
            state.reader = nil
            return (reader, Self.take(&state))
        }
        reader?.resume(returning: batch)
    }

    private static func take(_ state: inout State) -> OutcomeBatch? {
        if state.batch.isEmpty { return nil }
        state.isDue = false
        var batch = OutcomeBatch()
        swap(&batch, &state.batch)
        state.lastBatchSize = batch.count < 1024 ? batch.count : 1024
        return batch
    }

    // MARK: The reader's side

    /// The outcomes that are there, waiting for some if need be; nil at the end.
    public func next() async -> OutcomeBatch? {
        await withUnsafeContinuation { continuation in
            let (isReady, batch) = state.withLock { state -> (Bool, OutcomeBatch?) in
                if state.isDue || afterPatience == nil, let batch = Self.take(&state) { return (true, batch) }
                if state.isFinished { return (true, nil) }
                state.reader = continuation
                return (false, nil)
            }
            if isReady { continuation.resume(returning: batch) }
        }
    }

    /// Gives places back: so many records are out of the way.
    public func release(_ count: Int) {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.places += count
            guard state.places > 0, let feeder = state.feeder else { return nil }
            state.places -= 1
            state.feeder = nil
            return feeder
        }
        feeder?.resume()
    }

    /// Nobody reads any more: places are free for all.
    func abandon() {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.isAbandoned = true
            defer { state.feeder = nil }
            return state.feeder
        }
        feeder?.resume()
    }

    /// Reads the batches. There is one reader.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let stream: OutcomeStream

        /// The next batch; nil at the end.
        public func next() async -> OutcomeBatch? { await stream.next() }
    }

    /// An iterator over the batches.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }
}
