import GRDB

// GRDB takes blobs as Foundation's Data and links Foundation anyway; nothing else of it is used.
import struct Foundation.Data

/// The tables of the cache: what is asked of them and what is written.
struct ResponseTable {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// The file format: `fetC` in the header of the file.
    static let kind: StoreDatabase.Kind = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE secret (bytes BLOB NOT NULL);
                    INSERT INTO secret VALUES (randomblob(\(KeyedDigester.secretSize)));
                    CREATE TABLE response (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, url BLOB NOT NULL, identity BLOB NOT NULL,
                        variant BLOB NOT NULL, vary TEXT NOT NULL, status INTEGER NOT NULL, version TEXT NOT NULL,
                        headers BLOB NOT NULL, size INTEGER NOT NULL, dropped INTEGER NOT NULL,
                        requested INTEGER NOT NULL, received INTEGER NOT NULL, used INTEGER NOT NULL,
                        UNIQUE (url, identity, variant));
                    CREATE INDEX response_used ON response (used, size);
                    CREATE TABLE body (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
                    CREATE TRIGGER response_deleted AFTER DELETE ON response
                    BEGIN DELETE FROM body WHERE id = OLD.id; END;
                    """)
        }
        return StoreDatabase.Kind(applicationID: 0x6665_7443, migrator: migrator)
    }()

    /// The random bytes that make this file's digests its own.
    func secret() throws -> [UInt8] {
        Array(try Data.fetchOne(db, sql: "SELECT bytes FROM secret") ?? Data())
    }

    /// The newest stored response for a request (RFC 9111 §4.1), and the day it was last used.
    func find(_ request: Request, _ keys: CacheKey.Maker) throws -> (response: StoredResponse, usedOn: Int64)? {
        let key = keys.key(for: request)
        let statement = try db.cachedStatement(
            sql: """
                SELECT variant, vary, id, status, version, headers, size, dropped, requested, received, used
                FROM response WHERE url = ? AND identity = ? ORDER BY received DESC
                """)
        let rows = try Row.fetchCursor(statement, arguments: [Data(key.url.bytes), Data(key.identity.bytes)])
        while let row = try rows.next() {
            let names = (row[1] as String).split(separator: ",").map(String.init)
            guard row[0] as Data == Data(keys.variant(names, of: request).bytes) else { continue }
            let response = StoredResponse(
                id: row[2], status: row[3], httpVersion: row[4], headers: HeaderFields(lines: Array(row[5] as Data)),
                size: row[6], isBodyDropped: row[7], requestedAt: row[8], receivedAt: row[9])
            return (response, row[10])
        }
        return nil
    }

    /// A body; nil when it has been replaced or removed.
    func body(_ id: Int64) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT bytes FROM body WHERE id = ?")
        return try Data.fetchOne(statement, arguments: [id]).map { Array($0) }
    }

    /// Writes one change.
    func apply(_ change: CacheChange, _ keys: CacheKey.Maker) throws {
        switch change {
        case .store(let request, let response, let body): try store(request, response, body, keys)
        case .update(let response):
            let statement = try db.cachedStatement(
                sql: "UPDATE response SET headers = ?, requested = ?, received = ?, used = ? WHERE id = ?")
            try statement.execute(arguments: [
                Data(response.headers.lines), response.requestedAt, response.receivedAt,
                Self.day(response.receivedAt), response.id,
            ])
        case .use(let id, let now):
            let statement = try db.cachedStatement(sql: "UPDATE response SET used = ? WHERE id = ?")
            try statement.execute(arguments: [Self.day(now), id])
        case .invalidate(let url):
            let statement = try db.cachedStatement(sql: "DELETE FROM response WHERE url = ?")
            try statement.execute(arguments: [Data(keys.url(url).bytes)])
        }
    }

    private func store(
        _ request: Request, _ response: StoredResponse, _ body: [UInt8], _ keys: CacheKey.Maker
    ) throws {
        let key = keys.key(for: request)
        let names = CachePolicy.variedFields(response.headers)
        let place: [any DatabaseValueConvertible] = [
            Data(key.url.bytes), Data(key.identity.bytes), Data(keys.variant(names, of: request).bytes),
        ]
        // A new row rather than a changed one: who has read the old one finds its body or none, never the new one.
        let removal = try db.cachedStatement(
            sql: "DELETE FROM response WHERE url = ? AND identity = ? AND variant = ?")
        try removal.execute(arguments: StatementArguments(place))
        let insertion = try db.cachedStatement(
            sql: """
                INSERT INTO response (url, identity, variant, vary, status, version, headers, size, dropped,
                    requested, received, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let rest: [any DatabaseValueConvertible] = [
            names.joined(separator: ","), response.status, response.httpVersion, Data(response.headers.lines),
            response.size, response.isBodyDropped, response.requestedAt, response.receivedAt,
            Self.day(response.receivedAt),
        ]
        try insertion.execute(arguments: StatementArguments(place + rest))
        let bodies = try db.cachedStatement(sql: "INSERT INTO body VALUES (?, ?)")
        try bodies.execute(arguments: [db.lastInsertedRowID, Data(body)])
    }

    /// How much there is.
    func statistics() throws -> (responses: Int, bytes: Int) {
        let row = try Row.fetchOne(db, sql: "SELECT count(*), coalesce(sum(size), 0) FROM response")
        return (row?[0] ?? 0, row?[1] ?? 0)
    }

    /// Removes what was used longest ago until the bodies are no larger than allowed; false if they were not.
    func prune(to limit: Int) throws -> Bool {
        var excess = try statistics().bytes - limit
        guard excess > 0 else { return false }
        while excess > 0 {
            let rows = try Row.fetchAll(db, sql: "SELECT id, size FROM response ORDER BY used, size DESC LIMIT 256")
            if rows.isEmpty { return true }
            for row in rows where excess > 0 {
                try db.execute(sql: "DELETE FROM response WHERE id = ?", arguments: [row[0] as Int64])
                excess -= row[1] as Int
            }
        }
        return true
    }

    /// Removes everything.
    func clear() throws { try db.execute(sql: "DELETE FROM response") }

    /// Days since 1970: which response was used last need not be known better, and a hit a day costs no write.
    static func day(_ milliseconds: Int64) -> Int64 { milliseconds / 86_400_000 }
}

/// Something to write into the cache.
enum CacheChange: Sendable {
    /// A new response with its body.
    case store(Request, StoredResponse, body: [UInt8])
    /// The fields and times of one that was confirmed.
    case update(StoredResponse)
    /// That one was used today.
    case use(Int64, now: Int64)
    /// That nothing stored for a URL is worth anything.
    case invalidate(FetchURL)

    /// Bytes of memory, about.
    var size: Int {
        if case .store(_, let response, let body) = self {
            body.count + response.headers.lines.count + 512
        } else {
            512
        }
    }
}
