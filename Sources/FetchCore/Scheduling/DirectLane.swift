import Synchronization

/// The short way of an input: sent from the transport's thread, answered there, and its outcome left in the stream without
/// a task. Four of five inputs need no more: one hop, no retry. The others go on as an ``InputRun``, with their permit.
///
/// Each transfer runs under a permit of the same semaphore as everything else. The lane keeps a permit from one input to
/// the next, and gives it back when an ``InputRun`` waits for one or nothing is left to send.
final class DirectLane: Sendable {
    private let transport: any DirectTransport
    private let options: SchedulerOptions
    private let time: any TimeSource
    private let stop: StopSignal
    private let outcomes: OutcomeStream
    /// Input runs that wait for a permit.
    private let contenders = Atomic<Int>(0)
    /// What turns the run's clock into wall time.
    private let wallOffset: Duration
    /// What each first hop may cost.
    private let limits: TransferLimits

    private typealias Listener = UnsafeContinuation<LaneState<Ticket>.Event, Never>

    private struct State: Sendable {
        var lane = LaneState<Ticket>()
        var listener: Listener?
        var pump: UnsafeContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    init(
        transport: any DirectTransport, options: SchedulerOptions, time: any TimeSource, stop: StopSignal,
        outcomes: OutcomeStream
    ) {
        self.transport = transport
        self.options = options
        self.time = time
        self.stop = stop
        self.outcomes = outcomes
        limits = options.limits(after: .zero)
        wallOffset = .milliseconds(time.wallMilliseconds()) - time.now()
    }

    /// Counts an input run that waits for a permit, or waits no longer.
    func addContender(_ count: Int) { contenders.add(count, ordering: .relaxed) }

    // MARK: The feeding side

    /// Takes an input whose place is reserved already, and which waits since that time.
    func add(_ input: Input, _ request: Request, since: Duration) {
        let (isTaken, pump) = state.withLock { state -> (Bool, UnsafeContinuation<Bool, Never>?) in
            guard state.lane.add(.init(input: input, request: request, since: since)) else { return (false, nil) }
            defer { state.pump = nil }
            return (true, state.pump)
        }
        if !isTaken, let reason = stop.reason { outcomes.send(Outcome(input: input, error: Scheduler.error(reason))) }
        pump?.resume(returning: true)
    }

    /// No more inputs will come.
    func endInput() {
        let pump = state.withLock { state -> UnsafeContinuation<Bool, Never>? in
            state.lane.endInput()
            defer { state.pump = nil }
            return state.lane.waitingCount == 0 ? state.pump : nil
        }
        pump?.resume(returning: false)
        tell()
    }

    /// Waits until a permit would be of use; false when none ever will be.
    func wantsPermit() async -> Bool {
        await withUnsafeContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.lane.waitingCount > 0 { return true }
                if state.lane.isOver { return false }
                state.pump = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Uses a permit; false when nothing is left to use it for.
    func use() -> Bool {
        guard let next = state.withLock({ $0.lane.granted() }) else { return false }
        start(next)
        return true
    }

    /// The next thing to see to.
    func nextEvent() async -> LaneState<Ticket>.Event {
        await withUnsafeContinuation { continuation in
            let event = state.withLock { state -> LaneState<Ticket>.Event? in
                if let event = state.lane.takeEvent() { return event }
                state.listener = continuation
                return nil
            }
            if let event { continuation.resume(returning: event) }
        }
    }

    // MARK: Ending early

    /// Starts nothing more: what waits is answered at once.
    func stopStarting(_ reason: StopReason) {
        let (waiting, pump) = state.withLock { state in
            defer { state.pump = nil }
            return (state.lane.stop(), state.pump)
        }
        for entry in waiting { outcomes.send(Outcome(input: entry.input, error: Scheduler.error(reason))) }
        pump?.resume(returning: false)
        tell()
    }

    /// Ends what is under way.
    func cancelAll() {
        for ticket in state.withLock({ $0.lane.handles }) { transport.cancel(ticket) }
    }

    // MARK: One transfer

    private func start(_ entry: LaneState<Ticket>.Waiting) {
        let now = time.now()
        var start = InputRun.Start(
            file: nil, time: now, startedAt: (wallOffset + now).wholeMilliseconds, wait: now - entry.since,
            result: TransferResult())
        if case .folder(let folder) = options.bodies {
            do throws(FetchError) {
                start.file = try folder.open(for: entry.input, entry.request.url)
            } catch {
                outcomes.send(Outcome(input: entry.input, error: error))
                return goOn(with: state.withLock { $0.lane.ended(nil, isContended: isContended) })
            }
        }
        let sink = options.sink(start.file)
        let request = entry.request
        let slot = state.withLock { $0.lane.reserveSlot(entry, start) }
        let ticket = transport.start(request, into: sink, limits: limits) { [self] result in ended(slot, result) }
        state.withLock { $0.lane.started(slot, ticket) }
    }

    private func ended(_ slot: Int, _ result: TransferResult) {
        let (entry, start) = state.withLock { $0.lane.takeSlot(slot) }
        guard let outcome = options.simpleOutcome(entry.input, entry.request, start, result) else {
            let run = InputRun(
                input: entry.input, request: entry.request, transport: transport, options: options, time: time,
                stop: stop, lane: self)
            var start = start
            start.result = result
            state.withLock { $0.lane.handedOver(slot, run, start) }
            return tell()
        }
        outcomes.send(outcome)
        goOn(with: state.withLock { $0.lane.ended(slot, isContended: isContended) })
    }

    private var isContended: Bool { contenders.load(ordering: .relaxed) > 0 }

    private func goOn(with next: LaneState<Ticket>.Waiting?) {
        if let next { start(next) } else { tell() }
    }

    /// Gives the listener its event, if there is one of each.
    private func tell() {
        let telling = state.withLock { state -> (Listener, LaneState<Ticket>.Event)? in
            guard let listener = state.listener, let event = state.lane.takeEvent() else { return nil }
            state.listener = nil
            return (listener, event)
        }
        if let (listener, event) = telling { listener.resume(returning: event) }
    }
}
