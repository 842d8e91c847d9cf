package import FetchHTTP
package import FetchRecords
package import FetchScheduling
import FetchStore
package import FetchSystem
import Synchronization

/// The destination of what a check finds.
package protocol CheckOutput {
    /// Writes what was found on pages whose links are all judged.
    mutating func write(_ findings: [Finding]) throws(OutputFailure)
    /// Counts a request.
    mutating func add(_ outcome: Outcome)
}

/// The result of a check.
package struct CheckResult: Sendable {
    /// The totals.
    package var counts: CheckCounts
    /// What could not be read, a sentence each.
    package var problems: [String]
    /// Why it ended early; nil if it did not.
    package var stop: StopReason?
}

/// Checks: does what ``CheckPlan`` decides.
///
/// One task passes events to the plan, on the executor that it runs on, and writes. Requests are child tasks on the
/// transport's executor, documents are read on a thread of their own; both return through a mailbox.
package struct CheckRun: Sendable {
    private let options: CheckOptions
    private let scheduler: Scheduler
    private let reader: any TaskExecutor
    private let time: any TimeSource
    private let watcher: any CrawlWatcher
    private let fetcher: CrawlFetcher
    private let requests: CrawlRequestRule
    private let source: DocumentSource
    private let log: CheckLog?

    /// Makes a run.
    ///
    /// - Parameters:
    ///   - options: What is checked.
    ///   - scheduler: Sends the requests, with the options of ``CheckOptions/schedulerOptions(_:maxHost:keepsKinds:)``.
    ///   - reader: The thread that documents are read on.
    ///   - log: Has the answers of earlier runs and gets those of this one; nil for none.
    ///   - time: The clocks.
    ///   - watcher: Receives the messages.
    package init(
        options: CheckOptions, scheduler: Scheduler, reader: any TaskExecutor, log: CheckLog? = nil,
        time: any TimeSource = SystemTime(), watcher: any CrawlWatcher
    ) {
        self.options = options
        self.scheduler = scheduler
        self.reader = reader
        self.log = log
        self.time = time
        self.watcher = watcher
        requests = CrawlRequestRule(options.crawl)
        fetcher = CrawlFetcher(scheduler: scheduler, requests: requests, maxSitemapSize: 0, time: time)
        source = DocumentSource(options: options)
    }

    /// Checks until the end.
    package func run<Output: CheckOutput>(_ output: inout Output) async throws(OutputFailure) -> CheckResult {
        let mailbox = CheckMailbox()
        var plan = CheckPlan(options)
        var written = output
        let failure: OutputFailure? = await withDiscardingTaskGroup { group in
            let stop = scheduler.stop
            group.addTask {
                await stop.wait()
                mailbox.send(.stopped(stop.reason ?? .interrupted))
            }
            if let deadline = options.deadline {
                group.addTask { [time] in
                    await stop.sleep(for: deadline, on: time)
                    if !Task.isCancelled { stop.stop(.deadline) }
                }
            }
            defer { group.cancelAll() }
            plan.begin()
            do throws(OutputFailure) {
                var isEnding = false
                while true {
                    for action in plan.takeActions() { start(action, mailbox, &group) }
                    try write(&plan, &written)
                    if plan.isOver { break }
                    for event in await mailbox.next() {
                        if note(event), case .answered(_, _, let outcome) = event { written.add(outcome) }
                        plan.receive(event)
                    }
                    try flushLog()
                    if plan.stop != nil, !isEnding {
                        isEnding = true
                        // What is in flight may end within the grace period.
                        let grace = plan.stop == .deadline ? .zero : options.grace
                        group.addTask { [time] in
                            try? await time.sleep(for: grace)
                            mailbox.send(.graceIsOver)
                        }
                    }
                    if mailbox.isGraceOver { group.cancelAll() }
                }
                plan.finish()
                try write(&plan, &written)
                try flushLog()
                return nil
            } catch {
                stop.stop(.outputClosed)
                return error
            }
        }
        output = written
        if let failure { throw failure }
        return CheckResult(counts: plan.counts, problems: plan.problems, stop: plan.stop)
    }

    /// Notes an event in the log.
    ///
    /// - Returns: Whether it happened in this run.
    private func note(_ event: CheckEvent) -> Bool {
        guard let log else { return true }
        switch event {
        case .answered(let id, let method, let outcome):
            return log.note(id, method, outcome, followsRedirects: options.maxRedirects != nil)
        case .scanned(let id, .success(let document)): log.note(id, document)
        default: break
        }
        return true
    }

    private func flushLog() throws(OutputFailure) {
        do throws(StoreFailure) {
            try log?.flush()
        } catch {
            throw .failed(error.message)
        }
    }

    private func write<Output: CheckOutput>(
        _ plan: inout CheckPlan, _ output: inout Output
    ) throws(OutputFailure) {
        let findings = plan.takeFindings()
        if !findings.isEmpty { try output.write(findings) }
        for notice in plan.takeNotices() { watcher.notice(notice) }
        watcher.progress(plan.progress)
    }

    private func start(_ action: CheckAction, _ mailbox: CheckMailbox, _ group: inout DiscardingTaskGroup) {
        let stop = scheduler.stop
        switch action {
        case .ask(let id, let url, let method, let pause):
            if let outcome = log?.answer(id, url, method) { return mailbox.send(.answered(id: id, method, outcome)) }
            group.addTask(executorPreference: scheduler.executor) {
                [scheduler, requests, time, api = options.apiRequest] in
                if pause > .zero { await stop.sleep(for: pause, on: time) }
                let input = requests.input(for: url, method: method.name)
                if method != .page, let request = api?(url) {
                    var outcome = await scheduler.fetch(
                        Input(index: 0, text: url.href, request: .success(request)), reading: .none)
                    outcome.input = input
                    if outcome.isOK { return mailbox.send(.answered(id: id, method, outcome)) }
                }
                mailbox.send(.answered(id: id, method, await scheduler.fetch(input, reading: method.bodies)))
            }
        case .askRobots(let origin, let pause):
            group.addTask(executorPreference: scheduler.executor) { [fetcher, time] in
                if pause > .zero { await stop.sleep(for: pause, on: time) }
                let answer = await fetcher.robots(of: origin)
                mailbox.send(.robots(origin: origin, answer, at: time.wallMilliseconds()))
            }
        case .reset(let authority): scheduler.resetPace(of: authority)
        case .scan(let id, let url, let body, let contentType):
            if body.isEmpty, let scan = log?.scan(url) {
                group.addTask(executorPreference: reader) { [source] in
                    mailbox.send(.scanned(id: id, .success(source.resolved(scan, of: url))))
                }
                return
            }
            group.addTask(executorPreference: reader) { [source] in
                if stop.reason != nil { return mailbox.send(.left) }
                mailbox.send(.scanned(id: id, source.scan(body, of: url, contentType: contentType)))
            }
        case .read(let path, let format):
            group.addTask(executorPreference: reader) { [source] in
                if stop.reason != nil { return mailbox.send(.left) }
                mailbox.send(.read(path: path, source.read(path, format)))
            }
        }
    }
}

/// Delivers events to the one task that checks, in batches.
final class CheckMailbox: Sendable {
    private struct State {
        var events: [CheckEvent] = []
        var isGraceOver = false
        var reader: UnsafeContinuation<[CheckEvent], Never>?
    }

    private let state = Mutex(State())

    /// Whether what is in flight must end now.
    var isGraceOver: Bool { state.withLock { $0.isGraceOver } }

    /// Adds an event.
    func send(_ event: CheckEvent) {
        let (reader, events) = state.withLock { state -> (UnsafeContinuation<[CheckEvent], Never>?, [CheckEvent]) in
            if case .graceIsOver = event { state.isGraceOver = true }
            state.events.append(event)
            guard let reader = state.reader else { return (nil, []) }
            state.reader = nil
            defer { state.events = [] }
            return (reader, state.events)
        }
        reader?.resume(returning: events)
    }

    /// The pending events; waits for at least one.
    func next() async -> [CheckEvent] {
        await withUnsafeContinuation { continuation in
            let events = state.withLock { state -> [CheckEvent] in
                var events: [CheckEvent] = []
                swap(&events, &state.events)
                if events.isEmpty { state.reader = continuation }
                return events
            }
            if !events.isEmpty { continuation.resume(returning: events) }
        }
    }
}
