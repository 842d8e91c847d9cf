import DequeModule
import Synchronization

/// The short way of an input: sent from the transport's thread, answered there, and its outcome left in the stream without
/// a task. Four of five inputs need no more: one hop, no retry. The others go on as an ``InputRun``.
///
/// Each transfer runs under a permit of the same semaphore as everything else.
final class DirectLane: Sendable {
    /// An input that is ready to be sent. An object, because it goes through several hands, and a copy of all that an
    /// input and a request hold costs more than one allocation.
    final class Entry: Sendable {
        let input: Input
        let request: Request
        /// When it came, on the run's clock.
        let since: Duration
        /// What its permit is for.
        let key: String
        let lane: DirectLane

        init(_ input: Input, _ request: Request, since: Duration, key: String, lane: DirectLane) {
            self.input = input
            self.request = request
            self.since = since
            self.lane = lane
            self.key = key
        }
    }

    /// What the lane's task has to see to.
    enum Event: Sendable {
        /// Continue an input whose first hop was not the end.
        case resume(InputRun, InputRun.Start, TransferResult)
        /// Everything is done.
        case finished
    }

    private typealias Listener = UnsafeContinuation<Event, Never>

    private struct State: Sendable {
        /// The transfers under way; a slot keeps its number until its transfer ends.
        var tickets: [Ticket?] = []
        var freeSlots: [Int] = []
        var handovers = Deque<Event>()
        /// Inputs that have come and left no outcome yet, nor been handed over.
        var open = 0
        var isInputOver = false
        var listener: Listener?
        /// The last URL with its host's key: lists often name one host a thousand times.
        private var lastHost: (url: FetchURL, key: String)?

        /// The key of a URL's host.
        mutating func key(of url: FetchURL) -> String {
            if let lastHost, url.hasSameAuthority(as: lastHost.url) { return lastHost.key }
            let key = url.hostKey.text
            lastHost = (url, key)
            return key
        }

        /// A slot for a transfer.
        mutating func takeSlot(_ ticket: Ticket) -> Int {
            guard let slot = freeSlots.popLast() else {
                tickets.append(ticket)
                return tickets.count - 1
            }
            tickets[slot] = ticket
            return slot
        }

        /// Counts an input out, with the slot that its transfer had.
        mutating func close(_ slot: Int?) {
            open -= 1
            guard let slot else { return }
            precondition(tickets[slot].take() != nil, "a transfer ended twice")
            freeSlots.append(slot)
        }

        /// The next thing to see to.
        mutating func takeEvent() -> Event? { handovers.popFirst() ?? (isInputOver && open == 0 ? .finished : nil) }
    }

    private let transport: any DirectTransport
    private let options: SchedulerOptions
    private let time: any TimeSource
    private let stop: StopSignal
    private let outcomes: OutcomeStream
    private let board: PermitBoard
    /// When the lane was made, on the run's clock and in milliseconds since 1970: wall time is counted from there, because a
    /// short span is divided with a tenth of the instructions.
    private let madeAt: (time: Duration, wall: Int64)
    /// What each first hop may cost.
    private let limits: TransferLimits
    private let state = Mutex(State())

    init(
        transport: any DirectTransport, options: SchedulerOptions, time: any TimeSource, stop: StopSignal,
        outcomes: OutcomeStream, board: PermitBoard
    ) {
        self.transport = transport
        self.options = options
        self.time = time
        self.stop = stop
        self.outcomes = outcomes
        self.board = board
        limits = options.limits(after: .zero)
        madeAt = (time.now(), time.wallMilliseconds())
    }

    // MARK: The feeding side

    /// Takes an input whose place is reserved already, and which waits since that time.
    func add(_ input: consuming Input, _ request: consuming Request, since: Duration) {
        let key = state.withLock { state in
            state.open += 1
            return state.key(of: request.url)
        }
        board.enter(Entry(input, request, since: since, key: key, lane: self))
    }

    /// No more inputs will come.
    func endInput() {
        state.withLock { $0.isInputOver = true }
        tell()
    }

    /// The next thing to see to.
    func nextEvent() async -> Event {
        await withUnsafeContinuation { continuation in
            let event = state.withLock { state -> Event? in
                if let event = state.takeEvent() { return event }
                state.listener = continuation
                return nil
            }
            if let event { continuation.resume(returning: event) }
        }
    }

    /// Ends what is under way.
    func cancelAll() {
        let tickets = state.withLock { state in state.tickets.compactMap { $0 } }
        for ticket in tickets { transport.cancel(ticket) }
    }

    // MARK: One transfer

    /// Answers an input that is not sent, because of its host or because the run ends.
    func refuse(_ entry: Entry, _ error: FetchError?) {
        let error = error ?? stop.reason.map { Scheduler.error($0) } ?? FetchError(.cancelled, "cancelled")
        outcomes.send(Outcome(input: entry.input, error: error, wait: time.now() - entry.since))
        close()
    }

    /// Sends an input under a permit.
    func start(_ entry: Entry, _ permit: Permit) {
        let file: BodyFile?
        do throws(FetchError) {
            file = try options.file(for: entry.input, entry.request.url)
        } catch {
            outcomes.send(Outcome(input: entry.input, error: error))
            close()
            return board.giveBack(permit, .unknown)
        }
        let now = permit.start
        let start = InputRun.Start(
            file: file, time: now, startedAt: madeAt.wall + (now - madeAt.time).wholeMilliseconds,
            wait: now - entry.since)
        let sink = options.sink(file, isNew: true)
        let ticket = transport.makeTicket()
        let slot = state.withLock { $0.takeSlot(ticket) }
        transport.start(entry.request, into: sink, limits: limits, ticket: ticket) { [self] result in
            ended(slot, entry, start, permit, result)
        }
    }

    private func ended(
        _ slot: Int, _ entry: Entry, _ start: InputRun.Start, _ permit: Permit, _ result: consuming TransferResult
    ) {
        let signal = HostPace.Signal.reading(result, wallSeconds: time.wallMilliseconds() / 1000)
        if options.isEnd(result) {
            send(entry, start, result)
            board.giveBack(permit, signal, on: transport.currentLoop)
            return close(slot)
        }
        let run = InputRun(
            input: entry.input, request: entry.request, transport: transport, options: options, time: time, stop: stop,
            board: board)
        state.withLock { [result] state in
            state.handovers.append(.resume(run, start, result))
            state.close(slot)
        }
        board.giveBack(permit, signal, on: transport.currentLoop)
        tell()
    }

    /// Leaves the outcome of an input that needs no more.
    private func send(_ entry: Entry, _ start: InputRun.Start, _ result: consuming TransferResult) {
        guard let file = start.file else {
            return outcomes.send(Outcome.first(entry.input, entry.request, start, result))
        }
        var outcome = Outcome.first(entry.input, entry.request, start, result)
        outcome.settle(file)
        outcomes.send(outcome)
    }

    /// Counts an input that has left its outcome.
    private func close(_ slot: Int? = nil) {
        let isLast = state.withLock { state in
            state.close(slot)
            return state.open == 0 && state.isInputOver
        }
        if isLast { tell() }
    }

    /// Gives the listener its event, if there is one of each.
    private func tell() {
        let telling = state.withLock { state -> (Listener, Event)? in
            guard let listener = state.listener, let event = state.takeEvent() else { return nil }
            state.listener = nil
            return (listener, event)
        }
        if let (listener, event) = telling { listener.resume(returning: event) }
    }
}
