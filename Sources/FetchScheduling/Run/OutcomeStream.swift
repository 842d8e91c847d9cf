import FetchHTTP
import Synchronization

/// The outcomes of a run as they complete, in batches: all that ended in the same turn of the loop are delivered
/// together, so that a thousand outcomes cost a handful of wake-ups.
///
/// It also bounds the memory of a run. Each input reserves capacity before it starts, and ``release(_:)`` returns it
/// once the record is written: back-pressure, by which a slow reader holds the input back.
package final class OutcomeStream: Sendable, AsyncSequence {
    /// The element of the iterator.
    package typealias Element = OutcomeBatch

    private struct State {
        var batch = OutcomeBatch()
        var available: Int
        var isFinished = false
        var isAbandoned = false
        var isFlushPlanned = false
        /// Whether the pending outcomes need not wait for more.
        var isDue = false
        var isTimerRunning = false
        /// The expected size of the next batch.
        var lastBatchSize = 0
        var reader: UnsafeContinuation<OutcomeBatch?, Never>?
        var feeder: UnsafeContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let capacity: Int
    private let afterTurn: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let afterPatience: (@Sendable (@escaping @Sendable () -> Void) -> Void)?

    /// The number of outcomes that is worth a wake-up of the reader where it would otherwise wait for more.
    static let enough = 64

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - capacity: The maximum number of pending inputs.
    ///   - afterTurn: Calls the closure once all that ended together was added.
    ///   - afterPatience: Calls the closure after the time that outcomes may be held back so that more fit into a
    ///     batch; nil to hold none back.
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
    var pending: Int { state.withLock { capacity - $0.available } }

    // MARK: The scheduler's side

    /// Reserves capacity for one input; false if there is none.
    func tryReserve() -> Bool {
        state.withLock { state in
            guard state.available > 0 || state.isAbandoned else { return false }
            state.available -= 1
            return true
        }
    }

    /// Reserves capacity beyond the limit, up to another limit.
    func tryReserve(upTo most: Int) -> Bool {
        state.withLock { state in
            guard capacity - state.available < most else { return false }
            state.available -= 1
            return true
        }
    }

    /// Lets the feeder that waits for capacity exceed the limit, up to another limit.
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
            // From an optional: a closure can move a captured value out only if it leaves another one.
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

    /// Ends the stream.
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

    /// The pending outcomes; waits for at least one, nil at the end.
    package func next() async -> OutcomeBatch? {
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

    /// Returns capacity: these records are written.
    package func release(_ count: Int) {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.available += count
            guard state.available > 0, let feeder = state.feeder else { return nil }
            state.available -= 1
            state.feeder = nil
            return feeder
        }
        feeder?.resume()
    }

    /// The reader has gone: capacity is unlimited.
    func abandon() {
        let feeder = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.isAbandoned = true
            defer { state.feeder = nil }
            return state.feeder
        }
        feeder?.resume()
    }

    /// Reads the batches. There is one reader.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let stream: OutcomeStream

        /// The next batch; nil at the end.
        package func next() async -> OutcomeBatch? { await stream.next() }
    }

    /// Makes an iterator over the batches.
    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }
}
