public import FetchHTTP
public import FetchScheduling
import FetchSystem
import FetchTransport
import Synchronization

/// Fetches URLs: the whole of fetchall's scheduler and transport (permits, retries, redirects, one thread for all
/// connections) as an object for programs.
///
/// ```swift
/// let fetcher = try Fetcher()
/// let page = try await fetcher.fetch("https://example.org/")
/// let outcomes = await fetcher.fetchAll(urls, maxConcurrent: 5)
/// await fetcher.shutdown()
/// ```
///
/// Any number of tasks may use it concurrently; ``SchedulerOptions/maxConcurrent`` limits all that they send together.
/// ``shutdown()`` must be called; ``withFetcher(_:network:_:)`` calls it.
public final class Fetcher: Sendable {
    private let loop: TransferLoop?
    private let transport: any Transport
    private let scheduler: Scheduler
    private let maxConcurrent: Int
    private let stop = StopSignal()
    /// The tasks behind ``results(for:maxConcurrent:)``; nil after the shutdown.
    private let tasks = Mutex<[UInt64: Task<Void, Never>]?>([:])
    private let nextTask = Atomic<UInt64>(0)

    /// Starts the thread that owns the connections.
    ///
    /// - Parameters:
    ///   - options: The limits; by default ten concurrent requests, bodies of at most 16 MiB in memory, two retries.
    ///   - network: The options for connections.
    /// - Throws: ``FetchError`` of kind `io` when the system has no descriptors, memory or threads left.
    public convenience init(
        _ options: SchedulerOptions = .inMemory, network: NetworkOptions = NetworkOptions()
    ) throws(FetchError) {
        var network = network
        network.concurrency = max(network.concurrency, options.maxConcurrent)
        let loop = try TransferLoop(options: network)
        self.init(transport: CurlTransport(loop: loop), loop: loop, options: options)
    }

    init(
        transport: any Transport, loop: TransferLoop? = nil, options: SchedulerOptions,
        time: any TimeSource = SystemTime()
    ) {
        self.transport = transport
        self.loop = loop
        maxConcurrent = options.maxConcurrent
        scheduler = Scheduler(transport: transport, options: options, time: time, stop: stop)
    }

    /// Ends everything: requests in flight end as `cancelled`, connections are closed, the thread is joined. The second
    /// call does nothing.
    public func shutdown() async {
        let running = tasks.withLock { tasks in
            defer { tasks = nil }
            return tasks ?? [:]
        }
        stop.stop(.outputClosed)
        await scheduler.close()
        for task in running.values { task.cancel() }
        for task in running.values { await task.value }
        loop?.shutdown()
    }

    /// Why ``shutdown()`` could not write the cookies to ``NetworkOptions/cookieJar``; nil if it did.
    public var closingFailure: FetchError? { loop?.closingFailure }

    /// Sends a request and returns its outcome, whatever happens. Cancelling the task ends it immediately.
    public func outcome(of request: Request) async -> Outcome {
        await scheduler.fetch(Self.input(request, index: 0))
    }

    /// Fetches a URL.
    ///
    /// - Returns: The response after all redirects, with its body in memory.
    /// - Throws: ``FetchError`` when there is no response, or its status is not accepted (``SchedulerOptions/accept``).
    public func fetch(_ url: String) async throws(FetchError) -> Response {
        try await fetch(Request(try FetchURL.parse(url)))
    }

    /// Sends a request.
    ///
    /// - Returns: The response after all redirects, with its body in memory.
    /// - Throws: ``FetchError`` when there is no response, or its status is not accepted (``SchedulerOptions/accept``).
    public func fetch(_ request: Request) async throws(FetchError) -> Response {
        let outcome = await outcome(of: request)
        if let error = outcome.error { throw error }
        guard let response = outcome.response else { throw FetchError(.emptyReply, "no response") }
        return response
    }

    /// Fetches a few URLs concurrently; the first failure cancels the others.
    ///
    /// - Returns: The responses, in the order of the arguments.
    /// - Throws: ``FetchError`` of the first failure.
    public func gather(_ urls: String...) async throws(FetchError) -> [Response] {
        do {
            return try await gatherAll(urls) { try await self.fetch($0) }
        } catch let error as FetchError {
            throw error
        } catch {
            throw FetchError(.cancelled, "the task was cancelled")
        }
    }

    /// Fetches URLs concurrently, and waits for all of them.
    ///
    /// - Parameters:
    ///   - urls: The URLs.
    ///   - maxConcurrent: The maximum number of concurrent URLs, including those that wait for a retry; nil for the
    ///     fetcher's own limit, which always applies.
    /// - Returns: An outcome for each URL, in their order; the outcome of a failed one has its error.
    public func fetchAll(_ urls: some Sequence<String>, maxConcurrent: Int? = nil) async -> [Outcome] {
        await fetchAll(urls.enumerated().map(Self.input), maxConcurrent)
    }

    /// Sends requests concurrently, and waits for all of them; see ``fetchAll(_:maxConcurrent:)-(Sequence<String>,_)``.
    public func fetchAll(_ requests: some Sequence<Request>, maxConcurrent: Int? = nil) async -> [Outcome] {
        await fetchAll(requests.enumerated().map { Self.input($1, index: $0) }, maxConcurrent)
    }

    /// Fetches URLs concurrently, and delivers each outcome as soon as it completes.
    ///
    /// Nothing is sent before the loop begins, and a slow loop holds the requests back. Leaving the loop, or cancelling
    /// its task, cancels the requests in flight.
    ///
    /// - Parameters:
    ///   - urls: The URLs.
    ///   - maxConcurrent: As for ``fetchAll(_:maxConcurrent:)-(Sequence<String>,_)``.
    /// - Returns: A sequence of outcomes in the order in which they complete; ``Input/index`` identifies the URL.
    public func results(for urls: some Sequence<String>, maxConcurrent: Int? = nil) -> FetchResults {
        results(urls.enumerated().map(Self.input), maxConcurrent)
    }

    /// Sends requests concurrently; see ``results(for:maxConcurrent:)-(Sequence<String>,_)``.
    public func results(for requests: some Sequence<Request>, maxConcurrent: Int? = nil) -> FetchResults {
        results(requests.enumerated().map { Self.input($1, index: $0) }, maxConcurrent)
    }

    private func fetchAll(_ inputs: [Input], _ maxConcurrent: Int?) async -> [Outcome] {
        var outcomes = [Outcome?](repeating: nil, count: inputs.count)
        await forEachOutcome(inputs, maxConcurrent) { outcome in
            outcomes[outcome.input.index] = outcome
            return true
        }
        return outcomes.compactMap { $0 }
    }

    private func results(_ inputs: [Input], _ maxConcurrent: Int?) -> FetchResults {
        FetchResults { [self] in
            let queue = AsyncQueue<Outcome>(capacity: window(maxConcurrent))
            let task = startTask { [self] in
                await forEachOutcome(inputs, maxConcurrent) { outcome in
                    (try? await queue.send(outcome)) != nil
                }
                queue.finish()
            }
            return (queue, task)
        }
    }

    /// Calls the closure with each outcome as it completes until it returns false; returns when no request is in
    /// flight.
    private func forEachOutcome(
        _ inputs: [Input], _ maxConcurrent: Int?, _ body: (Outcome) async -> Bool
    ) async {
        await withTaskGroup(of: Outcome.self) { group in
            let window = window(maxConcurrent)
            var started = 0
            var ended = 0
            while ended < inputs.count {
                while started < inputs.count, started - ended < window {
                    let input = inputs[started]
                    group.addTask(executorPreference: transport.executor) { [scheduler] in
                        await scheduler.fetch(input)
                    }
                    started += 1
                }
                guard let outcome = await group.next() else { break }
                ended += 1
                guard await body(outcome) else { return group.cancelAll() }
            }
        }
    }

    /// The number of inputs in progress. Without a limit of the call's own it is twice the number of permits, because
    /// an input that waits for a retry holds none.
    private func window(_ maxConcurrent: Int?) -> Int { max(1, maxConcurrent ?? self.maxConcurrent * 2) }

    /// Starts a task that ``shutdown()`` cancels and waits for; nil after the shutdown.
    private func startTask(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never>? {
        let id = nextTask.add(1, ordering: .relaxed).newValue
        return tasks.withLock { tasks in
            guard tasks != nil else { return nil }
            let task = Task.detached { [self] in
                await body()
                self.tasks.withLock { _ = $0?.removeValue(forKey: id) }
            }
            tasks?[id] = task
            return task
        }
    }

    private static func input(_ request: Request, index: Int) -> Input {
        Input(index: index, text: request.url.redacted, request: .success(request))
    }

    private static func input(_ index: Int, _ url: String) -> Input {
        do throws(FetchError) {
            return input(Request(try FetchURL.parse(url)), index: index)
        } catch {
            return Input(index: index, text: url, request: .failure(error))
        }
    }
}

/// Runs the body with a fetcher and shuts it down afterwards, also when the body throws.
///
/// - Parameters:
///   - options: The limits of the fetcher.
///   - network: The options for its connections.
///   - body: Uses the fetcher.
/// - Returns: What the body returns.
/// - Throws: The body's error; ``FetchError`` of kind `io` when the fetcher cannot be made, or the cookies cannot be
///   written.
public func withFetcher<Result>(
    _ options: SchedulerOptions = .inMemory, network: NetworkOptions = NetworkOptions(),
    _ body: (Fetcher) async throws -> Result
) async throws -> Result {
    let fetcher = try Fetcher(options, network: network)
    let result: Result
    do {
        result = try await body(fetcher)
    } catch {
        await fetcher.shutdown()
        throw error
    }
    await fetcher.shutdown()
    if let failure = fetcher.closingFailure { throw failure }
    return result
}
