import CSQLite

/// An open database file.
///
/// It is not Sendable and has no lock of its own (`SQLITE_OPEN_NOMUTEX`): its owner keeps it in an actor or a `Mutex`,
/// so that only one thread at a time uses it.
package final class SQLiteConnection {
    /// How a file is opened.
    package enum Mode: Sendable {
        case readOnly
        case readWrite
        case create

        fileprivate var flags: Int32 {
            switch self {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        }
    }

    /// Nil once it is closed.
    private var handle: OpaquePointer?
    private var statements: [String: SQLiteStatement] = [:]

    /// Opens a file. SQLite reads it with the first statement, which then fails if the file is not a database.
    ///
    /// - Parameters:
    ///   - path: The file; `:memory:` for a database in memory. No other name has a meaning of its own: an empty one is
    ///     an error, and `file:x` is a file of that name.
    ///   - mode: The allowed operations.
    ///   - busyTimeout: How long to wait for the lock of another connection, in milliseconds.
    package init(path: String, mode: Mode = .create, busyTimeout: Int32 = 0) throws(SQLiteError) {
        guard !path.isEmpty else { throw SQLiteError(.cannotOpen, "the name of the file is empty") }
        // Debian's SQLite takes such names as URIs, whatever the flags are (SQLITE_USE_URI).
        let name = path.utf8.starts(with: "file:".utf8) ? "./" + path : path
        let code = sqlite3_open_v2(name, &handle, mode.flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK else {
            let error = SQLiteError(handle.map { sqlite3_extended_errcode($0) } ?? code, on: handle)
            sqlite3_close_v2(handle)
            handle = nil
            throw error
        }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, busyTimeout)
        if let handle { csqlite_refuse_double_quoted_texts(handle) }
    }

    deinit {
        // A caller that needs to know whether that works calls close().
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Whether it was not closed yet.
    package var isOpen: Bool { handle != nil }

    /// Closes the file. The second call does nothing; a statement that is run afterwards throws.
    package func close() throws(SQLiteError) {
        guard let handle else { return }
        statements.removeAll()
        self.handle = nil
        let code = sqlite3_close(handle)
        guard code == SQLITE_OK else {
            let error = SQLiteError(code, on: handle)
            // It is freed with the last of the statements that use it.
            sqlite3_close_v2(handle)
            throw error
        }
    }

    /// Copies the write-ahead log into the file, as far as no other connection needs it. SQLite does so itself at the
    /// last close, and reports no failure there.
    package func checkpoint() throws(SQLiteError) { try execute("PRAGMA wal_checkpoint(PASSIVE)") }

    /// Copies the whole write-ahead log into the file and empties it.
    ///
    /// - Returns: False when a part of it could not be copied, because another connection uses it.
    package func checkpointCompletely() throws(SQLiteError) -> Bool {
        // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: busy, pages of the log, pages that were copied.
        try prepare("PRAGMA wal_checkpoint(TRUNCATE)").first { $0.int(0) == 0 && $0.int(1) == $0.int(2) } ?? false
    }

    // MARK: Statements

    /// Runs all statements of a text, which have no parameters.
    package func execute(_ sql: String) throws(SQLiteError) {
        let handle = try openHandle()
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle) }
    }

    /// Prepares one statement.
    package func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        try SQLiteStatement(sql, on: openHandle(), isKept: false)
    }

    /// A statement that is prepared once and kept until the connection is closed.
    package func statement(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        let made = try SQLiteStatement(sql, on: openHandle(), isKept: true)
        statements[sql] = made
        return made
    }

    /// The number of rows that the last INSERT, UPDATE or DELETE changed.
    package var changes: Int { handle.map { Int(sqlite3_changes($0)) } ?? 0 }

    /// The key of the row that was inserted last.
    package var lastInsertedRowID: Int64 { handle.map { sqlite3_last_insert_rowid($0) } ?? 0 }

    // MARK: Transactions

    /// Runs the body in a transaction that holds the write lock from its beginning: it is committed, or rolled back
    /// when the body throws.
    package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try statement("BEGIN IMMEDIATE").run()
        do {
            let result = try body()
            try statement("COMMIT").run()
            return result
        } catch {
            // Some errors have ended it already (https://www.sqlite.org/lang_transaction.html §3).
            if let handle, sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    // MARK: Settings

    /// The integer that a pragma returns.
    package func pragma(_ name: String) throws(SQLiteError) -> Int {
        try prepare("PRAGMA \(name)").first { $0.int(0) } ?? 0
    }

    /// Makes the file use a write-ahead log, unless other connections write into it without a pause.
    ///
    /// - Returns: Whether it does.
    package func startWriteAheadLog() throws(SQLiteError) -> Bool {
        for _ in 0..<5 {
            do throws(SQLiteError) {
                return try prepare("PRAGMA journal_mode = WAL").first { $0.text(0) } == "wal"
            } catch {
                guard error.code == .busy else { throw error }
                // SQLite waits for the lock of another connection at the beginning of a transaction, but not here.
                try execute("BEGIN IMMEDIATE; COMMIT")
            }
        }
        return false
    }

    /// Makes the function `seal` known to the statements that are prepared afterwards (``SQLiteSeal``).
    package func provideSeal() throws(SQLiteError) {
        let handle = try openHandle()
        let code = csqlite_provide_seal(handle)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle) }
    }

    /// Ends a statement with ``SQLiteError/Code/interrupted`` when its task is cancelled.
    package func interruptsCancelledTasks() {
        // This number of steps of SQLite's virtual machine takes some microseconds.
        if let handle { sqlite3_progress_handler(handle, 1000, { _ in Task.isCancelled ? 1 : 0 }, nil) }
    }

    private func openHandle() throws(SQLiteError) -> OpaquePointer {
        guard let handle else { throw SQLiteError(.misuse, "the database is closed") }
        return handle
    }
}
