import FetchHTTP
import FetchSQLite
import FetchSystem

/// The tables of the cache, with their queries and changes.
struct ResponseTable {
    private let connection: SQLiteConnection

    init(_ connection: SQLiteConnection) { self.connection = connection }

    /// The file format: `fetC` in the header of the file.
    static let kind = StoreDatabase.Kind(
        applicationID: 0x6665_7443,
        schema: SQLiteSchema(steps: [
            """
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
            """,
            // Seals, and numbers of responses that no other file has: a response that was found before its damaged file
            // was put aside does not get a body of the new one.
            """
            ALTER TABLE response ADD COLUMN body_seal INTEGER;
            ALTER TABLE response ADD COLUMN seal INTEGER;
            ALTER TABLE secret ADD COLUMN seal INTEGER;
            UPDATE secret SET seal = seal(bytes);
            UPDATE response SET body_seal = (SELECT seal(bytes) FROM body WHERE body.id = response.id);
            UPDATE response SET seal = \(seal(headers: "headers", requested: "requested", received: "received"));
            INSERT INTO sqlite_sequence (name, seq) SELECT 'response', random() & 0xFFFFFFFFFF
                WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'response');
            """,
        ]))

    /// The seal of a row: all that is read of it but the day of its last use.
    ///
    /// - Parameters: The expressions of the three columns that a revalidation changes.
    private static func seal(headers: String, requested: String, received: String) -> String {
        "seal(url, identity, variant, vary, status, version, \(headers), size, dropped, \(requested), \(received), body_seal)"
    }

    /// The random bytes that make this file's digests unique.
    func secret() throws(SQLiteError) -> [UInt8] {
        let secret = try connection.statement("SELECT bytes, seal IS seal(bytes) FROM secret").first { row in
            row.int(1) == 1 ? row.bytes(0) : nil
        }
        guard let secret else { throw Self.damage("its key") }
        return secret
    }

    private static func damage(_ what: String) -> SQLiteError {
        SQLiteError(.corrupt, "\(what) does not match its checksum")
    }

    /// The newest stored response for a request (RFC 9111 §4.1), and the day of its last use.
    func find(
        _ request: Request, _ keys: CacheKey.Maker
    ) throws(SQLiteError) -> (response: StoredResponse, usedOn: Int64)? {
        let key = keys.key(for: request)
        let statement = try connection.statement(
            """
            SELECT variant, vary, id, status, version, headers, size, dropped, requested, received, used, body_seal,
                seal IS seal(?1, ?2, variant, vary, status, version, headers, size, dropped, requested, received,
                    body_seal)
            FROM response WHERE url = ?1 AND identity = ?2 ORDER BY received DESC
            """)
        var isDamaged = false
        let found = try statement.first(.blob(key.url.bytes), .blob(key.identity.bytes)) {
            row -> (response: StoredResponse, usedOn: Int64)? in
            guard row.int(12) == 1 else {
                isDamaged = true
                return nil
            }
            let names = row.text(1).split(separator: ",").map(String.init)
            guard row.bytes(0) == keys.variant(names, of: request).bytes else { return nil }
            let response = StoredResponse(
                id: row.int64(2), status: row.int(3), httpVersion: row.text(4),
                headers: HeaderFields(lines: row.bytes(5)), size: row.int(6), isBodyDropped: row.int(7) != 0,
                requestedAt: row.int64(8), receivedAt: row.int64(9), bodySeal: row.int64(11))
            return (response, row.int64(10))
        }
        if isDamaged { throw Self.damage("a response") }
        return found
    }

    /// A body; nil when it has been replaced or removed.
    func body(of response: StoredResponse) throws(SQLiteError) -> [UInt8]? {
        let body = try connection.statement("SELECT bytes FROM body WHERE id = ?")
            .first(.integer(response.id)) { $0.bytes(0) }
        if let body, SQLiteSeal.of(body) != response.bodySeal { throw Self.damage("a body") }
        return body
    }

    /// Writes one change.
    func apply(_ change: CacheChange, _ keys: CacheKey.Maker) throws(SQLiteError) {
        switch change {
        case .store(let request, let response, let body): try store(request, response, body, keys)
        case .update(let response):
            try connection.statement(
                """
                UPDATE response SET headers = ?1, requested = ?2, received = ?3, used = ?4, seal = iif(
                    seal IS \(Self.seal(headers: "headers", requested: "requested", received: "received")),
                    \(Self.seal(headers: "?1", requested: "?2", received: "?3")), NULL) WHERE id = ?5
                """
            ).run(
                .blob(response.headers.lines), .integer(response.requestedAt), .integer(response.receivedAt),
                .integer(Self.day(response.receivedAt)), .integer(response.id))
        case .use(let id, let now):
            try connection.statement("UPDATE response SET used = ? WHERE id = ?")
                .run(.integer(Self.day(now)), .integer(id))
        case .invalidate(let url):
            try connection.statement("DELETE FROM response WHERE url = ?").run(.blob(keys.url(url).bytes))
        }
    }

    private func store(
        _ request: Request, _ response: StoredResponse, _ body: [UInt8], _ keys: CacheKey.Maker
    ) throws(SQLiteError) {
        let key = keys.key(for: request)
        let names = CachePolicy.variedFields(response.headers)
        let variant = keys.variant(names, of: request)
        // A new row instead of a changed one: a reader of the old one finds its body or none, never the new one.
        try connection.statement("DELETE FROM response WHERE url = ? AND identity = ? AND variant = ?")
            .run(.blob(key.url.bytes), .blob(key.identity.bytes), .blob(variant.bytes))
        try connection.statement(
            """
            INSERT INTO response (url, identity, variant, vary, status, version, headers, size, dropped,
                requested, received, used, body_seal, seal)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?13))
            """
        ).run(
            .blob(key.url.bytes), .blob(key.identity.bytes), .blob(variant.bytes),
            .text(names.joined(separator: ",")), .int(response.status), .text(response.httpVersion),
            .blob(response.headers.lines), .int(response.size), .int(response.isBodyDropped ? 1 : 0),
            .integer(response.requestedAt), .integer(response.receivedAt), .integer(Self.day(response.receivedAt)),
            .integer(SQLiteSeal.of(body)))
        try connection.statement("INSERT INTO body VALUES (?, ?)")
            .run(.integer(connection.lastInsertedRowID), .blob(body))
    }

    /// The number of responses and bytes.
    func statistics() throws(SQLiteError) -> (responses: Int, bytes: Int) {
        try connection.statement("SELECT count(*), coalesce(sum(size), 0) FROM response")
            .first { ($0.int(0), $0.int(1)) } ?? (0, 0)
    }

    /// Removes the least recently used responses until the bodies are within the limit; false if they were already.
    func prune(to limit: Int) throws(SQLiteError) -> Bool {
        var excess = try statistics().bytes - limit
        guard excess > 0 else { return false }
        let oldest = try connection.statement("SELECT id, size FROM response ORDER BY used, size DESC LIMIT 256")
        let removal = try connection.statement("DELETE FROM response WHERE id = ?")
        while excess > 0 {
            var rows: [(id: Int64, size: Int)] = []
            try oldest.forEach { rows.append(($0.int64(0), $0.int(1))) }
            if rows.isEmpty { return true }
            for row in rows where excess > 0 {
                try removal.run(.integer(row.id))
                // Otherwise the same row would be found again and again.
                guard connection.changes > 0 else { throw SQLiteError(.corrupt, "an index does not match its table") }
                excess -= row.size
            }
        }
        return true
    }

    /// Removes everything.
    func clear() throws(SQLiteError) { try connection.execute("DELETE FROM response") }

    /// Days since 1970: the order of use need not be known better, and a second hit on a day costs no write.
    static func day(_ milliseconds: Int64) -> Int64 { milliseconds / 86_400_000 }
}

/// A change of the cache.
enum CacheChange: Sendable {
    /// A new response with its body.
    case store(Request, StoredResponse, body: [UInt8])
    /// The headers and times of a revalidated response.
    case update(StoredResponse)
    /// A response was used today.
    case use(Int64, now: Int64)
    /// Everything stored for a URL is invalid.
    case invalidate(FetchURL)

    /// The approximate number of bytes in memory.
    var size: Int {
        if case .store(_, let response, let body) = self {
            body.count + response.headers.lines.count + 512
        } else {
            512
        }
    }
}
