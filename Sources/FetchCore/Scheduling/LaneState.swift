import DequeModule

/// The bookkeeping of a ``DirectLane``: inputs that wait, permits it holds, transfers under way. Pure: events in, what to
/// do out.
struct LaneState<Handle: Sendable>: Sendable {
    /// An input that is ready to be sent.
    struct Waiting: Sendable {
        let input: Input
        let request: Request
        /// When it came, on the run's clock.
        let since: Duration
    }

    /// What the lane's task has to see to.
    enum Event: Sendable {
        /// Continue an input whose first hop was not the end, under the permit that goes with it.
        case resume(InputRun, InputRun.Start)
        /// Give so many permits back.
        case giveBack(Int)
        /// Everything is done.
        case finished
    }

    private var waiting = Deque<Waiting>()
    /// A transfer under way.
    private struct Running: Sendable {
        var entry: Waiting
        var start: InputRun.Start
        var handle: Handle?
    }

    /// Transfers under way; a slot keeps its number until it ends.
    private var running: [Running?] = []
    private var freeSlots: [Int] = []
    private var events = Deque<Event>()
    private var unusedPermits = 0
    private var isInputOver = false
    private var isFinished = false
    private(set) var isStopped = false

    /// Whether no permit will be of use any more.
    var isOver: Bool { isStopped || (isInputOver && waiting.isEmpty) }
    /// Transfers under way.
    var runningCount: Int { running.count - freeSlots.count }
    /// Inputs that wait for a permit.
    var waitingCount: Int { waiting.count }

    /// An input has come; false when the lane was stopped and does not take it.
    mutating func add(_ input: Waiting) -> Bool {
        if !isStopped { waiting.append(input) }
        return !isStopped
    }

    /// No more inputs will come.
    mutating func endInput() {
        isInputOver = true
        finishIfDone()
    }

    /// The lane got a permit; gives the input to start with it, or nil when the permit is of no use.
    mutating func granted() -> Waiting? { waiting.popFirst() }

    /// A transfer ended for good, or could not start; gives the next input for its permit, unless somebody else waits
    /// for one.
    mutating func ended(_ slot: Int?, isContended: Bool) -> Waiting? {
        if let slot { free(slot) }
        if !isContended, let input = waiting.popFirst() { return input }
        unusedPermits += 1
        finishIfDone()
        return nil
    }

    /// A transfer ended, but its input goes on elsewhere, and takes the permit along.
    mutating func handedOver(_ slot: Int, _ run: InputRun, _ start: InputRun.Start) {
        free(slot)
        events.append(.resume(run, start))
        finishIfDone()
    }

    /// Takes a slot for a transfer that is about to start.
    mutating func reserveSlot(_ entry: Waiting, _ start: InputRun.Start) -> Int {
        let transfer = Running(entry: entry, start: start)
        if let slot = freeSlots.popLast() {
            running[slot] = transfer
            return slot
        }
        running.append(transfer)
        return running.count - 1
    }

    /// Remembers what names the transfer of a slot, unless it has ended already.
    mutating func started(_ slot: Int, _ handle: Handle) { running[slot]?.handle = handle }

    /// Gives what was sent from a slot; the slot stays taken until ``ended(_:isContended:)`` or
    /// ``handedOver(_:_:_:)``.
    mutating func takeSlot(_ slot: Int) -> (Waiting, InputRun.Start) {
        guard let transfer = running[slot].take() else { preconditionFailure("a transfer ended twice") }
        return (transfer.entry, transfer.start)
    }

    /// The run is to end: gives all inputs that wait; nothing starts from now on.
    mutating func stop() -> [Waiting] {
        isStopped = true
        defer {
            waiting.removeAll()
            finishIfDone()
        }
        return Array(waiting)
    }

    /// What names the transfers under way.
    var handles: [Handle] { running.compactMap { $0?.handle } }

    /// The next thing for the lane's task to see to.
    mutating func takeEvent() -> Event? {
        if unusedPermits > 0 {
            defer { unusedPermits = 0 }
            return .giveBack(unusedPermits)
        }
        return events.popFirst()
    }

    private mutating func free(_ slot: Int) {
        freeSlots.append(slot)
    }

    private mutating func finishIfDone() {
        guard isInputOver, waiting.isEmpty, runningCount == 0, !isFinished else { return }
        isFinished = true
        events.append(.finished)
    }
}
