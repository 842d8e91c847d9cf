import FetchHTTP
import FetchSQLite

/// The connection of a ``SQLiteStore``, and what is done with it: one call at a time, on the thread that its task prefers.
actor StoreSession {
    /// How long to wait for another connection that writes, in milliseconds.
    private static let patience: Int32 = 5000

    private let connection: SQLiteConnection

    init(_ connection: sending SQLiteConnection) { self.connection = connection }

    /// Opens a file, or a database in memory where there is no path.
    static func open(_ path: String) throws(FetchError) -> sending SQLiteConnection {
        do {
            let connection = try SQLiteConnection(path: path.isEmpty ? ":memory:" : path, busyTimeout: patience)
            connection.interruptsCancelledTasks()
            try connection.execute("PRAGMA foreign_keys = ON")
            // A file that is no database is noticed here, not by the first statement.
            try connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
            return connection
        } catch {
            throw FetchError(.io, path.isEmpty ? error.message : "\(path): \(error.message)")
        }
    }

    /// Runs a statement once for each row of values, all of it or nothing.
    func execute(_ sql: String, _ rows: [[DatabaseValue]]) throws(FetchError) {
        try translating {
            try connection.transaction {
                let statement = try connection.prepare(sql)
                for row in rows { try statement.run(row) }
            }
        }
    }

    /// All rows that a query gives.
    func rows(_ sql: String, _ values: [DatabaseValue]) throws(FetchError) -> [[String: SQLiteValue]] {
        try translating {
            let statement = try connection.prepare(sql)
            guard statement.isReadOnly else { throw SQLiteError(.readOnly, "a query must not change the database") }
            var names: [String] = []
            var rows: [[String: SQLiteValue]] = []
            try statement.forEach(values) { row in
                if names.isEmpty { names = (0..<row.count).map { row.name($0) } }
                var values: [String: SQLiteValue] = [:]
                // Of two columns with one name the first counts.
                for column in names.indices.reversed() { values[names[column]] = SQLiteValue(row.value(column)) }
                rows.append(values)
            }
            return rows
        }
    }

    /// Closes the file.
    func close() throws(FetchError) {
        do throws(SQLiteError) {
            try connection.close()
        } catch {
            throw FetchError(.io, error.message)
        }
    }

    private func translating<Result>(_ body: () throws -> Result) throws(FetchError) -> Result {
        guard !Task.isCancelled else { throw Self.cancelled }
        do {
            return try body()
        } catch let error as SQLiteError {
            throw error.code == .interrupted ? Self.cancelled : FetchError(.io, error.message)
        } catch {
            throw FetchError(.io, "\(error)")
        }
    }

    private static var cancelled: FetchError { FetchError(.cancelled, "the task was cancelled") }
}
