package import FetchHTTP
import FetchSQLite
import FetchStore
import FetchSystem
import Synchronization

/// A frontier in a file, from which a killed crawl can be resumed.
///
/// A turn is one transaction, so that the links of a page, its completion and the mark of the output are stored
/// together or not at all. Most links of a page are known already; a table of fingerprints in memory recognises them
/// without a query.
package final class SQLiteFrontier: Frontier {
    /// The maximum number of fingerprints in memory; beyond it the file is queried.
    static let cacheLimit = 4_000_000
    /// Numbers of origins that are kept in memory.
    static let originLimit = 100_000

    /// The state in memory. It never contains anything that is not in the file.
    struct Memory: Sendable {
        var known = FingerprintTable(keepsNumbers: false)
        var origins: [String: Int64] = [:]
        var sequence: Int64 = 0
        var turn: Int64 = 0
        var counts = FrontierCounts()
        /// The sitemaps among the finished URLs of each origin that has some.
        var sitemaps: [Int64: Int] = [:]

        /// Moves the table out: a second owner would make the next change copy all of it.
        static func taking(_ memory: inout Memory) -> Memory {
            let taken = memory
            memory = Memory()
            return taken
        }
    }

    let file: CrawlStateFile
    let memory: Mutex<Memory>

    /// Takes a state over. What was in flight when its last process ended is queued again, and no origin is parked.
    ///
    /// - Parameter file: The file, which the caller closes.
    package init(file: CrawlStateFile) throws(FetchError) {
        self.file = file
        do {
            memory = Mutex(try file.connection.withLock { db in try Self.load(db) })
        } catch {
            throw Self.error(error, file)
        }
    }

    /// Of these fingerprints those that are not known, by their indices.
    package func unknown(_ fingerprints: [UInt64]) -> [Int] {
        memory.withLock { memory in fingerprints.indices.filter { !memory.known.contains(fingerprints[$0]) } }
    }

    /// Takes a turn.
    package func take(_ turn: FrontierTurn, now: Int64, ttl: Int64) throws(FetchError) -> FrontierAnswer {
        try write { db, memory in
            var transaction = FrontierTransaction(db: db, memory: Memory.taking(&memory), now: now, until: now + ttl)
            var answer = FrontierAnswer()
            answer.added = try transaction.add(turn.candidates)
            try transaction.keep(turn.skipped)
            try transaction.keep(turn.links)
            try transaction.keep(turn.reported)
            for report in turn.reports {
                guard let more = try transaction.take(report) else {
                    answer.stale.append(report.token)
                    continue
                }
                if !more.isEmpty { answer.more[report.token] = more }
            }
            if turn.origins > 0 {
                answer.leases = try transaction.lease(origins: turn.origins, perOrigin: turn.perOrigin)
            }
            try transaction.finish(turn.output)
            memory = transaction.memory
            return answer
        }
    }

    /// Ends the expired leases.
    package func reap(now: Int64) throws(FetchError) -> Int {
        try write { db, memory in
            var transaction = FrontierTransaction(db: db, memory: Memory.taking(&memory), now: now, until: now)
            var origins: [Int64] = []
            try db.statement("SELECT id FROM host WHERE lease_until <= ? ORDER BY lease_until, id")
                .forEach(.integer(now)) { origins.append($0.int64(0)) }
            var count = 0
            for origin in origins { count += try transaction.end(origin) }
            try transaction.finish(nil)
            memory = transaction.memory
            return count
        }
    }

    /// When a host can be leased.
    package func nextWake(now: Int64) throws(FetchError) -> FrontierWake {
        try read { db in
            // An origin whose URLs all wait to be tried again may be named too early; a lease of it moves its time.
            let due = try db.statement(
                "SELECT next_due FROM host WHERE pending > 0 AND lease_until IS NULL ORDER BY next_due LIMIT 1"
            ).first { $0.int64(0) }
            if let due, due != LeaseReport.parked { return due <= now ? .now : .at(due) }
            let isLeased = try db.statement("SELECT 1 FROM host WHERE lease_until IS NOT NULL LIMIT 1")
                .first { $0.int(0) }
            return isLeased == nil ? .finished : .waitingForLeases
        }
    }

    /// The number of URLs in each state.
    package func counts() throws(FetchError) -> FrontierCounts {
        var counts = memory.withLock { $0.counts }
        counts.waitingOrigins = try read { db in
            try db.statement("SELECT count(*) FROM host WHERE pending > 0 AND lease_until IS NULL")
                .first { $0.int(0) } ?? 0
        }
        return counts
    }

    /// How far the output was written when the state was stored last.
    package func outputMark() throws(FetchError) -> OutputMark {
        try read { db in
            try db.statement("SELECT file, bytes, records FROM progress").first {
                OutputMark(file: $0.text(0), bytes: $0.int64(1), records: $0.int(2))
            } ?? OutputMark()
        }
    }

    func read<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws -> Value) throws(FetchError) -> Value {
        do {
            return try file.connection.withLock { try body($0) }
        } catch {
            throw Self.error(error, file)
        }
    }

    func write<Value: Sendable>(
        _ body: @Sendable (SQLiteConnection, inout Memory) throws -> Value
    ) throws(FetchError) -> Value {
        do {
            return try memory.withLock { memory in
                // The state in memory is valid only if the transaction was committed.
                var changed = Memory.taking(&memory)
                do {
                    let value = try file.connection.withLock { db in
                        try db.transaction { try body(db, &changed) }
                    }
                    swap(&changed, &memory)
                    return value
                } catch {
                    // The whole turn is lost, and the state in memory with it: read it again.
                    memory = try file.connection.withLock { try Self.load($0, reaps: false) }
                    throw error
                }
            }
        } catch {
            throw Self.error(error, file)
        }
    }

    private static func load(_ db: SQLiteConnection, reaps: Bool = true) throws -> Memory {
        var memory = Memory()
        try db.prepare("SELECT sequence, turn FROM progress").forEach {
            memory.sequence = $0.int64(0)
            memory.turn = $0.int64(1)
        }
        if reaps {
            try db.transaction {
                try db.execute(
                    """
                    UPDATE url SET state = \(StoredState.queued), seal = \(StateSeal.url(["state": "\(StoredState.queued)"]))
                    WHERE state = \(StoredState.leased);
                    UPDATE host SET pending = pending + leased, leased = 0, lease_until = NULL,
                      seal = \(StateSeal.host(["pending": "pending + leased", "leased": "0", "lease_until": "NULL"]))
                    WHERE leased > 0 OR lease_until IS NOT NULL;
                    UPDATE host SET next_due = 0, seal = \(StateSeal.host(["next_due": "0"]))
                    WHERE next_due = \(LeaseReport.parked);
                    UPDATE url SET not_before = 0, seal = \(StateSeal.url(["not_before": "0"]))
                    WHERE state = \(StoredState.queued) AND not_before = \(LeaseReport.parked);
                    """)
            }
        }
        let sums = "SELECT sum(pending), sum(leased), sum(done), sum(failed), sum(dropped) FROM host"
        // The sum of no rows is NULL, and is read as 0.
        try db.prepare(sums).forEach {
            memory.counts.queued = $0.int(0)
            memory.counts.leased = $0.int(1)
            memory.counts.done = $0.int(2)
            memory.counts.failed = $0.int(3)
            memory.counts.dropped = $0.int(4)
        }
        try db.prepare(
            """
            SELECT host, count(*) FROM url WHERE kind = \(VisitKind.sitemap.rawValue)
              AND state IN (\(StoredState.done), \(StoredState.failed)) GROUP BY host
            """
        ).forEach { memory.sitemaps[$0.int64(0)] = $0.int(1) }
        memory.counts.sitemaps = memory.sitemaps.values.reduce(0, +)
        let known = min(Self.cacheLimit, try db.prepare("SELECT count(*) FROM url").first { $0.int(0) } ?? 0)
        memory.known = FingerprintTable(capacity: known, keepsNumbers: false)
        try db.prepare("SELECT fp FROM url LIMIT ?").forEach(.int(known)) {
            memory.known.insert(UInt64(bitPattern: $0.int64(0)))
        }
        return memory
    }

    static func error(_ error: any Error, _ file: CrawlStateFile) -> FetchError {
        if let error = error as? FetchError { return error }
        return FetchError(.io, CrawlStateFile.failure(error, TerminalText.escaped(file.path)).message)
    }
}
