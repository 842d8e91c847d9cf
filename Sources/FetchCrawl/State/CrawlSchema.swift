import FetchHTTP
import FetchSQLite

/// The tables of a crawl's state.
///
/// `url` only ever grows at its end, whatever the order of links: measured at twice the speed of a table ordered by
/// origin and fingerprint. `url_queue` holds what waits, by origin and in its order, and nothing else.
enum CrawlSchema {
    /// Creates them in an empty database.
    static func create(_ db: SQLiteConnection, identity: [String: String]) throws {
        _ = try schema.upgrade(db)
        try db.transaction {
            try db.execute("PRAGMA application_id=\(CrawlStateFile.applicationID)")
            let insert = try db.prepare("INSERT INTO identity(key, value, seal) VALUES(?1, ?2, seal(?1, ?2))")
            for (key, value) in identity { try insert.run(.text(key), .text(value)) }
            try db.execute(count)
        }
    }

    /// The key of the row of `identity` that has the number of the others.
    ///
    /// It is the first of them in the file's order: damage that hides rows hides the last ones first.
    static let identityCount = ""

    /// The versions of the tables; the second has seals, the third knows the outputs of each page, the fourth the number
    /// of options.
    static let schema = SQLiteSchema(steps: [tables, seals, pages, count])

    private static let count = """
        INSERT OR REPLACE INTO identity(key, value, seal)
        SELECT '\(identityCount)', n, seal('\(identityCount)', n)
        FROM (SELECT CAST(count(*) AS TEXT) AS n FROM identity WHERE key <> '\(identityCount)');
        """

    /// What a page left in the outputs: the file with its body, its line in the list of failures, and whether it has a
    /// record beside that of its fetch. Most pages have no row.
    ///
    /// Version 2 did not record which pages failed; their statuses tell it, but for `--accept`.
    private static let pages = """
        CREATE TABLE page(
          host INTEGER NOT NULL, fp INTEGER NOT NULL, is_failed INTEGER NOT NULL, is_reported INTEGER NOT NULL,
          file TEXT, seal INTEGER, PRIMARY KEY(host, fp)) STRICT, WITHOUT ROWID;
        INSERT INTO page(host, fp, is_failed, is_reported, seal)
        SELECT host, fp, 1, 0, seal(host, fp, 1, 0, NULL) FROM url
        WHERE kind <> \(VisitKind.sitemap.rawValue) AND (state = \(StoredState.failed)
          OR state = \(StoredState.done) AND status NOT BETWEEN 200 AND 399
          OR state = \(StoredState.dropped) AND reason = \(SkipReason.robots.rawValue) AND depth = 0 AND via_fp IS NULL);
        """

    private static let seals = StateSeal.tables.filter { $0.table != "page" }.map { table, columns in
        """
        ALTER TABLE \(table) ADD COLUMN seal INTEGER;
        UPDATE \(table) SET seal = seal(\(columns.joined(separator: ", ")));
        """
    }.joined(separator: "\n")

    private static let tables = """
        CREATE TABLE identity(key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE progress(
          id INTEGER PRIMARY KEY CHECK(id = 1), sequence INTEGER NOT NULL, turn INTEGER NOT NULL,
          file TEXT NOT NULL, bytes INTEGER NOT NULL, records INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES(1, 0, 0, '', 0, 0);
        CREATE TABLE host(
          id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, next_due INTEGER NOT NULL DEFAULT 0,
          turn INTEGER NOT NULL DEFAULT 0, lease_until INTEGER, token INTEGER NOT NULL DEFAULT 0,
          pending INTEGER NOT NULL DEFAULT 0, leased INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
          failed INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,
          robots_state INTEGER, robots BLOB, robots_until INTEGER NOT NULL DEFAULT 0,
          robots_failures INTEGER NOT NULL DEFAULT 0, robots_since INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX host_due ON host(next_due, turn) WHERE pending > 0 AND lease_until IS NULL;
        CREATE INDEX host_lease ON host(lease_until) WHERE lease_until IS NOT NULL;
        CREATE TABLE url(
          seq INTEGER PRIMARY KEY, host INTEGER NOT NULL, fp INTEGER NOT NULL, state INTEGER NOT NULL,
          not_before INTEGER NOT NULL DEFAULT 0, depth INTEGER NOT NULL, kind INTEGER NOT NULL,
          redirects INTEGER NOT NULL, hops INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, reason INTEGER,
          status INTEGER, record_end INTEGER NOT NULL DEFAULT 0, via_host INTEGER, via_fp INTEGER,
          url TEXT NOT NULL, UNIQUE(host, fp)) STRICT;
        CREATE INDEX url_queue ON url(host, not_before) WHERE state = \(StoredState.queued);
        CREATE INDEX url_leased ON url(host) WHERE state = \(StoredState.leased);
        CREATE TABLE skipped(
          fp INTEGER PRIMARY KEY, reason INTEGER NOT NULL, depth INTEGER NOT NULL, via_host INTEGER, via_fp INTEGER,
          url TEXT NOT NULL) STRICT;
        CREATE TABLE link(
          to_host INTEGER NOT NULL, to_fp INTEGER NOT NULL, from_host INTEGER NOT NULL, from_fp INTEGER NOT NULL,
          PRIMARY KEY(to_host, to_fp, from_host, from_fp)) STRICT, WITHOUT ROWID;
        """
}
