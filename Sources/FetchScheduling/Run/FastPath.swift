import FetchHTTP
import FetchSystem
import FetchTransport
import DequeModule
import Synchronization

/// The fast path of an input: it is sent on the transport's thread, completes there, and its outcome goes into the
/// stream without a task. Four of five inputs need no more: one hop, no retry. The others continue as a ``RequestRun``.
///
/// Each transfer runs under a permit of the same semaphore as everything else.
final class FastPath: Sendable {
    /// An input that is ready to be sent. It is an object because it is passed on several times, and copying all that
    /// an input and a request contain costs more than one allocation.
    final class Entry: Sendable {
        let input: Input
        let request: Request
        /// When it arrived, on the run's clock.
        let since: Duration
        /// The key of its permit.
        let key: String
        let fastPath: FastPath

        init(_ input: Input, _ request: Request, since: Duration, key: String, fastPath: FastPath) {
            self.input = input
            self.request = request
            self.since = since
            self.fastPath = fastPath
            self.key = key
        }
    }

    /// A transfer in flight. Each object is reused for the next one, so that a request allocates neither a cancellation
    /// handle nor a closure.
    ///
    /// It is Sendable because it belongs to one transfer at a time: it is filled under the fast path's lock before the
    /// transfer starts, only the completion of that transfer reads it, and it is emptied under the lock again.
    private final class Flight: @unchecked Sendable {
        let cancellation: CancellationHandle
        /// Nil between two transfers.
        var entry: Entry?
        var file: BodyFile?
        var permit = Permit(slot: 0, start: .zero)

        init(_ cancellation: CancellationHandle) { self.cancellation = cancellation }
    }

    /// What the fast path's task must do.
    enum Event: Sendable {
        /// Continue an input whose first hop was not its last.
        case resume(RequestRun, RequestRun.Start, TransferResult)
        /// All inputs are complete.
        case finished
    }

    private typealias Listener = UnsafeContinuation<Event, Never>

    private struct State: Sendable {
        var flights: [Flight] = []
        var idleFlights: [Flight] = []
        var handovers = Deque<Event>()
        /// The number of inputs that have arrived and have neither an outcome nor been passed to a run.
        var open = 0
        var isInputOver = false
        var listener: Listener?
        private var lastKey = LastOrigin<String>()

        /// The key of a URL's authority.
        mutating func key(of url: FetchURL) -> String {
            if let key = lastKey.value(of: url) { return key }
            let key = url.authority.text
            lastKey.remember(key, of: url)
            return key
        }

        /// The flight of a transfer that starts.
        mutating func begin(
            _ entry: Entry, _ file: BodyFile?, _ permit: Permit, _ makeCancellationHandle: () -> CancellationHandle
        ) -> Flight {
            let flight: Flight
            if let idle = idleFlights.popLast() {
                flight = idle
            } else {
                flight = Flight(makeCancellationHandle())
                flights.append(flight)
            }
            flight.entry = entry
            flight.file = file
            flight.permit = permit
            return flight
        }

        /// Counts an input as complete, and takes back the flight of its transfer.
        mutating func close(_ flight: Flight?) {
            open -= 1
            guard let flight else { return }
            precondition(flight.entry.take() != nil, "a transfer ended twice")
            flight.file = nil
            idleFlights.append(flight)
        }

        /// The next event.
        mutating func takeEvent() -> Event? { handovers.popFirst() ?? (isInputOver && open == 0 ? .finished : nil) }
    }

    private let transport: any CallbackTransport
    private let options: SchedulerOptions
    private let time: any TimeSource
    private let stop: StopSignal
    private let outcomes: OutcomeStream
    private let pool: PermitPool
    /// When the fast path was made, on the run's clock and in milliseconds since 1970: wall time is counted from there,
    /// because dividing a short span takes a tenth of the instructions.
    private let madeAt: (time: Duration, wall: Int64)
    /// The limits of each first hop, unless its host has its own.
    private let limits: TransferLimits
    private let state = Mutex(State())

    init(
        transport: any CallbackTransport, options: SchedulerOptions, time: any TimeSource, stop: StopSignal,
        outcomes: OutcomeStream, pool: PermitPool
    ) {
        self.transport = transport
        self.options = options
        self.time = time
        self.stop = stop
        self.outcomes = outcomes
        self.pool = pool
        limits = options.limits(after: .zero)
        madeAt = (time.now(), time.wallMilliseconds())
    }

    // MARK: The feeding side

    /// Takes an input with reserved capacity that waits since a time.
    func add(_ input: consuming Input, _ request: consuming Request, since: Duration) {
        let key = state.withLock { state in
            state.open += 1
            return state.key(of: request.url)
        }
        pool.enter(Entry(input, request, since: since, key: key, fastPath: self))
    }

    /// Ends the input.
    func endInput() {
        state.withLock { $0.isInputOver = true }
        tell()
    }

    /// The next event.
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

    /// Cancels what is in flight.
    func cancelAll() {
        let flights = state.withLock { $0.flights }
        for flight in flights { transport.cancel(flight.cancellation) }
    }

    // MARK: One transfer

    /// Completes an input that is not sent, because of its authority or because the run ends.
    func refuse(_ entry: Entry, _ error: FetchError?) {
        let error = error ?? stop.reason.map { Scheduler.error($0) } ?? FetchError(.cancelled, "cancelled")
        outcomes.send(Outcome(input: entry.input, error: error, wait: time.now() - entry.since))
        close()
    }

    /// Sends an input under a permit.
    ///
    /// - Returns: What its authority showed, if it ended before anything was sent; the caller then returns the permit.
    ///   It is not returned here: the next start that fails would be one call deeper, and so on, until the stack ends.
    func start(_ entry: Entry, _ permit: Permit) -> AuthorityPace.Signal? {
        let file: BodyFile?
        do throws(FetchError) {
            file = try options.file(for: entry.input, entry.request.url)
        } catch {
            outcomes.send(Outcome(input: entry.input, error: error))
            close()
            return .unknown
        }
        let (request, sink) = options.prepare(entry.request, of: entry.input, file, isNew: true)
        let flight = state.withLock { $0.begin(entry, file, permit) { transport.makeCancellationHandle() } }
        let limits = options.hosts == nil ? limits : options.limits(after: .zero, to: entry.request.url)
        let refusal = transport.start(request, into: sink, limits: limits, cancellation: flight.cancellation) {
            result in
            guard let fastPath = flight.entry?.fastPath else { return }
            let challenges = result.challenges
            fastPath.ended(flight, &result) {
                fastPath.pool.giveBack($0, $1, on: fastPath.transport.currentLoop, challenges: challenges)
            }
        }
        guard let refusal else { return nil }
        var result = TransferResult(error: refusal)
        var shown = AuthorityPace.Signal.unknown
        ended(flight, &result) { shown = $1 }
        return shown
    }

    /// Processes the result of a transfer: its outcome, or the run that continues it.
    ///
    /// - Parameter giveBack: Returns the permit.
    private func ended(
        _ flight: Flight, _ result: inout TransferResult, giveBack: (Permit, AuthorityPace.Signal) -> Void
    ) {
        guard let entry = flight.entry else { preconditionFailure("a transfer ended twice") }
        let permit = flight.permit
        let start = RequestRun.Start(
            file: flight.file, time: permit.start,
            startedAt: madeAt.wall + (permit.start - madeAt.time).wholeMilliseconds, wait: permit.start - entry.since)
        let signal = options.paceSignal(result, wallSeconds: time.wallMilliseconds() / 1000)
        if options.isEnd(result, of: entry.request.url, flight.file) {
            send(entry, start, &result)
            giveBack(permit, signal)
            return close(flight)
        }
        let run = RequestRun(
            input: entry.input, request: entry.request, transport: transport, options: options, time: time, stop: stop,
            pool: pool)
        state.withLock { [result] state in
            state.handovers.append(.resume(run, start, result))
            state.close(flight)
        }
        giveBack(permit, signal)
        tell()
    }

    /// Adds the outcome of a complete input to the stream.
    private func send(_ entry: Entry, _ start: RequestRun.Start, _ result: inout TransferResult) {
        guard let file = start.file else {
            return outcomes.send(Outcome.first(entry.input, entry.request, start, &result))
        }
        var outcome = Outcome.first(entry.input, entry.request, start, &result)
        outcome.finish(file)
        outcomes.send(outcome)
    }

    /// Counts an input whose outcome is in the stream.
    private func close(_ flight: Flight? = nil) {
        let isLast = state.withLock { state in
            state.close(flight)
            return state.open == 0 && state.isInputOver
        }
        if isLast { tell() }
    }

    /// Delivers an event to the listener, if there is one of each.
    private func tell() {
        let telling = state.withLock { state -> (Listener, Event)? in
            guard let listener = state.listener, let event = state.takeEvent() else { return nil }
            state.listener = nil
            return (listener, event)
        }
        if let (listener, event) = telling { listener.resume(returning: event) }
    }
}
