import FetchSQLite

/// The seals of a state's rows: each row has the seal of its other columns, so that a changed one is seen.
enum StateSeal {
    /// The sealed columns of each table.
    static let tables: [(table: String, columns: [String])] = [
        ("identity", ["key", "value"]),
        ("progress", ["id", "sequence", "turn", "file", "bytes", "records"]),
        ("host", hostColumns), ("url", urlColumns),
        ("skipped", ["fp", "reason", "depth", "via_host", "via_fp", "url"]),
        ("link", ["to_host", "to_fp", "from_host", "from_fp"]),
        ("page", ["host", "fp", "is_failed", "is_reported", "file"]),
    ]

    private static let hostColumns = [
        "id", "key", "next_due", "turn", "lease_until", "token", "pending", "leased", "done", "failed", "dropped",
        "robots_state", "robots", "robots_until", "robots_failures", "robots_since",
    ]
    private static let urlColumns = [
        "seq", "host", "fp", "state", "not_before", "depth", "kind", "redirects", "hops", "tries", "reason", "status",
        "record_end", "via_host", "via_fp", "url",
    ]

    /// The seal of a row of `url` for a statement that changes columns to these expressions.
    static func url(_ changes: [String: String]) -> String { seal(urlColumns, changes) }

    /// The seal of a row of `host` for a statement that changes columns to these expressions.
    static func host(_ changes: [String: String] = [:]) -> String { seal(hostColumns, changes) }

    private static func seal(_ columns: [String], _ changes: [String: String]) -> String {
        "seal(" + columns.map { changes[$0] ?? $0 }.joined(separator: ", ") + ")"
    }

    /// Compares all rows with their seals, the indexes with their tables, and the counters of the hosts with the URLs.
    ///
    /// `PRAGMA integrity_check` compares the indexes too, but with a search for each row.
    ///
    /// - Returns: What is wrong; nil for a good state.
    static func damage(_ db: SQLiteConnection) throws(SQLiteError) -> String? {
        for (table, columns) in tables where table != "url" {
            let query = "SELECT 1 FROM \(table) WHERE seal IS NOT \(seal(columns, [:])) LIMIT 1"
            if try db.prepare(query).first(row: { $0.int(0) }) != nil { return mismatch(table) }
        }
        let isComplete = """
            SELECT 1 FROM identity WHERE key = '\(CrawlSchema.identityCount)'
            AND value = (SELECT CAST(count(*) - 1 AS TEXT) FROM identity)
            """
        guard try db.prepare(isComplete).first(row: { $0.int(0) }) != nil else { return "an option of it is missing" }
        let progress = try db.prepare("SELECT sequence FROM progress").first { $0.int64(0) }
        let verdict = try db.prepare("PRAGMA integrity_check(host)").first { $0.text(0) }
        guard let progress, verdict == "ok" else { return verdict ?? "no progress" }
        guard let urls = try scan(db) else { return mismatch("url") }
        let indexes = try [
            ("sqlite_autoindex_url_1", "1", URLs.key), ("url_queue", "state = \(StoredState.queued)", URLs.queue),
            ("url_leased", "state = \(StoredState.leased)", URLs.leased),
        ].map { index, condition, sum throws(SQLiteError) in
            let query = "SELECT coalesce(sum(\(sum)), 0) FROM url INDEXED BY \(index) WHERE \(condition)"
            return try db.prepare(query).first { $0.int64(0) }
        }
        guard indexes == urls.indexes else { return "an index does not match its table" }
        var states: [Int64] = []
        try db.prepare("SELECT sum(pending), sum(leased), sum(done), sum(failed), sum(dropped) FROM host").forEach {
            row in
            states = (0..<5).map { row.int64($0) }
        }
        guard states == urls.states, urls.sequence <= progress else { return "its counters do not match its URLs" }
        return nil
    }

    private static func mismatch(_ table: String) -> String { "a row of \(table) does not match its checksum" }

    /// What one pass over the table of URLs gives.
    private struct URLs {
        /// The sum of what each index must contain.
        var indexes: [Int64]
        /// The number of URLs in each state.
        var states: [Int64]
        /// The number of the last one.
        var sequence: Int64

        // Sums of 31 bits, so that those of all rows are within 64; not 0, so that a missing row is seen.
        static let key = "seal(host, fp, seq) & 0x7FFFFFFF | 1"
        static let queue = "seal(host, not_before, seq) & 0x7FFFFFFF | 1"
        static let leased = "seal(host, seq) & 0x7FFFFFFF | 1"
    }

    /// Reads all URLs; nil if a row does not match its seal.
    private static func scan(_ db: SQLiteConnection) throws(SQLiteError) -> URLs? {
        let states = [
            StoredState.queued, StoredState.leased, StoredState.done, StoredState.failed, StoredState.dropped,
        ].map { "sum(state = \($0))" }.joined(separator: ", ")
        return try db.prepare(
            """
            SELECT coalesce(sum(seal IS NOT \(url([:]))), 0), max(seq), sum(\(URLs.key)),
                sum(iif(state = \(StoredState.queued), \(URLs.queue), 0)),
                sum(iif(state = \(StoredState.leased), \(URLs.leased), 0)), \(states)
            FROM url NOT INDEXED
            """
        ).first { row in
            guard row.int(0) == 0 else { return nil }
            return URLs(
                indexes: (2..<5).map { row.int64($0) }, states: (5..<10).map { row.int64($0) }, sequence: row.int64(1))
        }
    }
}
