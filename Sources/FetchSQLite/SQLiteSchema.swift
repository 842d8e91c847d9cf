/// The versions of a file's tables. `PRAGMA user_version` contains the version of a file.
package struct SQLiteSchema: Sendable {
    /// Step n makes version n out of n - 1, and version 1 out of an empty file.
    private let steps: [String]

    package init(steps: [String]) { self.steps = steps }

    /// The last version.
    package var version: Int { steps.count }

    /// Whether a version is one that a later program may have; another one is damage.
    package func isPlausible(_ version: Int) -> Bool { (1...99).contains(version) }

    /// The version of a file; 0 for an empty one.
    ///
    /// fetchall 0.x stored its versions as GRDB's migrator did, in a table of their own, as texts "1", "2" and so on.
    package func version(of connection: SQLiteConnection) throws(SQLiteError) -> Int {
        let version = try connection.pragma("user_version")
        guard version == 0 else { return version }
        let hasMigrations = try connection.prepare(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'grdb_migrations'"
        ).first { $0.int(0) }
        guard hasMigrations != nil else { return 0 }
        return try connection.prepare("SELECT max(CAST(identifier AS INTEGER)) FROM grdb_migrations")
            .first { $0.int(0) } ?? 0
    }

    /// Runs the steps that a file lacks, each in a transaction. Several processes may do so concurrently.
    ///
    /// - Returns: False for a file of a newer version, which is left unchanged.
    package func upgrade(_ connection: SQLiteConnection) throws -> Bool {
        var version = try version(of: connection)
        while version < steps.count {
            try connection.transaction {
                // Another process may have run the step while this one waited for the lock.
                version = try self.version(of: connection)
                guard version < steps.count else { return }
                try connection.execute(steps[version])
                version += 1
                // A program that knows only that table must not take the file for one of its own version.
                try connection.execute("DROP TABLE IF EXISTS grdb_migrations; PRAGMA user_version = \(version)")
            }
        }
        return version == steps.count
    }
}
