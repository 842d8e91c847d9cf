import FoundationEssentials
import GRDB

/// Looking at the state without changing it.
extension SQLiteFrontier {
    private static let columns = """
        SELECT u.seq, u.url, u.fp, u.state, u.depth, u.kind, u.reason, u.status, p.url, u.tries, h.next_due
        FROM url u JOIN host h ON h.id = u.host LEFT JOIN url p ON p.host = u.via_host AND p.fp = u.via_fp
        """

    /// All URLs, at most so many at a time.
    public func scan(after position: ScanPosition?, limit: Int) throws(FetchError) -> FrontierPage {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: Self.columns + " WHERE u.seq > ? ORDER BY u.seq LIMIT ?",
                arguments: [position?.sequence ?? 0, limit])
            let next = rows.count < limit ? nil : rows.last.map { ScanPosition(sequence: $0[0]) }
            return FrontierPage(records: rows.compactMap { Self.record($0) }, next: next)
        }
    }

    /// What is known of a URL.
    public func find(_ key: PageKey) throws(FetchError) -> FrontierRecord? {
        try read { db in
            let fingerprint = Int64(bitPattern: key.fingerprint)
            if let row = try Row.fetchOne(
                db, sql: Self.columns + " WHERE h.key = ? AND u.host = h.id AND u.fp = ?",
                arguments: [key.host, fingerprint])
            {
                return Self.record(row)
            }
            let skipped = """
                SELECT 0, s.url, s.fp, 4, s.depth, 0, s.reason, NULL, p.url, 0, 0
                FROM skipped s LEFT JOIN url p ON p.host = s.via_host AND p.fp = s.via_fp WHERE s.fp = ?
                """
            return try Row.fetchOne(db, sql: skipped, arguments: [fingerprint]).flatMap { Self.record($0) }
        }
    }

    /// The pages that link to a URL, as far as links were kept.
    public func referrers(of key: PageKey, limit: Int) throws(FetchError) -> [String] {
        try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT u.url FROM host h JOIN link l ON l.to_host = h.id JOIN url u ON u.host = l.from_host AND u.fp = l.from_fp
                    WHERE h.key = ? AND l.to_fp = ? ORDER BY u.seq LIMIT ?
                    """, arguments: [key.host, Int64(bitPattern: key.fingerprint), limit])
        }
    }

    /// Queues the pages again whose record did not survive in the output, as after a power cut.
    ///
    /// - Parameter bytes: How long the output is.
    /// - Returns: How many pages, and where the last record ends that is whole.
    public func requeue(recordsBeyond bytes: Int64) throws(FetchError) -> (pages: Int, end: Int64) {
        try write { db, memory in
            let end = try Int64.fetchOne(
                db, sql: "SELECT max(record_end) FROM url WHERE record_end <= ?", arguments: [bytes])
            try db.execute(
                sql: """
                    CREATE TEMP TABLE lost AS SELECT seq, host, state FROM url WHERE state IN (2, 3) AND record_end > ?
                    """, arguments: [bytes])
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM lost") ?? 0
            let done = try Int.fetchOne(db, sql: "SELECT count(*) FROM lost WHERE state = 2") ?? 0
            try db.execute(
                sql: """
                    UPDATE url SET state = 0, record_end = 0 WHERE seq IN (SELECT seq FROM lost);
                    UPDATE host SET pending = pending + l.n, done = done - l.d, failed = failed - (l.n - l.d)
                    FROM (SELECT host, count(*) AS n, sum(state = 2) AS d FROM lost GROUP BY host) AS l WHERE id = l.host;
                    DROP TABLE lost;
                    """)
            memory.counts.queued += count
            memory.counts.done -= done
            memory.counts.failed -= count - done
            return (count, end ?? 0)
        }
    }

    /// From here on the records go to another file: where the old ones end says nothing any more.
    public func forgetRecordEnds() throws(FetchError) {
        try write { db, _ in try db.execute(sql: "UPDATE url SET record_end = 0 WHERE record_end > 0") }
    }

    /// What is kept of a host's robots.txt.
    public func robots(of host: String) throws(FetchError) -> StoredRobots? {
        try read { db in
            let columns = "robots_state, robots, robots_until, robots_failures, robots_since"
            let row = try Row.fetchOne(db, sql: "SELECT \(columns) FROM host WHERE key = ?", arguments: [host])
            return row.flatMap { StoredRobots(row: $0, from: 0) }
        }
    }

    private static func record(_ row: Row) -> FrontierRecord? {
        guard let url = FetchURL(row[1] as String), let state = FrontierRecord.State(rawValue: row[3]) else {
            return nil
        }
        let fingerprint: Int64 = row[2]
        return FrontierRecord(
            sequence: row[0], url: url, fingerprint: UInt64(bitPattern: fingerprint), state: state, depth: row[4],
            kind: VisitKind(rawValue: row[5]) ?? .page, reason: (row[6] as Int?).flatMap { SkipReason(rawValue: $0) },
            status: row[7], parent: row[8], tries: row[9], hostDue: row[10])
    }
}

extension StoredRobots {
    /// Reads five columns, from this one on: state, text, until, failures, since.
    init?(row: Row, from column: Int) {
        guard let value = row[column] as Int?, let state = State(rawValue: value) else { return nil }
        self.init(
            state: state, text: (row[column + 1] as Data?).map { Array($0) } ?? [], until: row[column + 2],
            failures: row[column + 3], failingSince: row[column + 4])
    }
}
