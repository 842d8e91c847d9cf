import FetchHTTP

/// A whole run as a state machine: it takes replies and the time, and returns requests, waits and completed logins. No
/// I/O.
struct GitHubRun: Sendable {
    /// What to do next.
    enum Step: Sendable {
        /// Send this request; its reply comes back with the number.
        case send(Int, GitHubWork)
        /// Wait until this time.
        case wait(until: Duration)
        /// Wait for a reply.
        case hold
        /// The limits end the run; these logins get no response.
        case ended([Finished])
        /// All logins are complete and nothing is in flight.
        case finished
    }

    /// A login with its result.
    struct Finished: Sendable {
        var target: Int
        var result: Result<GitHubRecord.Found, FetchError>
        var via: GitHubVia?
        var status: Int?
    }

    private struct Target {
        var user: GitHubUser?
        var via: GitHubVia?
        var status: Int?
        var pages: GitHubPages?
        var isFinished = false
    }

    private let wantsRepositories: Bool
    private var targets: [Target]
    private var queue: GitHubQueue
    private(set) var limits: GitHubLimits
    private var inFlight: [Int: (work: GitHubWork, wave: Int)] = [:]
    private var lastNumber = 0
    private var asksBudget: Bool
    private var done: [Finished] = []
    /// Whether the token was rejected, which is then the status of all logins.
    private var isRejected = false

    /// Plans a run.
    ///
    /// - Parameters:
    ///   - logins: The logins, each once.
    ///   - queue: The requests.
    ///   - limits: What is known about the limits.
    ///   - wantsRepositories: Whether each user's repositories are requested too.
    ///   - checksBudget: Whether the limits are checked first for being enough for all.
    init(
        _ logins: [GitHubLogin], queue: GitHubQueue, limits: GitHubLimits, wantsRepositories: Bool, checksBudget: Bool
    ) {
        targets = Array(repeating: Target(), count: logins.count)
        self.queue = queue
        self.limits = limits
        self.wantsRepositories = wantsRepositories
        let planned = queue.requestCount
        asksBudget = checksBudget && (planned.core + planned.graphql > 1 || wantsRepositories)
    }

    /// What to do at a time.
    mutating func step(now: Duration) -> Step {
        guard let work = asksBudget ? .budget : queue.next else { return inFlight.isEmpty ? .finished : .hold }
        // Until it is known whether the limits are enough, nothing else is sent.
        if inFlight.values.contains(where: { $0.work == .budget }) { return .hold }
        switch limits.step(for: work.bucket, now: now) {
        case .hold: return .hold
        case .wait(let moment): return .wait(until: moment)
        case .giveUp(let error): return .ended(stop(error))
        case .send:
            if asksBudget { asksBudget = false } else { queue.removeNext() }
            lastNumber += 1
            inFlight[lastNumber] = (work, limits.send(for: work.bucket, now: now))
            return .send(lastNumber, work)
        }
    }

    /// Takes a reply; returns the logins that it completed.
    mutating func receive(_ reply: GitHubReply, to number: Int, now: Duration) -> [Finished] {
        guard let (work, wave) = inFlight.removeValue(forKey: number) else { return [] }
        limits.receive(reply.notice, for: work.bucket, sentIn: wave, now: now)
        switch reply.content {
        case .limited:
            queue.putBack(work)
            for index in work.targets { targets[index].status = reply.status }
        case .budget(let notices): judge(notices, now: now)
        case .user(let user): found(user, work.targets.first, .rest, reply.status)
        case .query(let answer): take(answer, work.targets, reply.status)
        case .page(let repositories, let link, let base): take(repositories, link, base, work, reply)
        case .unauthorized(let error):
            isRejected = true
            limits.giveUp(error)
            fail(work.targets, error, work, reply.status)
        case .failed(let error):
            // The host asks for a longer wait than the maximum: the same is true for all remaining logins.
            if [.rateLimited, .cancelled, .deadline].contains(error.kind) { limits.giveUp(error) }
            if work != .budget { fail(work.targets, error, work, reply.status) }
        }
        // A list whose other pages were given up has no request in flight that would complete it.
        if let end = limits.end { endRest(end) }
        return takeDone()
    }

    /// Ends the run: no request is sent any more, and all logins without one in flight end with the error.
    mutating func stop(_ error: FetchError) -> [Finished] {
        limits.giveUp(error)
        endRest(error)
        return takeDone()
    }

    private mutating func takeDone() -> [Finished] {
        defer { done = [] }
        return done
    }

    /// Ends every login without a request in flight.
    private mutating func endRest(_ error: FetchError) {
        asksBudget = false
        queue.removeAll()
        let busy = Set(inFlight.values.flatMap(\.work.targets))
        for index in targets.indices where !targets[index].isFinished && !busy.contains(index) {
            if isRejected { targets[index].status = 401 }
            finish(index, .failure(error))
        }
    }

    private mutating func judge(_ notices: [GitHubLimitNotice], now: Duration) {
        for notice in notices { limits.learn(notice, now: now) }
        var (core, graphql) = queue.requestCount
        if wantsRepositories { core += targets.count }
        for (count, bucket) in [(core, "core"), (graphql, "graphql")] where count > 0 {
            if let error = limits.shortage(of: count, in: bucket, now: now) { limits.giveUp(error) }
        }
    }

    private mutating func take(_ answer: GitHubQueryAnswer, _ batch: [Int], _ status: Int?) {
        switch answer {
        case .limited: break
        case .tooLarge(let error):
            limits.slowDown()
            if !queue.shrink(batch, from: batch.count) { fail(batch, error, .users(batch), status) }
        case .refused(let error):
            if !queue.useREST(batch) { fail(batch, error, .users(batch), status) }
        case .items(let items):
            var unanswered: [(index: Int, error: FetchError)] = []
            for (index, item) in zip(batch, items) {
                switch item {
                case .user(let user): found(user, index, .graphql, status)
                case .missing:
                    let error = FetchError(.httpStatus, StatusText.line(404), curlCode: .httpReturnedError)
                    fail([index], error, .users(batch), 404)
                case .failed(let error): fail([index], error, .users(batch), status)
                case .unanswered(let error): unanswered.append((index, error))
                }
            }
            askAgain(unanswered, of: batch, status)
        }
    }

    private mutating func askAgain(_ unanswered: [(index: Int, error: FetchError)], of batch: [Int], _ status: Int?) {
        guard !unanswered.isEmpty else { return }
        let indices = unanswered.map(\.index)
        // If a few of many fail, the problem is theirs. REST costs a request for each; halving would cost one for all
        // others.
        if indices.count * 8 <= batch.count, queue.useREST(only: indices) { return }
        if queue.shrink(indices, from: batch.count) { return }
        for (index, error) in unanswered { fail([index], error, .users(batch), status) }
    }

    private mutating func found(_ user: GitHubUser, _ target: Int?, _ via: GitHubVia, _ status: Int?) {
        guard let target else { return }
        targets[target].user = user
        targets[target].via = via
        targets[target].status = status
        if !wantsRepositories {
            finish(target, .success(GitHubRecord.Found(user: user)))
        } else if user.publicRepos == 0 {
            finish(target, .success(GitHubRecord.Found(user: user, repositories: [])))
        } else {
            queue.add(page: nil, of: target)
        }
    }

    private mutating func take(
        _ repositories: [GitHubRepository], _ link: String?, _ base: FetchURL, _ work: GitHubWork, _ reply: GitHubReply
    ) {
        guard let target = work.targets.first, let user = targets[target].user, let url = reply.url,
            !targets[target].isFinished
        else { return }
        var pages = targets[target].pages ?? GitHubPages(first: url, count: user.publicRepos)
        do throws(FetchError) {
            for page in try pages.add(url, repositories, link: link, base: base) { queue.add(page: page, of: target) }
        } catch {
            return fail([target], error, work, reply.status)
        }
        targets[target].pages = pages
        if pages.missing == 0 {
            finish(target, .success(GitHubRecord.Found(user: user, repositories: pages.repositories)))
        }
    }

    private mutating func fail(_ indices: [Int], _ error: FetchError, _ work: GitHubWork, _ status: Int?) {
        for index in indices {
            if case .users = work { targets[index].via = .graphql } else { targets[index].via = .rest }
            targets[index].status = status
            finish(index, .failure(error))
        }
        // The rest of a failed list is useless.
        if case .page(let target, _) = work { queue.removePages(of: target) }
    }

    private mutating func finish(_ index: Int, _ result: Result<GitHubRecord.Found, FetchError>) {
        guard !targets[index].isFinished else { return }
        targets[index].isFinished = true
        targets[index].pages = nil
        done.append(Finished(target: index, result: result, via: targets[index].via, status: targets[index].status))
        targets[index].user = nil
    }
}
