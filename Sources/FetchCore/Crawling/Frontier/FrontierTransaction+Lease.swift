import FoundationEssentials
import GRDB

/// Leases and reports.
extension FrontierTransaction {
    /// Leases hosts that may be visited.
    mutating func lease(hosts wanted: Int, perHost: Int) throws -> [HostLease] {
        var leases: [HostLease] = []
        while leases.count < wanted {
            let rows = try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT id, key, token, done + failed, robots_state, robots, robots_until, robots_failures, robots_since
                        FROM host WHERE pending > 0 AND lease_until IS NULL AND next_due <= ? ORDER BY next_due, turn LIMIT ?
                        """), arguments: [now, wanted - leases.count])
            if rows.isEmpty { break }
            for row in rows {
                if let lease = try lease(row, perHost) { leases.append(lease) }
            }
        }
        return leases
    }

    /// Leases a host; nil where all its URLs wait to be tried again, and then its time is moved.
    private mutating func lease(_ row: Row, _ perHost: Int) throws -> HostLease? {
        let host: Int64 = row[0]
        let urls = try takeURLs(of: host, perHost)
        guard !urls.isEmpty else {
            memory.turn += 1
            try db.cachedStatement(
                sql: """
                    UPDATE host SET turn = ?2, next_due = coalesce(
                      (SELECT min(not_before) FROM url WHERE host = ?1 AND state = 0), \(LeaseReport.parked)) WHERE id = ?1
                    """
            ).execute(arguments: [host, memory.turn])
            return nil
        }
        let number: Int64 = row[2] + 1
        try db.cachedStatement(
            sql: """
                UPDATE host SET token = ?, lease_until = ?, pending = pending - ?, leased = leased + ? WHERE id = ?
                """
        ).execute(arguments: [number, until, urls.count, urls.count, host])
        let robots = StoredRobots(row: row, from: 4)
        return HostLease(
            token: LeaseToken(host: host, number: number), host: row[1], urls: urls, robots: robots, finished: row[3])
    }

    /// Takes URLs off the queue of a host: first those that wait for the first time, then those to try again.
    private mutating func takeURLs(of host: Int64, _ count: Int) throws -> [QueuedURL] {
        let rows = try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT fp, url, depth, kind, redirects, hops, tries, via_host, via_fp, seq FROM url
                    WHERE host = ? AND state = 0 AND not_before <= ? ORDER BY not_before, seq LIMIT ?
                    """), arguments: [host, now, count])
        let update = try db.cachedStatement(sql: "UPDATE url SET state = 1 WHERE seq = ?")
        let parent = try db.cachedStatement(sql: "SELECT url FROM url WHERE host = ? AND fp = ?")
        var urls: [QueuedURL] = []
        for row in rows {
            let fingerprint: Int64 = row[0]
            guard let url = FetchURL(row[1] as String) else {
                throw FetchError(.io, "the state holds a URL that is none")
            }
            var via: String?
            if let host: Int64 = row[7], let fingerprint: Int64 = row[8] {
                via = try String.fetchOne(parent, arguments: [host, fingerprint])
            }
            update.setUncheckedArguments([row[9] as Int64])
            try update.execute()
            urls.append(
                QueuedURL(
                    url: url, fingerprint: UInt64(bitPattern: fingerprint), depth: row[2],
                    kind: VisitKind(rawValue: row[3]) ?? .page, parent: via, redirects: row[4], hops: row[5],
                    tries: row[6]))
        }
        memory.counts.queued -= urls.count
        memory.counts.leased += urls.count
        return urls
    }

    /// Keeps a report; nil when its lease is over, otherwise the URLs it wants.
    mutating func take(_ report: LeaseReport) throws -> [QueuedURL]? {
        let host = report.token.host
        let valid = try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT token FROM host WHERE id = ? AND lease_until IS NOT NULL"),
            arguments: [host])
        guard valid == report.token.number else { return nil }
        try keep(report.results, of: host)
        if let robots = report.robots {
            try db.cachedStatement(
                sql: """
                    UPDATE host SET robots_state = ?, robots = ?, robots_until = ?, robots_failures = ?, robots_since = ?
                    WHERE id = ?
                    """
            ).execute(arguments: [
                robots.state.rawValue, Data(robots.text), robots.until, robots.failures, robots.failingSince, host,
            ])
        }
        if let due = report.nextDue {
            try db.cachedStatement(sql: "UPDATE host SET next_due = ? WHERE id = ?").execute(arguments: [due, host])
        }
        if report.ends {
            _ = try end(host)
            return []
        }
        let more = report.wants > 0 ? try takeURLs(of: host, report.wants) : []
        try db.cachedStatement(
            sql: "UPDATE host SET lease_until = ?, pending = pending - ?, leased = leased + ? WHERE id = ?"
        ).execute(arguments: [until, more.count, more.count, host])
        return more
    }

    private mutating func keep(_ results: [VisitResult], of host: Int64) throws {
        guard !results.isEmpty else { return }
        let update = try db.cachedStatement(
            sql: """
                UPDATE url SET state = ?, status = ?, reason = ?, record_end = ?, not_before = ?, tries = tries + ?
                WHERE host = ? AND fp = ? AND state = 1
                """)
        var done = 0
        var failed = 0
        var dropped = 0
        var again = 0
        for result in results {
            let fingerprint = Int64(bitPattern: result.fingerprint)
            switch result.ending {
            case .done(let status, let end):
                update.setUncheckedArguments([2, status, nil, end, 0, 0, host, fingerprint])
            case .failed(let end): update.setUncheckedArguments([3, nil, nil, end, 0, 0, host, fingerprint])
            case .dropped(let reason):
                update.setUncheckedArguments([4, nil, reason.rawValue, 0, 0, 0, host, fingerprint])
            case .again(let time): update.setUncheckedArguments([0, nil, nil, 0, time, 1, host, fingerprint])
            }
            try update.execute()
            // A result that comes twice, or for a URL of somebody else, changes nothing.
            guard db.changesCount > 0 else { continue }
            switch result.ending {
            case .done: done += 1
            case .failed: failed += 1
            case .dropped: dropped += 1
            case .again: again += 1
            }
        }
        let count = done + failed + dropped + again
        try db.cachedStatement(
            sql: """
                UPDATE host SET leased = leased - ?, done = done + ?, failed = failed + ?, dropped = dropped + ?,
                pending = pending + ? WHERE id = ?
                """
        ).execute(arguments: [count, done, failed, dropped, again, host])
        memory.counts.leased -= count
        memory.counts.done += done
        memory.counts.failed += failed
        memory.counts.dropped += dropped
        memory.counts.queued += again
    }

    /// Gives a lease back: what is left of it is queued again, where it stood. Gives how many that are.
    mutating func end(_ host: Int64) throws -> Int {
        try db.cachedStatement(sql: "UPDATE url SET state = 0 WHERE host = ? AND state = 1").execute(arguments: [host])
        let count = db.changesCount
        memory.turn += 1
        try db.cachedStatement(
            sql: """
                UPDATE host SET lease_until = NULL, pending = pending + leased, leased = 0, turn = ? WHERE id = ?
                """
        ).execute(arguments: [memory.turn, host])
        memory.counts.leased -= count
        memory.counts.queued += count
        return count
    }
}
