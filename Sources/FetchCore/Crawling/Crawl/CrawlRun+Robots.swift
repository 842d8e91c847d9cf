/// Hosts and their robots.txt.
extension CrawlRun {
    mutating func add(_ lease: HostLease) {
        leases.add(lease)
        let host = lease.token.host
        guard options.obeysRobots else { return leases.open(host, keeper.ignored) }
        if let rules = keeper.rules(lease.robots, now: now) { return open(host, lease.host, rules) }
        stored[host] = lease.robots
        asking.insert(host)
        actions.append(.askRobots(host: host, origin: lease.host))
    }

    mutating func receive(_ answer: RobotsAnswer, of host: Int64) {
        asking.remove(host)
        isTurnDue = true
        guard let visit = leases.visits[host], !leases.isStopping else { return }
        let decision = keeper.decide(
            answer, stored: stored.removeValue(forKey: host), attempts: attempts[host] ?? 0, now: now)
        switch decision {
        case .open(let rules, let robots):
            attempts[host] = nil
            leases.keep(robots, of: host)
            open(host, visit.host, rules)
        case .hold(let due, let robots):
            attempts[host, default: 0] += 1
            leases.keep(robots, of: host)
            leases.close(host, until: due)
            guard due == LeaseReport.parked else { return }
            held[visit.host] = "\(visit.host)/robots.txt cannot be had (\(answer.problem))"
            crawler.watcher.notice("\(visit.host) is left alone: its robots.txt cannot be had (\(answer.problem))")
        }
    }

    private mutating func open(_ host: Int64, _ origin: String, _ rules: RobotsRules) {
        leases.open(host, rules)
        if let asked = keeper.excess(of: rules), said.insert(origin + " delay").inserted {
            crawler.watcher.notice(
                "\(origin) asks for a Crawl-delay of \(asked) s; \(keeper.longestDelay / 1000) s are kept")
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
