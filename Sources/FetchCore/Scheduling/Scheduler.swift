/// Requests in, outcomes out: every input gives exactly one outcome, whatever happens to it or to the run.
///
/// Each input is a child task that takes a permit of the semaphore, makes attempts until one stands, and leaves its
/// outcome in the stream. The tasks run on the transport's own thread where it has one.
public final class Scheduler: Sendable {
    private let transport: any Transport
    private let options: SchedulerOptions
    private let time: any TimeSource
    private let stop: StopSignal
    private let semaphore: AsyncSemaphore

    /// Makes a scheduler for one run.
    ///
    /// - Parameters:
    ///   - transport: What sends.
    ///   - options: The bounds.
    ///   - time: The clocks.
    ///   - stop: Ends the run early when it is raised.
    public init(
        transport: any Transport, options: SchedulerOptions = SchedulerOptions(), time: any TimeSource = SystemTime(),
        stop: StopSignal = StopSignal()
    ) {
        self.transport = transport
        self.options = options
        self.time = time
        self.stop = stop
        semaphore = AsyncSemaphore(permits: options.maxConcurrent, permitsPerKey: options.maxPerOrigin)
    }

    /// Runs all inputs and gives their outcomes to the body while they complete.
    ///
    /// When the body ends before the stream does, the run is over: what is in flight is cancelled.
    ///
    /// - Parameters:
    ///   - inputs: The inputs, read as they are needed.
    ///   - body: Reads the stream, and gives places back with ``OutcomeStream/release(_:)``.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func run<Result: Sendable>(
        _ inputs: any InputSource, _ body: (OutcomeStream) async throws -> Result
    ) async rethrows -> Result {
        let outcomes = OutcomeStream(capacity: options.window) { [transport] in transport.whenSettled($0) }
        return try await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: transport.executor) { await self.runUnlessCut(inputs, outcomes) }
            defer { outcomes.abandon() }
            do {
                let result = try await body(outcomes)
                end(inputs, outcomes)
                return result
            } catch {
                end(inputs, outcomes)
                throw error
            }
        }
    }

    /// Makes everything end that the body left undone.
    private func end(_ inputs: any InputSource, _ outcomes: OutcomeStream) {
        stop.stop(.outputClosed)
        inputs.close()
        outcomes.abandon()
    }

    /// Feeds and runs everything; when the run is to end, closes the semaphore at once, and cancels what is in flight
    /// after its grace.
    private func runUnlessCut(_ inputs: any InputSource, _ outcomes: OutcomeStream) async {
        enum End { case finished, cut }
        let stopping = Task(executorPreference: transport.executor) { [self] in
            if let deadline = options.deadline {
                await stop.sleep(for: deadline, on: time)
                if Task.isCancelled { return }
                stop.stop(.deadline)
            }
            await stop.wait()
            await semaphore.close()
        }
        await withTaskGroup(of: End.self) { group in
            group.addTask(executorPreference: transport.executor) {
                await self.feed(inputs, outcomes)
                return .finished
            }
            group.addTask {
                await self.stop.wait()
                if self.stop.reason == .interrupted { try? await self.time.sleep(for: self.options.grace) }
                inputs.close()
                return .cut
            }
            _ = await group.next()
            group.cancelAll()
        }
        stopping.cancel()
        outcomes.finish()
    }

    /// Starts a task for each input; returns when all have left their outcomes.
    private func feed(_ inputs: any InputSource, _ outcomes: OutcomeStream) async {
        await withDiscardingTaskGroup { group in
            while let chunk = await inputs.next() {
                for input in chunk {
                    await outcomes.reserve()
                    guard case .success(let request) = input.request else {
                        outcomes.send(Outcome(input: input, error: input.request.failure))
                        continue
                    }
                    if let reason = stop.reason {
                        outcomes.send(Outcome(input: input, error: Self.error(reason)))
                        continue
                    }
                    group.addTask(executorPreference: transport.executor) { [self] in
                        let run = InputRun(
                            input: input, request: request, transport: transport, options: options, time: time,
                            stop: stop, semaphore: semaphore)
                        outcomes.send(await run.outcome())
                    }
                }
            }
        }
    }

    /// What the record of an input says that the end of the run came before.
    static func error(_ reason: StopReason) -> FetchError {
        switch reason {
        case .interrupted, .outputClosed: FetchError(.cancelled, "the run was interrupted")
        case .deadline: FetchError(.deadline, "the time for the whole run is over")
        }
    }
}

extension Result {
    /// The failure, or nil.
    var failure: Failure? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
