package import FetchHTTP
package import FetchScheduling
import FetchSystem

/// Fetches any number of GitHub users with as few requests as the API allows, within its limits.
///
/// ```swift
/// let client = GitHubClient(scheduler: scheduler, api: try GitHubAPI(token: token))
/// for record in await client.records(of: ["octocat", "torvalds"]) { … }
/// ```
///
/// The scheduler must keep bodies in memory. Its permits, retries and redirects apply to every request; the caller must
/// take refusals of a limit out of its retries (``plan(_:)``). One task drives a state machine (``GitHubRun``), so the
/// run waits for a limit in one place.
package struct GitHubClient: Sendable {
    /// What to fetch, and over which API.
    package struct Options: Sendable {
        /// The API for users.
        package var via = GitHubVia.auto
        /// Whether each user's public repositories are fetched too.
        package var wantsRepositories = false
        /// Whether `auto` uses REST: for fields that only REST has, or because a cache makes the next run free.
        package var prefersREST = false

        /// The defaults.
        package init() {}
    }

    /// An event of a run.
    package enum Event: Sendable {
        /// Records of logins: all that one response, or the end of the run, completed.
        case records([GitHubRecord])
        /// A request ended, successfully or not.
        case request(Outcome)
        /// The run waits this long because a limit is used up.
        case waiting(Duration)
    }

    /// What ends a wait of the driver.
    private enum Happening: Sendable {
        case reply(Int, GitHubReply, Outcome)
        case alarm, stopped, deadline, graceOver
    }

    private let scheduler: Scheduler
    private let api: GitHubAPI
    private let options: Options

    /// Makes a client.
    package init(scheduler: Scheduler, api: GitHubAPI, options: Options = Options()) {
        self.scheduler = scheduler
        self.api = api
        self.options = options
    }

    /// The scheduler options for a client: bodies are in memory, and the client handles refusals of a limit.
    package static func plan(_ options: SchedulerOptions) -> SchedulerOptions {
        var options = options
        options.bodies = .memory
        options.maxBodySize = options.maxBodySize ?? 16 << 20
        options.retry.statuses.subtract([403, 429])
        options.callerKeepsLimits = true
        return options
    }

    /// Whether a text is a login that can be asked for.
    package static func isLogin(_ text: String) -> Bool { (try? GitHubLogin(text)) != nil }

    /// Fetches all logins and returns the records in their order.
    func records(of logins: [String]) async -> [GitHubRecord] {
        var records: [GitHubRecord] = []
        await run(logins) { if case .records(let some) = $0 { records += some } }
        return records.sorted { $0.index < $1.index }
    }

    /// The requests that a run starts with, for `--dry-run`; pages, retries and smaller batches follow.
    package func firstRequests(for logins: [String]) -> [Result<Request, FetchError>] {
        let list = GitHubLoginList(logins)
        var queue = queue(list.logins)
        var requests: [Result<Request, FetchError>] = []
        while let work = queue.next {
            queue.removeNext()
            requests.append(request(work, list.logins))
        }
        if options.wantsRepositories { requests += list.logins.map(api.repositories) }
        return requests
    }

    /// Fetches all logins, each once even if it is named several times, and reports the events. Every login gives
    /// exactly one record; logins that are not valid give theirs before anything is sent.
    package func run(_ logins: [String], _ report: (Event) -> Void) async {
        let list = GitHubLoginList(logins)
        if !list.invalid.isEmpty { report(.records(list.invalid)) }
        guard !list.logins.isEmpty else { return }
        var run = GitHubRun(
            list.logins, queue: queue(list.logins),
            limits: GitHubLimits(
                concurrency: scheduler.options.maxConcurrent, maxWait: scheduler.options.retry.maxWait,
                isAuthenticated: api.isAuthenticated),
            wantsRepositories: options.wantsRepositories, checksBudget: scheduler.options.retry.maxWait == .zero)
        let (time, stop) = (scheduler.time, scheduler.stop)
        func tell(_ finished: [GitHubRun.Finished]) {
            if !finished.isEmpty { report(.records(finished.flatMap(list.records))) }
        }
        await withTaskGroup(of: Happening.self) { group in
            group.addTask {
                await stop.wait()
                return .stopped
            }
            if let deadline = scheduler.options.deadline {
                group.addTask {
                    await stop.sleep(for: deadline, on: time)
                    return .deadline
                }
            }
            var alarm: Duration?
            // A wait that late refusals of the same wave prolong is reported once.
            var isWaitTold = false
            while true {
                let now = time.now()
                switch run.step(now: now) {
                case .finished: return group.cancelAll()
                case .ended(let finished):
                    tell(finished)
                    continue
                case .send(let number, let work):
                    isWaitTold = false
                    group.addTask { await send(work, number, list.logins) }
                    continue
                case .wait(let moment) where moment < alarm ?? moment + .seconds(1):
                    alarm = moment
                    if !isWaitTold { report(.waiting(moment - now)) }
                    isWaitTold = true
                    group.addTask {
                        try? await time.sleep(for: moment - now)
                        return .alarm
                    }
                case .wait, .hold: break
                }
                switch await group.next() {
                case .reply(let number, let reply, let outcome)?:
                    report(.request(outcome))
                    tell(run.receive(reply, to: number, now: time.now()))
                case .alarm?: alarm = nil
                case .deadline?: if !Task.isCancelled { stop.stop(.deadline) }
                case .graceOver?: group.cancelAll()
                case .stopped?:
                    tell(run.stop(stop.reason.map(Scheduler.error) ?? FetchError(.cancelled, "cancelled")))
                    guard stop.reason == .interrupted else {
                        group.cancelAll()
                        continue
                    }
                    let grace = scheduler.options.grace
                    group.addTask {
                        try? await time.sleep(for: grace)
                        return .graceOver
                    }
                case nil: return
                }
            }
        }
    }

    private func queue(_ logins: [GitHubLogin]) -> GitHubQueue {
        GitHubQueue(logins, via: options.via, allowsGraphQL: api.isAuthenticated && !options.prefersREST)
    }

    private func request(_ work: GitHubWork, _ logins: [GitHubLogin]) -> Result<Request, FetchError> {
        switch work {
        case .budget: api.rateLimit()
        case .user(let target): api.user(logins[target])
        case .users(let targets): api.users(targets.map { logins[$0] })
        case .page(let target, nil): api.repositories(of: logins[target])
        case .page(_, let url?): api.page(url)
        }
    }

    private func send(_ work: GitHubWork, _ number: Int, _ logins: [GitHubLogin]) async -> Happening {
        let request = request(work, logins)
        var text = ""
        if case .success(let request) = request { text = request.url.redacted }
        let outcome = await scheduler.fetch(Input(index: number - 1, text: text, request: request))
        let now = scheduler.time.wallMilliseconds() / 1000
        return .reply(number, GitHubReply(outcome, to: work, now: now), outcome)
    }
}
