import FetchHTTP
import FetchSQLite

/// The steps of one turn of an ``SQLiteFrontier``, inside its transaction.
struct FrontierTransaction {
    let db: SQLiteConnection
    var memory: SQLiteFrontier.Memory
    let now: Int64
    let until: Int64
    /// URLs that were queued, by origin.
    private var queued: [Int64: Int] = [:]
    /// Origins whose row was changed: ``finish(_:)`` seals them, once each.
    var changedOrigins: Set<Int64> = []

    private static let addURL = """
        INSERT OR IGNORE INTO url(host, fp, seq, state, depth, kind, redirects, hops, reason, via_host, via_fp, url, seal)
        VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \(
            StateSeal.url([
                "host": "?1", "fp": "?2", "seq": "?3", "state": "?4", "depth": "?5", "kind": "?6", "redirects": "?7",
                "hops": "?8", "reason": "?9", "via_host": "?10", "via_fp": "?11", "url": "?12", "not_before": "0",
                "tries": "0", "status": "NULL", "record_end": "0",
            ])))
        """
    private static let sealHost = "UPDATE host SET seal = \(StateSeal.host()) WHERE id = ?"

    init(db: SQLiteConnection, memory: consuming SQLiteFrontier.Memory, now: Int64, until: Int64) {
        self.db = db
        self.memory = memory
        self.now = now
        self.until = until
    }

    // MARK: Links

    /// Adds unknown candidates; returns their number.
    mutating func add(_ candidates: [Candidate]) throws -> Int {
        var rows: [(origin: Int64, sequence: Int64, index: Int)] = []
        for (index, candidate) in candidates.enumerated() {
            if memory.known.count < SQLiteFrontier.cacheLimit {
                guard memory.known.insert(candidate.fingerprint) else { continue }
            } else if memory.known.contains(candidate.fingerprint) {
                continue
            }
            memory.sequence += 1
            rows.append((try number(of: candidate.origin), memory.sequence, index))
        }
        var order: [Int64] = []
        for row in rows where queued.updateValue(0, forKey: row.origin) == nil { order.append(row.origin) }
        let insert = try db.statement(Self.addURL)
        var added = 0
        for row in rows {
            let candidate = candidates[row.index]
            let state = candidate.skip == nil ? FrontierRecord.State.queued : .dropped
            let parentOrigin = try candidate.parent.map { try number(of: $0.origin) }
            try insert.run(
                .integer(row.origin), .integer(Int64(bitPattern: candidate.fingerprint)), .integer(row.sequence),
                .int(state.rawValue), .int(candidate.depth), .int(candidate.kind.rawValue), .int(candidate.redirects),
                .int(candidate.hops), .int(candidate.skip?.rawValue), .int(parentOrigin),
                .int(candidate.parent.map { Int64(bitPattern: $0.fingerprint) }), .text(candidate.url.href))
            guard db.changes > 0 else { continue }
            added += 1
            if state == .queued {
                queued[row.origin, default: 0] += 1
                memory.counts.queued += 1
            } else {
                memory.counts.dropped += 1
                try db.statement("UPDATE host SET dropped = dropped + 1 WHERE id = ?").run(.integer(row.origin))
                changedOrigins.insert(row.origin)
            }
        }
        try offer(order)
        return added
    }

    /// Adds what was queued to the counts of the origins, in the order in which they came.
    private mutating func offer(_ origins: [Int64]) throws {
        let update = try db.statement(
            "UPDATE host SET turn = iif(pending = 0, ?, turn), pending = pending + ? WHERE id = ?")
        for origin in origins {
            guard let count = queued[origin], count > 0 else { continue }
            memory.turn += 1
            try update.run(.integer(memory.turn), .int(count), .integer(origin))
            changedOrigins.insert(origin)
        }
        queued.removeAll(keepingCapacity: true)
    }

    /// Stores URLs that are left out.
    mutating func keep(_ skipped: [Candidate]) throws {
        guard !skipped.isEmpty else { return }
        let insert = try db.statement(
            """
            INSERT OR IGNORE INTO skipped(fp, reason, depth, via_host, via_fp, url, seal)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, seal(?1, ?2, ?3, ?4, ?5, ?6))
            """)
        for candidate in skipped {
            let parentOrigin = try candidate.parent.map { try number(of: $0.origin) }
            try insert.run(
                .integer(Int64(bitPattern: candidate.fingerprint)), .int(candidate.skip?.rawValue ?? 0),
                .int(candidate.depth), .int(parentOrigin),
                .int(candidate.parent.map { Int64(bitPattern: $0.fingerprint) }), .text(candidate.url.href))
        }
    }

    /// Stores links for the link checker.
    mutating func keep(_ links: [PageLink]) throws {
        guard !links.isEmpty else { return }
        let insert = try db.statement("INSERT OR IGNORE INTO link VALUES(?1, ?2, ?3, ?4, seal(?1, ?2, ?3, ?4))")
        for link in links {
            try insert.run(
                .integer(try number(of: link.to.origin)), .integer(Int64(bitPattern: link.to.fingerprint)),
                .integer(try number(of: link.from.origin)), .integer(Int64(bitPattern: link.from.fingerprint)))
        }
    }

    /// The number of an origin, which is made if it is new.
    mutating func number(of key: String) throws -> Int64 {
        if let number = memory.origins[key] { return number }
        if memory.origins.count >= SQLiteFrontier.originLimit { memory.origins.removeAll() }
        try db.statement("INSERT OR IGNORE INTO host(key) VALUES(?)").run(.text(key))
        let isNew = db.changes > 0
        let number = try db.statement("SELECT id FROM host WHERE key = ?").first(.text(key)) { $0.int64(0) } ?? 0
        memory.origins[key] = number
        if isNew { changedOrigins.insert(number) }
        return number
    }

    /// Stores the numbers that continue, and the state of the output, and seals the origins.
    mutating func finish(_ output: OutputMark?) throws {
        let seal = try db.statement(Self.sealHost)
        for origin in changedOrigins { try seal.run(.integer(origin)) }
        changedOrigins.removeAll()
        if let output {
            try db.statement(
                """
                UPDATE progress SET sequence = ?1, turn = ?2, file = ?3, bytes = ?4, records = ?5,
                  seal = seal(id, ?1, ?2, ?3, ?4, ?5)
                """
            ).run(
                .integer(memory.sequence), .integer(memory.turn), .text(output.file), .int(output.bytes),
                .int(output.records))
        } else {
            try db.statement(
                "UPDATE progress SET sequence = ?1, turn = ?2, seal = seal(id, ?1, ?2, file, bytes, records)"
            )
            .run(.integer(memory.sequence), .integer(memory.turn))
        }
    }
}
