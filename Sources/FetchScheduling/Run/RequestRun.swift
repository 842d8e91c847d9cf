import FetchHTTP
import FetchSystem
import FetchTransport

/// The run of one request: attempts until one is final, each of them a chain of hops, each hop under a permit of its
/// authority.
struct RequestRun {
    let input: Input
    let request: Request
    let transport: any Transport
    let options: SchedulerOptions
    let time: any TimeSource
    let stop: StopSignal
    let pool: PermitPool

    /// A first hop that the fast path has sent, and whose permit is returned.
    struct Start: Sendable {
        var file: BodyFile?
        var time: Duration
        var startedAt: Int64
        var wait: Duration
    }

    /// The result of an attempt.
    struct Attempt {
        var url: FetchURL
        var response: Response?
        var error: FetchError?
        var timing: Timing?
        var redirects = 0
        var wait: Duration = .zero
        /// Whether anything was sent.
        var isSent = false
        /// Whether the authority was given up before anything was sent.
        var isRefused = false
        /// Whether it added so much to a file that it costs no retry.
        var isFree = false
        /// Whether the next one begins in another way.
        var startsAgain = false
        /// The URLs of the chain so far.
        var chain: [FetchURL] = []
    }

    /// Runs the input to its end.
    ///
    /// - Parameters:
    ///   - first: How the first hop was started, if it was sent already.
    ///   - result: Its result.
    func outcome(after first: Start? = nil, _ result: TransferResult? = nil) async -> Outcome {
        var outcome = Outcome(input: input)
        let file: BodyFile?
        do throws(FetchError) {
            if let first { file = first.file } else { file = try options.file(for: input, request.url) }
        } catch {
            outcome.error = error
            return outcome
        }
        var random = SystemRandomNumberGenerator()
        var start = first?.time
        outcome.startedAt = first?.startedAt
        outcome.wait = first?.wait ?? .zero
        var sent = result
        var attempt = 1
        // Only attempts that count: a repetition that an authority asked for is not a failure.
        var charged = 1
        // Nor is one that only showed that the rest can be fetched in segments, or cannot.
        var learnt = 0
        var probed = 0
        while true {
            let plan = sent == nil ? file?.segmentPlan(maxBodySize: options.maxBodySize) : nil
            var result: Attempt
            if let file, let plan {
                result = await segmentedAttempt(plan, into: file, outcome: &outcome, start: &start)
                result.response?.size += probed
            } else {
                result = await self.attempt(attempt, into: file, outcome: &outcome, start: &start, sent: sent)
            }
            sent = nil
            outcome.effectiveURL = result.isSent ? result.url : outcome.effectiveURL
            // The response after which an authority was given up is still the last one.
            if !result.isRefused || result.isSent { outcome.response = result.response }
            outcome.error = result.error
            if result.isSent { outcome.timing = result.timing }
            outcome.redirects = result.redirects
            outcome.retries = attempt - 1 - learnt
            outcome.wait += result.wait
            guard let error = result.error else { break }
            let isFree = plan == nil ? file?.broke() ?? false : result.isFree
            if let reason = stop.reason {
                if error.kind == .cancelled || error.kind == .localLimit { outcome.error = Scheduler.error(reason) }
                break
            }
            if result.isRefused || !options.mayRepeat(input) { break }
            if plan == nil, file?.hasLearnt == true {
                learnt += 1
                probed = result.response?.size ?? 0
                attempt += 1
                continue
            }
            let retryAfter = retryAfter(result.response)
            // What is there does not fit any more: the same as a connection that broke.
            let failure =
                file?.startsAgain == true || result.startsAgain ? FetchError(.truncated, error.message) : error
            let decision = options.retry.decision(
                after: failure, status: result.response?.status, retryAfter: retryAfter, attempt: isFree ? 1 : charged,
                isIdempotent: request.isIdempotent, elapsed: time.now() - (start ?? time.now()), using: &random)
            traceDecision(decision, after: failure)
            if case .giveUp(let wait) = decision {
                outcome.error = FetchError(
                    .rateLimited, wait > .zero ? "asked to wait \(Int(wait.inSeconds)) s" : error.message,
                    curlCode: .httpReturnedError, retryAfter: wait > .zero ? wait : nil)
            }
            if case .retry(let wait) = decision {
                let before = time.now()
                await stop.sleep(for: wait, on: time)
                outcome.wait += time.now() - before
                if let reason = stop.reason {
                    outcome.error = Scheduler.error(reason)
                    break
                }
                charged += isFree ? 0 : 1
            } else if case .obey(let isCharged) = decision {
                charged += isCharged ? 1 : 0
            } else {
                break
            }
            attempt += 1
        }
        outcome.finish(file)
        return outcome
    }

    /// One attempt: follows redirects, each hop under a permit that is returned before anything else is awaited.
    func attempt(
        _ number: Int, into file: BodyFile?, outcome: inout Outcome, start: inout Duration?, sent: TransferResult?
    ) async -> Attempt {
        var attempt = Attempt(url: request.url)
        options.redirectHeads?.restart(input.index)
        var hop = request
        var spent = Timing()
        // The time of hops to hosts that have their own maximum.
        var excused = Duration.zero
        var sent = sent
        var shortage = LocalLimitWait(maxWait: options.retry.maxWait)
        while true {
            attempt.url = hop.url
            var permit: Permit?
            let (asked, sink) = sent == nil ? options.prepare(hop, of: input, file) : (hop, .discard)
            traceStart(asked, attempt: number)
            if sent == nil {
                // A response from the cache needs no permit and does not count against a rate.
                sent = await transport.answerAtHand(
                    asked, into: sink,
                    limits: options.limits(after: spent.total, excused: excused, from: request.url, to: hop.url))
                if sent != nil, start == nil {
                    start = time.now()
                    outcome.startedAt = time.wallMilliseconds()
                }
            }
            if sent == nil {
                let before = time.now()
                // What has started continues before anything new starts.
                let hasStarted = number > 1 || attempt.redirects > 0 || shortage.hasWaited
                let result = await pool.permit(for: hop.url.authority.text, isFirst: hasStarted)
                let begin = time.now()
                attempt.wait += begin - before
                switch result {
                case .granted(let granted) where (options.failsEarly || !hasStarted) && stop.reason != nil:
                    pool.giveBack(granted, .unknown)
                    attempt.error = stop.reason.map { Scheduler.error($0) }
                    return attempt
                case .granted(let granted): permit = granted
                case .refused(let error):
                    attempt.error = error
                    attempt.isRefused = true
                    return attempt
                case .cancelled:
                    attempt.error = FetchError(.cancelled, "cancelled")
                    return attempt
                }
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
                var limits = options.limits(
                    after: spent.total, excused: excused, from: request.url, to: hop.url)
                if options.trace != nil { limits.tracedInput = input.index }
                result = await transport.send(asked, into: sink, limits: limits)
            }
            stopEarly(result, to: hop, attempt: number, redirects: attempt.redirects, into: file)
            if let permit {
                pool.giveBack(
                    permit, options.paceSignal(result, wallSeconds: time.wallMilliseconds() / 1000),
                    challenges: result.challenges)
            }
            traceEnd(result, to: hop)
            if let error = result.error, error.kind == .localLimit, await waits(error, hop, &shortage, &attempt) {
                continue
            }

            attempt.response = result.response
            attempt.error = result.error
            attempt.timing = result.timing.map { $0.shifted(by: spent.total) }
            attempt.response?.timing = attempt.timing ?? Timing()
            let before = spent.total
            spent.total = attempt.timing?.total ?? spent.total
            if options.hasOwnTime(hop.url) { excused += spent.total - before }
            guard result.error == nil, let response = result.response else { return attempt }
            switch options.redirects.step(after: response, to: hop, followed: attempt.redirects) {
            case .answer:
                attempt.error = statusError(response.status, of: hop.url, file)
                return attempt
            case .fail(let error):
                attempt.error = error
                if error.kind == .tooManyRedirects, !attempt.chain.isEmpty {
                    let way = RedirectPolicy.text(of: attempt.chain + [hop.url])
                    attempt.error = FetchError(error.kind, "\(error.message): \(way)", curlCode: error.curlCode)
                }
                return attempt
            case .follow(let next):
                options.redirectHeads?.add(response, to: input.index)
                attempt.redirects += 1
                attempt.chain.append(hop.url)
                traceRedirect(response.status, to: next)
                hop = next
                shortage = LocalLimitWait(maxWait: options.retry.maxWait)
                if let left = options.timeLeft(after: spent.total - excused, for: hop.url), left <= .zero {
                    attempt.error = FetchError(
                        .timedOut, "\(attempt.redirects) redirects took longer than allowed",
                        curlCode: .operationTimedOut)
                    return attempt
                }
            }
        }
    }

    /// Waits, without a permit, because this machine had no room for the connection of a hop.
    ///
    /// - Returns: Whether the hop is sent again. That is not a retry, because nothing was sent.
    private func waits(
        _ error: FetchError, _ hop: Request, _ shortage: inout LocalLimitWait, _ attempt: inout Attempt
    ) async -> Bool {
        pool.reportShortage(error)
        // A connection that broke may have sent the request.
        guard hop.isIdempotent || !error.mayHaveSent,
            let wait = shortage.take(isHopeless: pool.isHopeless(after: shortage.bound))
        else { return false }
        let before = time.now()
        await stop.sleep(for: wait, on: time)
        attempt.wait += time.now() - before
        return stop.reason == nil
    }

    /// The wait that a response asks for; nil if it asks for none.
    func retryAfter(_ response: Response?) -> Duration? {
        response.flatMap { RetryAfter.wait(asked: $0.headers, wallSeconds: time.wallMilliseconds() / 1000) }
    }

    func statusError(_ status: Int, of url: FetchURL, _ file: BodyFile?) -> FetchError? {
        if options.accepts(status, of: url, file) { return nil }
        return FetchError(.httpStatus, StatusText.line(status), curlCode: .httpReturnedError)
    }
}
