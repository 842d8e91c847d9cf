import Synchronization

/// The display of a file that is fetched in segments: one body, whatever the number of its requests.
package final class SegmentProgress: Sendable {
    private struct State {
        var meter: TransferMeter?
        var entry: LargeTransfer?
        var missing: Int
    }

    private let length: Int
    private let kept: Int
    private let state: Mutex<State>

    /// Takes the length of the file and how much of it is missing, in bytes.
    package init(length: Int, missing: Int) {
        self.length = length
        kept = length - missing
        state = Mutex(State(missing: missing))
    }

    /// The first of its bodies begins.
    func begin(_ meter: TransferMeter, as name: String) {
        state.withLock { state in
            guard state.meter == nil else { return }
            state.meter = meter
            state.entry = meter.begin(name, length: length - kept, resumedFrom: kept)
            meter.add(received: 0, missing: state.missing, known: 1)
        }
    }

    /// One of its bodies received bytes.
    func receive(_ count: Int) {
        state.withLock { state in
            let part = min(count, state.missing)
            state.missing -= part
            state.entry?.add(count)
            state.meter?.add(received: 0, missing: -part, known: 0)
        }
    }

    /// No body of it is received any more.
    package func end() {
        state.withLock { state in
            guard let meter = state.meter, let entry = state.entry else { return }
            meter.end(entry)
            meter.add(received: 0, missing: -state.missing, known: -1)
            state = State(missing: 0)
        }
    }
}
