package import FetchHTTP
import FetchSQLite

/// Queries of the state that do not change it.
extension SQLiteFrontier {
    private static let columns = """
        SELECT u.seq, u.url, u.fp, u.state, u.depth, u.kind, u.reason, u.status, p.url, u.tries, h.next_due,
          g.is_reported
        FROM url u JOIN host h ON h.id = u.host LEFT JOIN url p ON p.host = u.via_host AND p.fp = u.via_fp
        LEFT JOIN page g ON g.host = u.host AND g.fp = u.fp
        """

    /// All URLs, in batches.
    package func scan(after position: ScanPosition?, limit: Int) throws(FetchError) -> FrontierPage {
        try read { db in
            var records: [FrontierRecord] = []
            var count = 0
            var last: Int64 = 0
            let statement = try db.statement(Self.columns + " WHERE u.seq > ? ORDER BY u.seq LIMIT ?")
            try statement.forEach(.integer(position?.sequence ?? 0), .int(limit)) { row in
                count += 1
                last = row.int64(0)
                if let record = Self.record(row) { records.append(record) }
            }
            let next = count == 0 || count < limit ? nil : ScanPosition(sequence: last)
            return FrontierPage(records: records, next: next)
        }
    }

    /// What is known about a URL.
    package func find(_ key: PageKey) throws(FetchError) -> FrontierRecord? {
        try read { db in
            let fingerprint = Int64(bitPattern: key.fingerprint)
            var isKnown = false
            let record = try db.statement(Self.columns + " WHERE h.key = ? AND u.host = h.id AND u.fp = ?")
                .first(.text(key.origin), .integer(fingerprint)) { row in
                    isKnown = true
                    return Self.record(row)
                }
            if isKnown { return record }
            let skipped = """
                SELECT 0, s.url, s.fp, \(StoredState.dropped), s.depth,
                  \(VisitKind.page.rawValue), s.reason, NULL, p.url, 0, 0, 0
                FROM skipped s LEFT JOIN url p ON p.host = s.via_host AND p.fp = s.via_fp WHERE s.fp = ?
                """
            return try db.statement(skipped).first(.integer(fingerprint)) { Self.record($0) }
        }
    }

    /// The pages that link to a URL, as far as links were stored.
    package func referrers(of key: PageKey, limit: Int) throws(FetchError) -> [String] {
        try read { db in
            var urls: [String] = []
            try db.statement(
                """
                SELECT u.url FROM host h JOIN link l ON l.to_host = h.id JOIN url u ON u.host = l.from_host AND u.fp = l.from_fp
                WHERE h.key = ? AND l.to_fp = ? ORDER BY u.seq LIMIT ?
                """
            ).forEach(.text(key.origin), .integer(Int64(bitPattern: key.fingerprint)), .int(limit)) {
                urls.append($0.text(0))
            }
            return urls
        }
    }

    /// Queues the pages again whose record was lost from the output, as after a power cut.
    ///
    /// - Parameter bytes: The length of the output.
    /// - Returns: The number of pages, and where the last complete record ends.
    package func requeue(recordsBeyond bytes: Int64) throws(FetchError) -> (pages: Int, end: Int64) {
        try write { db, memory in
            let end = try db.prepare("SELECT max(record_end) FROM url WHERE record_end <= ?")
                .first(.integer(bytes)) { $0.int64(0) }
            try db.prepare(
                """
                CREATE TEMP TABLE lost AS SELECT seq, host, fp, state FROM url
                WHERE state IN (\(StoredState.done), \(StoredState.failed)) AND record_end > ?
                """
            ).run(.integer(bytes))
            let (count, done) =
                try db.prepare("SELECT count(*), sum(state = \(StoredState.done)) FROM lost").first {
                    ($0.int(0), $0.int(1))
                } ?? (0, 0)
            try db.execute(
                """
                UPDATE url SET state = \(StoredState.queued), record_end = 0,
                  seal = \(StateSeal.url(["state": "\(StoredState.queued)", "record_end": "0"]))
                WHERE seq IN (SELECT seq FROM lost);
                UPDATE host SET pending = pending + l.n, done = done - l.d, failed = failed - (l.n - l.d)
                FROM (SELECT host, count(*) AS n, sum(state = \(StoredState.done)) AS d FROM lost GROUP BY host) AS l WHERE id = l.host;
                UPDATE host SET seal = \(StateSeal.host()) WHERE id IN (SELECT host FROM lost);
                DELETE FROM page WHERE (host, fp) IN (SELECT host, fp FROM lost);
                DROP TABLE lost;
                """)
            memory.counts.queued += count
            memory.counts.done -= done
            memory.counts.failed -= count - done
            return (count, end ?? 0)
        }
    }

    /// From here on the records go to another file: the offsets in the old one have no meaning any more.
    package func forgetRecordEnds() throws(FetchError) {
        try write { db, _ in
            try db.execute(
                "UPDATE url SET record_end = 0, seal = \(StateSeal.url(["record_end": "0"])) WHERE record_end > 0")
        }
    }

    /// What is kept of an origin's robots.txt.
    package func robots(of origin: String) throws(FetchError) -> StoredRobots? {
        try read { db in
            let columns = "robots_state, robots, robots_until, robots_failures, robots_since"
            return try db.statement("SELECT \(columns) FROM host WHERE key = ?")
                .first(.text(origin)) { StoredRobots(row: $0, from: 0) }
        }
    }

    private static func record(_ row: borrowing SQLiteRow) -> FrontierRecord? {
        guard let url = FetchURL(row.text(1)), let state = FrontierRecord.State(rawValue: row.int(3)) else {
            return nil
        }
        return FrontierRecord(
            sequence: row.int64(0), url: url, fingerprint: UInt64(bitPattern: row.int64(2)), state: state,
            depth: row.int(4), kind: VisitKind(rawValue: row.int(5)) ?? .page,
            reason: row.optionalInt(6).flatMap { SkipReason(rawValue: $0) }, status: row.optionalInt(7),
            parent: row.optionalText(8), tries: row.int(9), originDue: row.int64(10),
            isReported: row.optionalInt(11) == 1)
    }
}

extension StoredRobots {
    /// Reads five columns, from this one on: state, text, until, failures, since.
    init?(row: borrowing SQLiteRow, from column: Int) {
        guard let value = row.optionalInt(column), let state = State(rawValue: value) else { return nil }
        self.init(
            state: state, text: row.bytes(column + 1), until: row.int64(column + 2), failures: row.int(column + 3),
            failingSince: row.int64(column + 4))
    }
}
