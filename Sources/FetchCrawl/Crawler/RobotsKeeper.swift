import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem

/// The result of fetching a robots.txt.
struct RobotsAnswer: Sendable {
    /// How it ended, after redirects.
    var ending: RobotsFetchRule.Ending
    /// The body, at most ``RobotsPolicy/byteLimit``.
    var body: [UInt8] = []
    /// libcurl's code for a failure; nil if there is none.
    var curlCode: CurlCode?
    /// What went wrong, for messages.
    var problem = ""

    /// Why the URLs of an origin are not fetched: that its host is not reached, or that robots.txt forbids them as long as
    /// it cannot be read (RFC 9309 §2.3.1.4).
    func failure(of origin: String) -> FetchError {
        let text = "\(origin)/robots.txt cannot be fetched (\(problem))"
        guard case .failure(let kind) = ending else { return FetchError(.robotsDisallowed, text) }
        switch kind {
        case .nameNotResolved, .connectionRefused, .connectTimedOut, .tlsFailed, .blockedAddress, .hostDown,
            .localLimit, .io:
            return FetchError(kind, problem, curlCode: curlCode)
        default: return FetchError(.robotsDisallowed, text)
        }
    }
}

/// Decides what becomes of an origin by its robots.txt: pure, with what is stored and an answer in.
struct RobotsKeeper: Sendable {
    let agent: String
    /// The milliseconds between requests, whatever robots.txt says.
    let delay: Int64
    /// The maximum Crawl-delay that is obeyed, in milliseconds.
    let longestDelay: Int64
    /// Attempts after the first, before an origin is left alone for this run.
    let retries: Int
    /// The maximum wait before another attempt.
    let maxWait: Duration
    var rule = RobotsFetchRule()

    /// A Crawl-delay above the maximum, in seconds; nil for none.
    func excess(of rules: OriginRobots) -> Int? {
        guard let asked = rules.policy.crawlDelay?.wholeMilliseconds, asked > longestDelay else { return nil }
        return Int(asked / 1000)
    }

    /// What follows for an origin.
    enum Decision {
        /// Its URLs are fetched by these rules.
        case open(OriginRobots, StoredRobots)
        /// Nothing is fetched before this time; ``LeaseReport/parked`` for not in this run.
        case hold(until: Int64, StoredRobots)
    }

    init(_ options: CrawlOptions) {
        agent = options.agent
        delay = options.delay.wholeMilliseconds
        longestDelay = options.longestDelay.wholeMilliseconds
        retries = options.retry.retries
        maxWait = options.retry.maxWait
        rule.firstWait = max(options.retry.delay, .milliseconds(1))
    }

    /// The stored rules if they are still valid; nil when robots.txt must be fetched.
    func rules(_ stored: StoredRobots?, now: Int64) -> OriginRobots? {
        guard let stored, stored.until > now else { return nil }
        switch stored.state {
        case .rules: return rules(stored.text)
        case .missing: return nothing
        case .unreachable, .waiting: return nil
        }
    }

    /// No rules.
    var nothing: OriginRobots { OriginRobots(source: .none, policy: .allowAll, delay: delay) }

    /// Rules without fetching robots.txt.
    var ignored: OriginRobots { OriginRobots(source: .ignored, policy: .allowAll, delay: delay) }

    /// Decides.
    ///
    /// - Parameters:
    ///   - answer: The result of fetching.
    ///   - stored: The stored results of earlier attempts.
    ///   - attempts: The number of earlier attempts in this run.
    ///   - now: The time.
    func decide(_ answer: RobotsAnswer, stored: StoredRobots?, attempts: Int, now: Int64) -> Decision {
        let failures = stored?.failures ?? 0
        let since = stored.flatMap { $0.failures > 0 ? $0.failingSince : nil } ?? now
        switch rule.decide(answer.ending, failures: attempts, unreachableFor: .milliseconds(now - since)) {
        case .parse(let keep):
            let stored = StoredRobots(state: .rules, text: answer.body, until: now + keep.wholeMilliseconds)
            return .open(rules(answer.body), stored)
        case .allowAll(let keep):
            return .open(nothing, StoredRobots(state: .missing, until: now + keep.wholeMilliseconds))
        case .disallowAll(let wait):
            return hold(.unreachable, wait, attempts, failures, since, now)
        case .wait(let wait):
            return hold(.waiting, wait, attempts, failures, since, now)
        }
    }

    private func hold(
        _ state: StoredRobots.State, _ wait: Duration, _ attempts: Int, _ failures: Int, _ since: Int64, _ now: Int64
    ) -> Decision {
        let due = now + wait.wholeMilliseconds
        let stored = StoredRobots(state: state, until: due, failures: failures + 1, failingSince: since)
        let isOver = attempts >= retries || wait > maxWait
        return .hold(until: isOver ? LeaseReport.parked : due, stored)
    }

    private func rules(_ text: [UInt8]) -> OriginRobots {
        let policy = RobotsPolicy(parsing: text, agent: agent)
        let asked = min(policy.crawlDelay?.wholeMilliseconds ?? 0, longestDelay)
        return OriginRobots(source: .rules, policy: policy, delay: max(delay, asked))
    }
}
