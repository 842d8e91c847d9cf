import Synchronization

/// The outcomes of a run as they complete, in batches: everything that ended in the same turn of the loop comes at once,
/// so that a thousand outcomes cost a handful of wake-ups.
///
/// It is also the bound of a run's memory. Each input reserves capacity before it starts, and ``release(_:)`` returns the
/// capacity once its record is written: back-pressure, by which a slow reader holds the input back.
public final class OutcomeStream: Sendable, AsyncSequence {
    /// What the iterator gives.
    public typealias Element = OutcomeBatch

    private struct State {
        var batch = OutcomeBatch()
        var available: Int
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
    private let afterTurn: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let afterPatience: (@Sendable (@escaping @Sendable () -> Void) -> Void)?

    /// As many outcomes as are worth a wake-up of the reader wherever more may be waited for.
    static let enough = 64

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - capacity: The number of inputs that may be pending.
    ///   - afterTurn: Calls the closure once everything that ended together was sent.
    ///   - afterPatience: Calls the closure after as long as outcomes may be held back so that more come in a batch;
    ///     nil to hold none back.
    init(
        capacity: Int, afterTurn: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        afterPatience: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil
    ) {
        self.capacity = capacity
        state = Mutex(State(available: capacity))
        self.afterTurn = afterTurn
        self.afterPatience = afterPatience
    }

    /// Capacity in use: inputs that wait, run, or whose record is not written yet.
    public var pending: Int { state.withLock { capacity - $0.available } }

    // MARK: The scheduler's side

    /// Reserves capacity for one input; false if there is none left.
    func tryReserve() -> Bool {
        state.withLock { state in
            guard state.available > 0 || state.isAbandoned else { return false }
            state.available -= 1
            return true
        }
    }

    /// Reserves capacity beyond the bound, up to another bound.
    func tryReserve(upTo most: Int) -> Bool {
        state.withLock { state in
            guard capacity - state.available < most else { return false }
            state.available -= 1
            return true
        }
    }

    /// Lets the feeder that waits for capacity exceed the bound, up to another bound.
    func widen(to most: Int) {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            guard capacity - state.available < most, let feeder = state.feeder else { return nil }
            state.available -= 1
            state.feeder = nil
            return feeder
        }
        feeder?.resume()
    }

    /// Reserves capacity for one input, and waits for it if necessary. Only one task may wait.
    func reserve() async {
        await withUnsafeContinuation { continuation in
            let isFree = state.withLock { state in
                if state.available > 0 || state.isAbandoned {
                    state.available -= 1
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
            // From an optional: a closure can move a captured value only if it leaves another behind.
            if let outcome = outcome.take() { state.batch.append(outcome) }
            if afterPatience != nil, state.batch.count < Self.enough {
                defer { state.isTimerRunning = true }
                return (false, !state.isTimerRunning)
            }
            defer { state.isFlushPlanned = true }
            return (!state.isFlushPlanned, false)
        }
        if plansFlush { afterTurn { self.flush() } }
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

    /// Returns capacity: this many records are written.
    public func release(_ count: Int) {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.available += count
            guard state.available > 0, let feeder = state.feeder else { return nil }
            state.available -= 1
            state.feeder = nil
            return feeder
        }
        feeder?.resume()
    }

    /// Nobody reads any more: capacity is unlimited.
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
