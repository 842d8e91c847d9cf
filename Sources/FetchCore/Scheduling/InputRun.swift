/// The way of one input: attempts until one stands, each of them a chain of hops, each hop under a permit of its origin.
struct InputRun {
    let input: Input
    let request: Request
    let transport: any Transport
    let options: SchedulerOptions
    let time: any TimeSource
    let stop: StopSignal

    /// A first hop that somebody else has sent under a permit that it hands over.
    struct Start: Sendable {
        var file: BodyFile?
        var time: Duration
        var startedAt: Int64
        var wait: Duration
        var result: TransferResult
    }

    /// The lane that has permits to give back when somebody waits for one.
    var lane: DirectLane?

    /// What an attempt gave.
    private struct Attempt {
        var url: FetchURL
        var response: Response?
        var error: FetchError?
        var timing: Timing?
        var redirects = 0
        var wait: Duration = .zero
        /// Whether anything was sent.
        var isSent = false
    }

    /// Runs the input to its end.
    ///
    /// It runs in the isolation of the semaphore: taking and giving permits is then a plain call, where every hop to an
    /// actor and back costs two jobs of the executor.
    ///
    /// - Parameters:
    ///   - semaphore: What lends the permits.
    ///   - first: The first hop, if it was sent already; its permit is given back here.
    func outcome(_ semaphore: isolated AsyncSemaphore, after first: Start? = nil) async -> Outcome {
        var outcome = Outcome(input: input)
        let file: BodyFile?
        do throws(FetchError) {
            if let first { file = first.file } else { file = try bodyFile() }
        } catch {
            outcome.error = error
            return outcome
        }
        var random = SystemRandomNumberGenerator()
        var start = first?.time
        outcome.startedAt = first?.startedAt
        outcome.wait = first?.wait ?? .zero
        var sent = first?.result
        var attempt = 1
        while true {
            let result = await self.attempt(semaphore, into: file, outcome: &outcome, start: &start, sent: sent)
            sent = nil
            outcome.effectiveURL = result.isSent ? result.url : outcome.effectiveURL
            outcome.response = result.response
            outcome.error = result.error
            outcome.timing = result.timing
            outcome.redirects = result.redirects
            outcome.retries = attempt - 1
            outcome.wait += result.wait
            guard let error = result.error else { break }
            if let reason = stop.reason {
                if error.kind == .cancelled { outcome.error = Scheduler.error(reason) }
                break
            }
            let retryAfter = result.response.flatMap { $0.headers["retry-after"] }
                .flatMap { RetryAfter.parse($0, now: time.wallMilliseconds() / 1000) }
            let decision = options.retry.decision(
                after: error, status: result.response?.status, retryAfter: retryAfter, attempt: attempt,
                isIdempotent: request.isIdempotent, elapsed: time.now() - (start ?? time.now()), using: &random)
            if case .giveUp(let wait) = decision {
                outcome.error = FetchError(
                    .rateLimited, wait > .zero ? "asked to wait \(Int(wait.inSeconds)) s" : error.message,
                    curlCode: 22, retryAfter: wait > .zero ? wait : nil)
            }
            guard case .retry(let wait) = decision else { break }
            let before = time.now()
            await stop.sleep(for: wait, on: time)
            outcome.wait += time.now() - before
            if let reason = stop.reason {
                outcome.error = Scheduler.error(reason)
                break
            }
            attempt += 1
        }
        outcome.settle(file)
        return outcome
    }

    /// One attempt: takes a permit, follows redirects, gives the permit back before anybody waits for anything else.
    private func attempt(
        _ semaphore: isolated AsyncSemaphore, into file: BodyFile?, outcome: inout Outcome, start: inout Duration?,
        sent: TransferResult?
    ) async -> Attempt {
        var attempt = Attempt(url: request.url)
        var hop = request
        var spent = Timing()
        var sent = sent
        while true {
            let origin = options.permitKey(for: hop.url)
            attempt.url = hop.url
            if sent == nil {
                let before = time.now()
                guard await acquire(semaphore, for: origin) else {
                    attempt.error = FetchError(.cancelled, "cancelled")
                    return attempt
                }
                let begin = time.now()
                attempt.wait += begin - before
                if start == nil {
                    start = begin
                    outcome.startedAt = time.wallMilliseconds()
                }
            }
            attempt.isSent = true
            let result: TransferResult
            if let known = sent {
                result = known
                sent = nil
            } else {
                result = await transport.send(hop, into: options.sink(file), limits: options.limits(after: spent.total))
            }
            semaphore.release(for: origin)

            attempt.response = result.response
            attempt.error = result.error
            attempt.timing = result.timing.map { $0.shifted(by: spent.total) }
            attempt.response?.timing = attempt.timing ?? Timing()
            spent.total = attempt.timing?.total ?? spent.total
            guard result.error == nil, let response = result.response else { return attempt }
            switch options.redirects.step(after: response, to: hop, followed: attempt.redirects) {
            case .answer:
                attempt.error = statusError(response.status)
                return attempt
            case .fail(let error):
                attempt.error = error
                return attempt
            case .follow(let next):
                attempt.redirects += 1
                hop = next
                if let maxTime = options.maxTime, spent.total >= maxTime {
                    attempt.error = FetchError(
                        .timedOut, "\(attempt.redirects) redirects took longer than allowed", curlCode: 28)
                    return attempt
                }
            }
        }
    }

    private func acquire(_ semaphore: isolated AsyncSemaphore, for key: String) async -> Bool {
        lane?.addContender(1)
        defer { lane?.addContender(-1) }
        do {
            try await semaphore.acquire(for: key)
            return true
        } catch {
            return false
        }
    }

    private func statusError(_ status: Int) -> FetchError? {
        if options.accept.contains(status) { return nil }
        return FetchError(.httpStatus, StatusText.line(status), curlCode: 22)
    }

    private func bodyFile() throws(FetchError) -> BodyFile? {
        guard case .folder(let folder) = options.bodies else { return nil }
        return try folder.open(for: input, request.url)
    }
}
