import FetchHTTP
package import FetchRecords
package import FetchScheduling
package import FetchSystem
import DequeModule

/// Crawls: leases origins from a frontier, fetches, reads, and tells the frontier what it found.
///
/// One task decides everything, on the executor that it runs on. Requests run as child tasks on the transport's
/// executor, and return through a mailbox. In each turn the records of completed pages are written first, then their
/// links are queued, then the pages are complete: if the process ends at any point, at most what was in flight is
/// repeated.
package struct Crawler: Sendable {
    let options: CrawlOptions
    let scheduler: Scheduler
    let frontier: any Frontier
    let time: any TimeSource
    let watcher: any CrawlWatcher
    /// Whether the frontier outlives the process: the next run then continues what was in flight at the end.
    let isDurable: Bool

    /// Makes a crawler.
    ///
    /// - Parameters:
    ///   - options: The options of the crawl.
    ///   - scheduler: Sends the requests; it keeps bodies in memory, follows no redirects and retries nothing.
    ///   - frontier: The queue of the crawl.
    ///   - isDurable: Whether the frontier outlives the process.
    ///   - time: The clocks.
    ///   - watcher: Receives the messages.
    package init(
        options: CrawlOptions, scheduler: Scheduler, frontier: any Frontier, isDurable: Bool = false,
        time: any TimeSource = SystemTime(), watcher: any CrawlWatcher
    ) {
        self.options = options
        self.scheduler = scheduler
        self.frontier = frontier
        self.isDurable = isDurable
        self.time = time
        self.watcher = watcher
    }

    /// The scheduler options for a crawl: the crawl itself handles redirects and retries, because both are turns of the
    /// frontier.
    package static func schedulerOptions(_ options: SchedulerOptions) -> SchedulerOptions {
        var options = options
        options.redirects = RedirectPolicy(maxRedirects: nil)
        options.retry.retries = 0
        options.bodies = .memory
        options.maxPerAuthority = nil
        options.maxBodySize = options.maxBodySize ?? 16 << 20
        return options
    }

    /// Crawls until the end.
    ///
    /// - Parameters:
    ///   - output: The destination of the records.
    ///   - records: The number of existing records of earlier runs.
    package func run<Output: CrawlOutput>(
        _ output: inout Output, records: Int = 0
    ) async throws(OutputFailure) -> CrawlResult {
        let mailbox = CrawlMailbox()
        var run = try await CrawlRun(self, output: output, records: records)
        let failure: OutputFailure? = await withDiscardingTaskGroup { group in
            let stop = scheduler.stop
            group.addTask {
                await stop.wait()
                mailbox.send(.stopped)
            }
            if let deadline = options.deadline {
                group.addTask { [time] in
                    await stop.sleep(for: deadline, on: time)
                    if !Task.isCancelled { stop.stop(.deadline) }
                }
            }
            defer { group.cancelAll() }
            do throws(OutputFailure) {
                try await run.begin()
                while !run.isOver {
                    // Requests start before anything is awaited or processed.
                    start(&run, mailbox, &group)
                    if run.standsStill { throw run.standstill }
                    run.receive(run.isBusy ? mailbox.take() : await mailbox.next())
                    start(&run, mailbox, &group)
                    try await run.step()
                }
                try await run.finish()
                return nil
            } catch {
                return error
            }
        }
        output = run.output
        if let failure { throw failure }
        return run.result
    }

    private func start<Output: CrawlOutput>(
        _ run: inout CrawlRun<Output>, _ mailbox: CrawlMailbox, _ group: inout DiscardingTaskGroup
    ) {
        run.fill()
        for action in run.takeActions() { perform(action, mailbox, &group) }
    }

    private func perform(_ action: CrawlAction, _ mailbox: CrawlMailbox, _ group: inout DiscardingTaskGroup) {
        switch action {
        case .fetch(let slot, let visit):
            let fetcher = fetcher
            group.addTask(executorPreference: scheduler.executor) {
                mailbox.send(.fetched(slot: slot, await visit.outcome(of: fetcher)))
            }
        case .askRobots(let id, let origin):
            let fetcher = fetcher
            group.addTask(executorPreference: scheduler.executor) {
                mailbox.send(.robots(id: id, await fetcher.robots(of: origin)))
            }
        case .wake(let duration):
            group.addTask { [time] in
                try? await time.sleep(for: duration)
                mailbox.send(.woken)
            }
        case .cancelAll: group.cancelAll()
        }
    }

    private var fetcher: CrawlFetcher {
        CrawlFetcher(
            scheduler: scheduler, requests: CrawlRequestRule(options), maxSitemapSize: options.maxSitemapSize,
            time: time)
    }
}

/// An action of a crawl.
enum CrawlAction: Sendable {
    case fetch(slot: Int, CrawlVisit)
    case askRobots(id: Int64, origin: String)
    case wake(after: Duration)
    /// Cancel what is in flight.
    case cancelAll
}
