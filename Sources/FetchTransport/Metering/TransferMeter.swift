package import FetchHTTP
import FetchSystem
import Synchronization

/// Counts the bytes of a run's bodies while they arrive, for a display of the progress. All loops of a run share it; a run
/// without a display has none.
///
/// A small body costs its loop a few additions; the loop publishes their sums once a turn (``LoopMeter``). Only a large body
/// (``BodyProgress/largeSize``) is an entry of its own.
package final class TransferMeter: Sendable {
    private struct Bodies {
        var inFlight: [LargeTransfer] = []
        /// The number of large bodies so far.
        var count = 0
    }

    private let received = Atomic<Int>(0)
    private let missing = Atomic<Int>(0)
    private let known = Atomic<Int>(0)
    private let bodies = Mutex(Bodies())

    /// A meter that has counted nothing.
    package init() {}

    /// What was counted until now.
    package var reading: BodyProgress {
        var reading = BodyProgress()
        reading.received = received.load(ordering: .relaxed)
        reading.missing = missing.load(ordering: .relaxed)
        reading.known = known.load(ordering: .relaxed)
        let (inFlight, count) = bodies.withLock { ($0.inFlight, $0.count) }
        let now = MonotonicClock.nanoseconds()
        reading.large = inFlight.map { $0.reading(now: now) }
        reading.hadLarge = count > 0
        return reading
    }

    /// Adds the sums of a turn.
    func add(received: Int, missing: Int, known: Int) {
        if received != 0 { self.received.add(received, ordering: .relaxed) }
        if missing != 0 { self.missing.add(missing, ordering: .relaxed) }
        if known != 0 { self.known.add(known, ordering: .relaxed) }
    }

    /// Adds an entry for a large body.
    func begin(_ name: String, length: Int?, resumedFrom: Int) -> LargeTransfer {
        bodies.withLock { bodies in
            bodies.count += 1
            let transfer = LargeTransfer(
                id: bodies.count, name: name, length: length, resumedFrom: resumedFrom,
                start: MonotonicClock.nanoseconds())
            bodies.inFlight.append(transfer)
            return transfer
        }
    }

    /// Removes the entry of a body that has ended.
    func end(_ transfer: LargeTransfer) {
        bodies.withLock { $0.inFlight.removeAll { $0 === transfer } }
    }
}
