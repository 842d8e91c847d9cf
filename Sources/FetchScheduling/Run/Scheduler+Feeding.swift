import FetchHTTP
import FetchSystem
import FetchTransport

/// Feeds inputs to permits and transfers.
extension Scheduler {
    /// Feeds inputs until the list ends; when the run is stopped, nothing new starts, and what is in flight is
    /// cancelled after the grace period.
    func feedUnlessCut(_ inputs: any InputSource, _ outcomes: OutcomeStream) async {
        // A segmented file has more requests than one, a traced run tells more than one transfer knows, and whether a
        // failure is the last word must be known before its permit is returned.
        let fastPath =
            options.fetchesSegments || options.trace != nil || options.failsEarly
            ? nil
            : (transport as? any CallbackTransport).map {
                FastPath(
                    transport: $0, options: options, time: time, stop: stop, outcomes: outcomes, pool: semaphore.pool)
            }
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: transport.executor) {
                if let fastPath {
                    await self.feed(inputs, outcomes, fastPath)
                } else {
                    await self.feed(inputs, outcomes)
                }
            }
            group.addTask {
                await self.stop.wait()
                guard let reason = self.stop.reason else { return }
                await self.semaphore.close()
                if reason == .interrupted { try? await self.time.sleep(for: self.options.grace) }
                fastPath?.cancelAll()
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Starts a task for each input; returns when the outcomes of all are in the stream.
    private func feed(_ inputs: any InputSource, _ outcomes: OutcomeStream) async {
        await withDiscardingTaskGroup { group in
            await forEachRequest(inputs, outcomes) { input, request, _ in
                group.addTask(executorPreference: transport.executor) { [self] in
                    let run = RequestRun(
                        input: input, request: request, transport: transport, options: options, time: time, stop: stop,
                        pool: semaphore.pool)
                    outcomes.send(await run.outcome())
                }
            }
        }
    }

    /// Sends each input on the fast path, and starts a task for those that need more; returns when the outcomes of all
    /// are in the stream.
    private func feed(_ inputs: any InputSource, _ outcomes: OutcomeStream, _ fastPath: FastPath) async {
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: transport.executor) { [self] in
                await forEachRequest(inputs, outcomes) { fastPath.add($0, $1, since: $2) }
                fastPath.endInput()
            }
            while true {
                switch await fastPath.nextEvent() {
                case .finished: return
                case .resume(let run, let start, let result):
                    group.addTask(executorPreference: transport.executor) {
                        outcomes.send(await run.outcome(after: start, result))
                    }
                }
            }
        }
    }

    /// Calls the closure with each input that can be sent, and the time, once the stream has capacity for it;
    /// all others get their outcome immediately.
    private func forEachRequest(
        _ inputs: any InputSource, _ outcomes: OutcomeStream,
        _ body: (consuming Input, consuming Request, Duration) -> Void
    ) async {
        let pool = semaphore.pool
        pool.whenStarving { [options] in outcomes.widen(to: options.lookAhead) }
        defer {
            pool.whenStarving(nil)
            pool.expectInput(for: nil, grace: Self.expectation)
        }
        var isWithinBound = true
        var isAtHand = false
        while let chunk = await inputs.next() {
            if isWithinBound { pool.expectInput(for: Self.expectation) }
            var now = time.now()
            for input in chunk {
                if !outcomes.tryReserve(), !(pool.isStarving && outcomes.tryReserve(upTo: options.lookAhead)) {
                    isWithinBound = false
                    // Idle permits let it in (whenStarving), up to the look-ahead.
                    isAtHand = outcomes.pending < options.lookAhead
                    pool.expectInput(for: nil, isAtHand: isAtHand, grace: Self.expectation)
                    await outcomes.reserve()
                    now = time.now()
                }
                guard input.refusal == nil, case .success(let request) = input.request else {
                    outcomes.send(Outcome(input: input, error: input.request.failure ?? input.refusal))
                    continue
                }
                if let reason = stop.reason {
                    outcomes.send(Outcome(input: input, error: Self.error(reason)))
                    continue
                }
                if let name = options.existingFile(of: input, request.url) {
                    var outcome = Outcome(input: input, fileName: name)
                    outcome.saved = SavedDetails(skipped: "exists")
                    outcomes.send(outcome)
                    continue
                }
                body(input, request, now)
            }
            // The next chunk may take long to arrive.
            if isAtHand { pool.expectInput(for: Self.expectation) }
            isAtHand = false
        }
    }

    /// How soon after one chunk of inputs the next is expected. While they arrive, and none waits for capacity, an
    /// authority that has not answered yet gets no more than its probe: a list may begin with a thousand URLs of a dead
    /// authority and continue with a live one. It is long enough for a reader that waits for a processor.
    private static let expectation: Duration = .milliseconds(250)
}
