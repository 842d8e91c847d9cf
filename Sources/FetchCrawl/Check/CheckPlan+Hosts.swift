import FetchHTML
import FetchHTTP
import FetchScheduling
import DequeModule

/// The robots.txt of an origin that is followed.
struct RobotsGate: Sendable {
    /// Its rules; nil while they are not known.
    var rules: OriginRobots?
    /// Whether it cannot be fetched, so that nothing is asked of the origin.
    var isClosed = false
    /// The attempts so far.
    var attempts = 0
    /// What waits for it.
    var queue: [CheckPlan.Waiting] = []
}

/// An origin with a time between requests.
struct DelayGate: Sendable {
    let pause: Duration
    var isBusy = false
    var hasAsked = false
    /// What waits for the end of the request in flight.
    var queue: [CheckPlan.Waiting] = []
}

/// When a URL is asked: robots.txt, hosts that are down, the time between requests, and the second try.
extension CheckPlan {
    /// Starts what may start.
    mutating func fill() {
        while stop == nil, inFlight < options.window, let next = ready.popFirst() {
            switch next {
            case .file(let path, let format): act(.read(path: path, format))
            case .url(let id, let method): start(id, method)
            }
        }
    }

    private mutating func start(_ id: Int, _ decided: CheckMethod?) {
        let url = urls[id].url
        let host = url.authority.text
        if case .down(let fault)? = hosts[host]?.state { return close(id, .broken(fault)) }
        let origin = url.origin.serialization
        if urls[id].isFollowed, options.obeysRobots {
            guard let rules = rules(of: origin, .url(id, decided)) else { return }
            if rules.source == .rules, !rules.policy.verdict(for: url).isAllowed { return close(id, .skipped(.robots)) }
        }
        if case .probing? = hosts[host]?.state {
            hosts[host]?.queue.append(id)
            return
        }
        if delays[origin]?.isBusy == true {
            delays[origin]?.queue.append(.url(id, decided))
            return
        }
        let method = decided ?? method(for: id)
        if method == .page, urls[id].isPage {
            if pagesRead >= options.maxPages { return close(id, .skipped(.budget)) }
            if pagesRead + pagesInFlight >= options.maxPages {
                lastPages.append(id)
                return
            }
            urls[id].isCounted = true
            pagesInFlight += 1
        }
        if case .unknown = hosts[host, default: HostGate()].state { hosts[host, default: HostGate()].state = .probing }
        let pause = delays[origin].map { $0.hasAsked ? $0.pause : .zero } ?? .zero
        delays[origin]?.isBusy = true
        delays[origin]?.hasAsked = true
        act(.ask(id: id, url, method, after: pause))
    }

    /// Lets the next request to an origin start.
    mutating func proceed(after url: FetchURL) {
        let origin = url.origin.serialization
        guard var gate = delays[origin] else { return }
        gate.isBusy = false
        if !gate.queue.isEmpty { ready.prepend(gate.queue.removeFirst()) }
        delays[origin] = gate
    }

    // MARK: robots.txt

    /// The rules of an origin; nil while they are not known: the request waits then.
    private mutating func rules(of origin: String, _ waiting: Waiting) -> OriginRobots? {
        if let rules = robots[origin]?.rules { return rules }
        if robots[origin]?.isClosed == true, case .url(let id, _) = waiting {
            close(id, .skipped(.robots))
            return nil
        }
        let isNew = robots[origin] == nil
        robots[origin, default: RobotsGate()].queue.append(waiting)
        if isNew { act(.askRobots(origin: origin, after: .zero)) }
        return nil
    }

    /// Receives a robots.txt.
    mutating func opened(_ origin: String, _ answer: RobotsAnswer, _ now: Int64) {
        guard var gate = robots[origin], stop == nil else { return }
        var failure: FetchError?
        switch keeper.decide(answer, stored: nil, attempts: gate.attempts, now: now) {
        case .open(let rules, _): gate.rules = rules
        case .hold(let due, _) where due != LeaseReport.parked:
            gate.attempts += 1
            robots[origin] = gate
            return act(.askRobots(origin: origin, after: .milliseconds(due - now)))
        case .hold:
            failure = answer.failure(of: origin)
            gate.isClosed = true
        }
        let queue = gate.queue
        gate.queue = []
        robots[origin] = gate
        if let rules = gate.rules, rules.delay > 0 { delays[origin] = DelayGate(pause: .milliseconds(rules.delay)) }
        guard let failure, failure.kind != .robotsDisallowed else {
            if let failure { notice(failure.message) }
            for waiting in queue.reversed() { ready.prepend(waiting) }
            return
        }
        // The host is down: robots.txt is asked again when the URLs are.
        robots[origin] = nil
        let fault = CheckVerdict.Fault(
            kind: failure.kind.rawValue, message: failure.message, isTransport: failure.kind != .blockedAddress,
            reach: .host)
        for case .url(let id, _) in queue {
            hosts[urls[id].url.authority.text, default: HostGate()].state = .down(fault)
            close(id, .broken(fault))
        }
    }

    // MARK: Hosts

    /// Learns from the answer of a URL whether its authority can be reached, and lets go what waited for that.
    mutating func note(_ verdict: CheckVerdict, of id: Int) {
        let host = urls[id].url.authority.text
        guard var gate = hosts[host], case .probing = gate.state else { return }
        let queue = gate.queue
        gate.queue = []
        if case .broken(let fault) = verdict, fault.reach != .url {
            gate.silence += fault.reach == .silence ? 1 : 0
            if fault.reach == .host || gate.silence >= HostGate.maximumSilence {
                gate.state = .down(fault.reach == .host ? fault : Self.unasked)
            } else {
                gate.state = .unknown
            }
        } else if case .skipped(let reason) = verdict, reason != .rateLimit {
            gate.state = .unknown
        } else {
            gate.state = .answers
            gate.silence = 0
        }
        hosts[host] = gate
        for id in queue.reversed() { ready.prepend(.url(id, nil)) }
    }

    /// What is said of a URL that was not asked, because others of its authority were connected to and not answered.
    private static var unasked: CheckVerdict.Fault {
        CheckVerdict.Fault(
            kind: FetchError.Kind.hostDown.rawValue,
            message: "not asked: \(HostGate.maximumSilence) other URLs of the host were not answered in time",
            isTransport: true, reach: .silence)
    }

    /// Queues once more what failed in transport: one URL first of each authority that is down. What was never asked goes
    /// first and from its end, because an authority that seemed silent may have had slow URLs at its beginning only.
    ///
    /// - Returns: Whether there is any.
    mutating func tryAgain() -> Bool {
        var isDown: Set<String> = []
        let again = urls.indices.filter { urls[$0].state == .open && urls[$0].tries == 1 }
        let unasked = Set(
            again.filter { id in
                if case .broken(let fault) = urls[id].verdict { fault == Self.unasked } else { false }
            })
        for id in again.reversed().filter(unasked.contains) + again.filter({ !unasked.contains($0) }) {
            let host = urls[id].url.authority.text
            var wasGivenUp = false
            if case .down? = hosts[host]?.state { wasGivenUp = true }
            // The scheduler gives up a host that has answered before.
            if case .broken(let fault) = urls[id].verdict, fault.kind == FetchError.Kind.hostDown.rawValue {
                wasGivenUp = true
            }
            if wasGivenUp, isDown.insert(host).inserted {
                hosts[host]?.state = .unknown
                hosts[host]?.silence = 0
                act(.reset(authority: host))
            }
            ready.append(.url(id, nil))
        }
        return !ready.isEmpty
    }
}
