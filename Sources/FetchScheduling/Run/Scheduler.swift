package import FetchHTTP
package import FetchSystem
package import FetchTransport

/// Runs requests: every input gives exactly one outcome, whatever happens to it or to the run.
///
/// Each input is a child task that takes a permit of the semaphore, makes attempts until one is final, and adds its
/// outcome to the stream. The tasks run on the transport's own thread if it has one.
package final class Scheduler: Sendable {
    let transport: any Transport
    /// The limits.
    package let options: SchedulerOptions
    /// The clocks.
    package let time: any TimeSource
    /// Ends the run early when it is raised.
    package let stop: StopSignal
    let semaphore: AsyncSemaphore
    /// The transport's timer, if the system's clock is used. The first task that sleeps starts three threads, and each
    /// of them costs two a turn.
    private let after: PermitPool.Alarm

    /// Makes a scheduler for one run.
    ///
    /// - Parameters:
    ///   - transport: Sends the requests.
    ///   - options: The limits.
    ///   - time: The clocks.
    ///   - stop: Ends the run early when it is raised.
    package init(
        transport: any Transport, options: SchedulerOptions = SchedulerOptions(), time: any TimeSource = SystemTime(),
        stop: StopSignal = StopSignal()
    ) {
        self.transport = transport
        self.options = options
        self.time = time
        self.stop = stop
        let isSystemTime = time is SystemTime
        after = { isSystemTime && transport.after($0, $1) }
        semaphore = AsyncSemaphore(options.permitLimits, time: time, executor: transport.executor, after: after)
    }

    /// The executor on which ``fetch(_:)`` costs no thread hop, if there is one.
    package var executor: (any TaskExecutor)? { transport.executor }

    /// Counts the bytes of bodies while they arrive; nil without a display.
    package var meter: TransferMeter? { transport.meter }

    /// The authorities that are paused because they asked for it, or cannot be reached, while inputs wait for them;
    /// with the remaining time.
    package var restingAuthorities: [(authority: String, rest: Duration)] {
        semaphore.pool.resting.map { ($0.key, $0.rest) }
    }

    /// Calls the action, on any thread, when this machine has no room for another connection, and fewer requests are in
    /// flight from then on; once.
    package func whenShort(_ action: @escaping @Sendable (FetchError) -> Void) { semaphore.pool.whenShort(action) }

    /// The number of requests in flight.
    package var inFlight: Int { get async { await semaphore.used } }

    /// Runs all inputs and passes their outcomes to the body as they complete.
    ///
    /// When the body returns before the stream ends, the run is over, and the requests in flight are cancelled.
    ///
    /// - Parameters:
    ///   - inputs: The inputs, read as they are needed.
    ///   - patience: How long outcomes may be held back so that more are delivered together. With few requests in
    ///     flight the reader is otherwise woken for every two or three.
    ///   - body: Reads the stream, and returns capacity with ``OutcomeStream/release(_:)``.
    /// - Returns: What the body returns.
    package func run<Result>(
        _ inputs: any InputSource, patience: Duration? = nil, _ body: (OutcomeStream) async -> Result
    ) async -> Result {
        let outcomes = OutcomeStream(
            capacity: options.window, afterTurn: { [transport] in transport.afterTurn($0) },
            afterPatience: patience.map { timer($0) })
        return await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: transport.executor) { await self.runUnlessCut(inputs, outcomes) }
            let result = await body(outcomes)
            // After the end of the stream this has no effect; before it, it ends what the body left.
            stop.stop(.outputClosed)
            inputs.close()
            outcomes.abandon()
            return result
        }
    }

    /// Calls a closure after a delay: on the transport, or in a task that ends soon by itself and need not be awaited.
    private func timer(_ duration: Duration) -> @Sendable (@escaping @Sendable () -> Void) -> Void {
        { [transport, time, after] action in
            if after(duration, action) { return }
            Task(executorPreference: transport.executor) {
                try? await time.sleep(for: duration)
                action()
            }
        }
    }

    /// Sends one input under the same permits as all others of this scheduler, for work whose next request depends on
    /// the last response. Cancelling the task ends it immediately.
    ///
    /// - Parameter input: The input.
    /// - Returns: Its outcome, whatever happens.
    package func fetch(_ input: Input) async -> Outcome { await fetch(input, options) }

    /// The same, with its own limit for the body.
    package func fetch(_ input: Input, maxBodySize: Int, keepsBeginning: Bool = false) async -> Outcome {
        var options = options
        options.maxBodySize = maxBodySize
        options.keepsBeginning = keepsBeginning
        return await fetch(input, options)
    }

    /// The same for a link checker: the bodies that it does not want are not read, and of a page that is too large the
    /// beginning is in the outcome, together with the error.
    package func fetch(_ input: Input, reading bodies: WantedBodies) async -> Outcome {
        var options = options
        options.wantedBodies = bodies
        options.keepsBeginning = true
        return await fetch(input, options)
    }

    /// Lets the next request to an authority be sent although it could not be reached, for a caller that asks again later.
    package func resetPace(of authority: String) { semaphore.pool.resetPace(of: authority) }

    private func fetch(_ input: Input, _ options: SchedulerOptions) async -> Outcome {
        guard input.refusal == nil, case .success(let request) = input.request else {
            return Outcome(input: input, error: input.request.failure ?? input.refusal)
        }
        if let reason = stop.reason { return Outcome(input: input, error: Self.error(reason)) }
        let run = RequestRun(
            input: input, request: request, transport: transport, options: options, time: time, stop: stop,
            pool: semaphore.pool)
        return await run.outcome()
    }

    /// Lends no more permits: all waiters get `cancelled`.
    package func close() async { await semaphore.close() }

    /// Runs everything, with four tasks beside it: one cancels what is in flight when a stopped run has had its grace
    /// period, one ends a list that still delivers inputs then, one raises the deadline, one looks for a standstill.
    private func runUnlessCut(_ inputs: any InputSource, _ outcomes: OutcomeStream) async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask(executorPreference: transport.executor) {
                await self.feedUnlessCut(inputs, outcomes)
                return true
            }
            group.addTask {
                await self.stop.wait()
                // Inputs that have arrived get their records; an endless list does not delay the end.
                try? await self.time.sleep(for: self.options.grace + .milliseconds(300))
                if self.stop.reason != nil { inputs.close() }
                return false
            }
            if let deadline = options.deadline {
                group.addTask {
                    await self.stop.sleep(for: deadline, on: self.time)
                    if !Task.isCancelled { self.stop.stop(.deadline) }
                    return false
                }
            }
            group.addTask {
                await self.watchForStandstill()
                return false
            }
            while let isOver = await group.next(), !isOver {}
            group.cancelAll()
        }
        outcomes.finish()
    }

    /// Ends requests that wait for something that will not happen. Two looks in a row, so that waiters that are just gone
    /// have been noticed.
    private func watchForStandstill() async {
        var wasAtStandstill = false
        // On the system's clock, also where a test holds the time still.
        while (try? await SystemTime().sleep(for: .seconds(5))) != nil {
            let isAtStandstill = semaphore.pool.isAtStandstill
            if wasAtStandstill, isAtStandstill { semaphore.pool.endStandstill() }
            wasAtStandstill = isAtStandstill
        }
    }

    /// The error of an input that the end of the run left without a result.
    package static func error(_ reason: StopReason) -> FetchError {
        switch reason {
        case .interrupted, .outputClosed: FetchError(.cancelled, "the run was interrupted")
        case .failed: FetchError(.cancelled, "the run stopped after its first failure")
        case .deadline: FetchError(.deadline, "the deadline of the run has passed")
        }
    }
}

extension Result {
    /// The failure, or nil.
    package var failure: Failure? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
