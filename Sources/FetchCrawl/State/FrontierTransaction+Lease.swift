import FetchHTTP
import FetchSQLite

/// Leases and reports.
extension FrontierTransaction {
    private static let leaseURL = """
        UPDATE url SET state = \(StoredState.leased), seal = \(StateSeal.url(["state": "\(StoredState.leased)"]))
        WHERE seq = ?
        """
    private static let returnURLs = """
        UPDATE url SET state = \(StoredState.queued), seal = \(StateSeal.url(["state": "\(StoredState.queued)"]))
        WHERE host = ? AND state = \(StoredState.leased)
        """
    private static let keepResult = """
        UPDATE url SET state = ?1, status = ?2, reason = ?3, record_end = ?4, not_before = ?5, tries = tries + ?6,
          seal = \(
            StateSeal.url([
                "state": "?1", "status": "?2", "reason": "?3", "record_end": "?4", "not_before": "?5",
                "tries": "tries + ?6",
            ]))
        WHERE host = ?7 AND fp = ?8 AND state = \(StoredState.leased)
        """

    /// Leases origins that may be visited.
    mutating func lease(origins wanted: Int, perOrigin: Int) throws -> [OriginLease] {
        var leases: [OriginLease] = []
        let select = try db.statement(
            """
            SELECT id, key, token, done + failed, robots_state, robots, robots_until, robots_failures, robots_since
            FROM host WHERE pending > 0 AND lease_until IS NULL AND next_due <= ? ORDER BY next_due, turn LIMIT ?
            """)
        while leases.count < wanted {
            // All rows before the first change: a lease moves origins in the index that is read here.
            var origins: [DueOrigin] = []
            try select.forEach(.integer(now), .int(wanted - leases.count)) { row in
                origins.append(
                    DueOrigin(
                        id: row.int64(0), key: row.text(1), token: row.int64(2), finished: row.int(3),
                        robots: StoredRobots(row: row, from: 4)))
            }
            if origins.isEmpty { break }
            for origin in origins {
                if let lease = try lease(origin, perOrigin) { leases.append(lease) }
            }
        }
        return leases
    }

    /// An origin that may be leased.
    private struct DueOrigin {
        let id: Int64
        let key: String
        /// The number of its last lease.
        let token: Int64
        let finished: Int
        let robots: StoredRobots?
    }

    /// Leases an origin; nil where all its URLs wait to be tried again, and then its time is moved.
    private mutating func lease(_ origin: DueOrigin, _ perOrigin: Int) throws -> OriginLease? {
        changedOrigins.insert(origin.id)
        let urls = try takeURLs(of: origin.id, perOrigin)
        guard !urls.isEmpty else {
            memory.turn += 1
            try db.statement(
                """
                UPDATE host SET turn = ?2, next_due = coalesce(
                  (SELECT min(not_before) FROM url WHERE host = ?1 AND state = \(StoredState.queued)),
                  \(LeaseReport.parked)) WHERE id = ?1
                """
            ).run(.integer(origin.id), .integer(memory.turn))
            return nil
        }
        let number = origin.token + 1
        try db.statement(
            "UPDATE host SET token = ?, lease_until = ?, pending = pending - ?, leased = leased + ? WHERE id = ?"
        ).run(.integer(number), .integer(until), .int(urls.count), .int(urls.count), .integer(origin.id))
        return OriginLease(
            token: FencingToken(origin: origin.id, number: number), origin: origin.key, urls: urls,
            robots: origin.robots,
            finished: origin.finished - memory.sitemaps[origin.id, default: 0])
    }

    /// Takes URLs off the queue of an origin: first those that wait for the first time, then those to try again.
    private mutating func takeURLs(of origin: Int64, _ count: Int) throws -> [QueuedURL] {
        // All rows are read before the first change: an update removes a URL from the index that is read here.
        var rows: [(sequence: Int64, via: PageReference?, url: QueuedURL)] = []
        var isBroken = false
        try db.statement(
            """
            SELECT fp, url, depth, kind, redirects, hops, tries, via_host, via_fp, seq FROM url
            WHERE host = ? AND state = \(StoredState.queued) AND not_before <= ?
            ORDER BY not_before, seq LIMIT ?
            """
        ).forEach(.integer(origin), .integer(now), .int(count)) { row in
            guard let url = FetchURL(row.text(1)) else {
                isBroken = true
                return
            }
            var via: PageReference?
            if let origin = row.optionalInt64(7), let fingerprint = row.optionalInt64(8) {
                via = PageReference(origin: origin, fingerprint: fingerprint)
            }
            rows.append(
                (
                    row.int64(9), via,
                    QueuedURL(
                        url: url, fingerprint: UInt64(bitPattern: row.int64(0)), depth: row.int(2),
                        kind: VisitKind(rawValue: row.int(3)) ?? .page, parent: nil, redirects: row.int(4),
                        hops: row.int(5), tries: row.int(6))
                ))
        }
        guard !isBroken else { throw FetchError(.io, "the state contains a URL that is not valid") }
        let update = try db.statement(Self.leaseURL)
        let parent = try db.statement("SELECT url FROM url WHERE host = ? AND fp = ?")
        var urls: [QueuedURL] = []
        urls.reserveCapacity(rows.count)
        for row in rows {
            var url = row.url
            if let via = row.via {
                url.parent = try parent.first(.integer(via.origin), .integer(via.fingerprint)) { $0.text(0) }
            }
            try update.run(.integer(row.sequence))
            urls.append(url)
        }
        memory.counts.queued -= urls.count
        memory.counts.leased += urls.count
        return urls
    }

    /// A page with the numbers that it has in the file.
    private struct PageReference {
        let origin: Int64
        let fingerprint: Int64
    }

    /// Stores a report; nil when its lease is over, otherwise the URLs that it asks for.
    mutating func take(_ report: LeaseReport) throws -> [QueuedURL]? {
        let origin = report.token.origin
        let valid = try db.statement("SELECT token FROM host WHERE id = ? AND lease_until IS NOT NULL")
            .first(.integer(origin)) { $0.int64(0) }
        guard valid == report.token.number else { return nil }
        changedOrigins.insert(origin)
        try keep(report.results, of: origin)
        if let robots = report.robots {
            try db.statement(
                """
                UPDATE host SET robots_state = ?, robots = ?, robots_until = ?, robots_failures = ?, robots_since = ?
                WHERE id = ?
                """
            ).run(
                .int(robots.state.rawValue), .blob(robots.text), .integer(robots.until), .int(robots.failures),
                .integer(robots.failingSince), .integer(origin))
        }
        if let due = report.nextDue {
            try db.statement("UPDATE host SET next_due = ? WHERE id = ?").run(.integer(due), .integer(origin))
        }
        if report.ends {
            _ = try end(origin)
            return []
        }
        let more = report.wants > 0 ? try takeURLs(of: origin, report.wants) : []
        try db.statement("UPDATE host SET lease_until = ?, pending = pending - ?, leased = leased + ? WHERE id = ?")
            .run(.integer(until), .int(more.count), .int(more.count), .integer(origin))
        return more
    }

    private mutating func keep(_ results: [VisitResult], of id: Int64) throws {
        guard !results.isEmpty else { return }
        let update = try db.statement(Self.keepResult)
        var done = 0
        var failed = 0
        var dropped = 0
        var again = 0
        var sitemaps = 0
        func state(_ state: FrontierRecord.State) -> DatabaseValue { .int(state.rawValue) }
        for result in results {
            let origin = DatabaseValue.integer(id)
            let fingerprint = DatabaseValue.integer(Int64(bitPattern: result.fingerprint))
            let none = DatabaseValue.integer(0)
            switch result.ending {
            case .done(let status, let end):
                try update.run(state(.done), .int(status), .null, .int(end), none, none, origin, fingerprint)
            case .failed(let end):
                try update.run(state(.failed), .null, .null, .int(end), none, none, origin, fingerprint)
            case .dropped(let reason):
                try update.run(state(.dropped), .null, .int(reason.rawValue), none, none, none, origin, fingerprint)
            case .again(let time):
                try update.run(state(.queued), .null, .null, none, .int(time), .integer(1), origin, fingerprint)
            case .later:
                let parked = DatabaseValue.integer(LeaseReport.parked)
                try update.run(state(.queued), .null, .null, none, parked, none, origin, fingerprint)
            }
            // A repeated result, or one for a URL of another lease, has no effect.
            guard db.changes > 0 else { continue }
            switch result.ending {
            case .done: done += 1
            case .failed: failed += 1
            case .dropped: dropped += 1
            case .again, .later: again += 1
            }
            switch result.ending {
            case .done, .failed: sitemaps += result.isPage ? 0 : 1
            case .dropped, .again, .later: break
            }
            try keepOutputs(of: result, origin: origin)
        }
        if sitemaps > 0 { memory.sitemaps[id, default: 0] += sitemaps }
        memory.counts.sitemaps += sitemaps
        let count = done + failed + dropped + again
        try db.statement(
            """
            UPDATE host SET leased = leased - ?, done = done + ?, failed = failed + ?, dropped = dropped + ?,
            pending = pending + ? WHERE id = ?
            """
        ).run(.int(count), .int(done), .int(failed), .int(dropped), .int(again), .integer(id))
        memory.counts.leased -= count
        memory.counts.done += done
        memory.counts.failed += failed
        memory.counts.dropped += dropped
        memory.counts.queued += again
    }

    /// Returns a lease: its remaining URLs are queued again at their old positions. Returns their number.
    mutating func end(_ origin: Int64) throws -> Int {
        changedOrigins.insert(origin)
        try db.statement(Self.returnURLs).run(.integer(origin))
        let count = db.changes
        memory.turn += 1
        try db.statement(
            "UPDATE host SET lease_until = NULL, pending = pending + leased, leased = 0, turn = ? WHERE id = ?"
        ).run(.integer(memory.turn), .integer(origin))
        memory.counts.leased -= count
        memory.counts.queued += count
        return count
    }
}
