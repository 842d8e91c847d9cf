package import FetchHTTP
import FetchSQLite

/// What the pages of a crawl left in its outputs, so that a later run continues them: names of files, the list of
/// failures, records that are written once.
extension SQLiteFrontier {
    /// The number of pages whose record is not ok.
    package func failedCount() throws(FetchError) -> Int {
        try read { db in
            try db.prepare("SELECT count(*) FROM page WHERE is_failed").first { $0.int(0) } ?? 0
        }
    }

    /// The URLs of the pages whose record is not ok, in the order in which they were found.
    ///
    /// - Parameter isReported: Whether only those are meant that have a record beside that of their fetch.
    package func failedURLs(isReported: Bool) throws(FetchError) -> [FetchURL] {
        try read { db in
            var urls: [FetchURL] = []
            try db.prepare(
                """
                SELECT u.url FROM page g JOIN url u ON u.host = g.host AND u.fp = g.fp
                WHERE g.is_failed AND g.is_reported >= ? ORDER BY u.seq
                """
            ).forEach(.int(isReported ? 1 : 0)) { row in
                if let url = FetchURL(row.text(0)) { urls.append(url) }
            }
            return urls
        }
    }

    /// Calls the closure with each page that may have a file: its name, or nil for a page of an older state, which did
    /// not keep the names.
    package func forEachSavedPage(
        _ body: @Sendable (_ url: FetchURL, _ file: String?) -> Void
    ) throws(FetchError) {
        try read { db in
            try db.prepare(
                """
                SELECT u.url, g.file FROM url u LEFT JOIN page g ON g.host = u.host AND g.fp = u.fp
                WHERE u.state = \(StoredState.done) AND u.status BETWEEN 200 AND 299
                  AND u.kind <> \(VisitKind.sitemap.rawValue) ORDER BY u.seq
                """
            ).forEach { row in
                if let url = FetchURL(row.text(0)) { body(url, row.optionalText(1)) }
            }
        }
    }
}

extension FrontierTransaction {
    private static let keepPage = """
        INSERT INTO page(host, fp, is_failed, is_reported, file, seal) VALUES(?1, ?2, ?3, 0, ?4, seal(?1, ?2, ?3, 0, ?4))
        ON CONFLICT(host, fp) DO UPDATE SET is_failed = ?3, is_reported = 0, file = ?4, seal = seal(host, fp, ?3, 0, ?4)
        """
    private static let report = """
        INSERT INTO page(host, fp, is_failed, is_reported, file, seal) VALUES(?1, ?2, 0, 1, NULL, seal(?1, ?2, 0, 1, NULL))
        ON CONFLICT(host, fp) DO UPDATE SET is_reported = 1, seal = seal(host, fp, is_failed, 1, file)
        """
    private static let moveRecord = """
        UPDATE url SET record_end = ?3, seal = \(StateSeal.url(["record_end": "?3"]))
        WHERE host = ?1 AND fp = ?2 AND state IN (\(StoredState.done), \(StoredState.failed))
        """

    /// Stores what a page left in the outputs, if it left something.
    func keepOutputs(of result: VisitResult, origin: DatabaseValue) throws {
        guard result.isFailed || result.file != nil else { return }
        try db.statement(Self.keepPage).run(
            origin, .integer(Int64(bitPattern: result.fingerprint)), .int(result.isFailed ? 1 : 0),
            .string(result.file))
    }

    /// Stores which URLs got a record.
    mutating func keep(_ reported: [ReportedURL]) throws {
        guard !reported.isEmpty else { return }
        let report = try db.statement(Self.report)
        let move = try db.statement(Self.moveRecord)
        for url in reported {
            let origin = DatabaseValue.integer(try number(of: url.key.origin))
            let fingerprint = DatabaseValue.integer(Int64(bitPattern: url.key.fingerprint))
            try report.run(origin, fingerprint)
            try move.run(origin, fingerprint, .integer(url.recordEnd))
        }
    }
}
