import FetchHTML
import FetchHTTP

/// Origins and their robots.txt.
extension CrawlRun {
    mutating func add(_ lease: OriginLease) {
        leases.add(lease)
        let origin = lease.token.origin
        guard options.obeysRobots else { return leases.open(origin, keeper.ignored) }
        if let rules = keeper.rules(lease.robots, now: now) { return open(origin, lease.origin, rules) }
        stored[origin] = lease.robots
        asking.insert(origin)
        actions.append(.askRobots(id: origin, origin: lease.origin))
    }

    mutating func receive(_ answer: RobotsAnswer, of origin: Int64) {
        asking.remove(origin)
        isTurnDue = true
        guard let visit = leases.visits[origin], !leases.isStopping else { return }
        let decision = keeper.decide(
            answer, stored: stored.removeValue(forKey: origin), attempts: attempts[origin] ?? 0, now: now)
        switch decision {
        case .open(let rules, let robots):
            attempts[origin] = nil
            leases.keep(robots, of: origin)
            open(origin, visit.origin, rules)
        case .hold(let due, let robots):
            attempts[origin, default: 0] += 1
            leases.keep(robots, of: origin)
            leases.close(origin, until: due)
            guard due == LeaseReport.parked else { return }
            held[visit.origin] = answer.failure(of: visit.origin)
            crawler.watcher.notice(
                "\(visit.origin) is not crawled: its robots.txt cannot be fetched (\(answer.problem))")
        }
    }

    private mutating func open(_ id: Int64, _ origin: String, _ rules: OriginRobots) {
        leases.open(id, rules)
        if let asked = keeper.excess(of: rules), said.insert(origin + " delay").inserted {
            crawler.watcher.notice(
                "\(origin) asks for a Crawl-delay of \(asked) s; the maximum of \(keeper.longestDelay / 1000) s is used"
            )
        }
        guard options.sitemaps == .discovered, options.seeds.contains(where: { $0.origin.serialization == origin }),
            let base = FetchURL(origin + "/")
        else { return }
        for text in rules.policy.sitemaps {
            guard let url = FetchURL(text, base: base)?.plain else { continue }
            vouched[CanonicalURL(url).fingerprint, default: []].insert(base.host)
            queue(url, kind: .sitemap)
        }
        if !rules.policy.sitemaps.isEmpty { isTurnDue = true }
    }
}
