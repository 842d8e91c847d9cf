package import FetchSQLite
package import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A table of a SQLite file that rows are appended to, one transaction for each batch: a killed process leaves a
/// complete batch or none of it.
package final class RowTable: Sendable {
    /// A column: its name, and its affinity in SQLite (https://www.sqlite.org/datatype3.html §3); empty for values that
    /// are not converted.
    package struct Column: Sendable, Hashable {
        package var name: String
        package var type: String

        /// Takes each value as it is.
        package init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    /// How long to wait for another connection that writes, in milliseconds.
    package static let patience: Int32 = 5000

    private let connection: Mutex<SQLiteConnection>
    private let patience: Int32
    private let shown: String
    private let insertion: String

    /// Opens or creates the file and the table. If the table exists, rows are appended, and it gets the columns that it
    /// lacks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - table: The name of the table.
    ///   - columns: The columns of a row, each name once and in lower case.
    ///   - patience: How long to wait for another connection that writes, in milliseconds.
    /// - Throws: ``InputFailure`` when the file is not a database, or cannot be written; it is left unchanged.
    package init(
        path: String, table: String, columns: [Column], patience: Int32 = RowTable.patience
    ) throws(InputFailure) {
        shown = TerminalText.escaped(path)
        self.patience = patience
        let name = Self.quoted(table)
        insertion =
            "INSERT INTO \(name) (\(columns.map { Self.quoted($0.name) }.joined(separator: ","))) VALUES "
            + "(\(columns.map { _ in "?" }.joined(separator: ",")))"
        // Rows are output: a new file gets the umask's mode, as any other. SQLite would deny the group to write.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor >= 0 { SystemFile.close(descriptor) }
        do {
            let connection = try SQLiteConnection(path: path, busyTimeout: patience)
            try Self.prepare(connection, table, columns)
            self.connection = Mutex(connection)
        } catch {
            throw InputFailure("cannot write \(TerminalText.escaped(path)): \(Self.reason(error, patience))")
        }
    }

    private static func prepare(_ connection: SQLiteConnection, _ table: String, _ columns: [Column]) throws {
        // With WAL a commit is one write at the end of a file, and readers are not blocked; without it everything only
        // takes longer.
        _ = try connection.startWriteAheadLog()
        try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
        let name = quoted(table)
        try connection.transaction {
            let definitions = columns.map { "\(quoted($0.name)) \($0.type)" }.joined(separator: ", ")
            try connection.execute("CREATE TABLE IF NOT EXISTS \(name) (\(definitions))")
            var present: Set<String> = []
            try connection.prepare("SELECT name FROM pragma_table_info(?)").forEach(.text(table)) {
                present.insert($0.text(0).lowercased())
            }
            for column in columns where !present.contains(column.name) {
                try connection.execute("ALTER TABLE \(name) ADD COLUMN \(quoted(column.name)) \(column.type)")
            }
        }
    }

    /// Appends rows, all of them or none.
    ///
    /// - Parameters:
    ///   - items: The items of the rows.
    ///   - values: Returns an item's values, one for each column.
    package func append<Item>(_ items: [Item], _ values: (Item) -> [DatabaseValue]) throws(InputFailure) {
        guard !items.isEmpty else { return }
        let rows = items.map(values)
        do {
            try connection.withLock { connection in
                try connection.transaction {
                    let statement = try connection.statement(insertion)
                    for row in rows { try statement.run(row) }
                }
            }
        } catch {
            throw InputFailure("cannot write \(shown): \(Self.reason(error, patience))")
        }
    }

    /// Closes the file; its write-ahead log is merged into it.
    package func close() throws(InputFailure) {
        do {
            try connection.withLock { connection in
                do throws(SQLiteError) {
                    try connection.execute("PRAGMA journal_mode = DELETE")
                } catch  where error.code == .busy {
                    // All rows are in the file or its log; SQLite merges them when the last process closes the file.
                }
                try connection.close()
            }
        } catch {
            throw InputFailure("cannot write \(shown): \(Self.reason(error, patience))")
        }
    }

    private static func reason(_ error: any Error, _ patience: Int32) -> String {
        guard let error = error as? SQLiteError else { return "\(error)" }
        guard error.code == .busy else { return error.message }
        return "another process has kept it locked for \(HumanText.time(microseconds: Int64(patience) * 1000))"
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

extension JSONValue {
    /// Numbers, strings and Booleans as SQLite's types, so that they can be compared; all others as JSON text.
    package var databaseValue: DatabaseValue {
        switch self {
        case .null: return .null
        case .string(let text): return .text(text)
        case .number(let text):
            return Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case .bool(let value): return .integer(value ? 1 : 0)
        case .array, .object: return .text(cellText)
        }
    }
}
