import GRDB

/// A table of a SQLite file that rows are appended to, a transaction for each batch: a process that is killed leaves all
/// of a batch or none of it.
final class RowTable: Sendable {
    /// A column: its name, and the affinity that SQLite gives it (https://www.sqlite.org/datatype3.html §3); empty for
    /// values that are to stay as they come.
    struct Column: Sendable, Hashable {
        var name: String
        var type: String
    }

    private let queue: DatabaseQueue
    private let shown: String
    private let insertion: String

    /// Opens or makes the file and the table; a table that is there is gone on with, and gets the columns it lacks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - table: The name of the table.
    ///   - columns: What a row has, each name once and in lower case.
    /// - Throws: ``InputFailure`` when the file is no database, or cannot be written; it is left as it was.
    init(path: String, table: String, columns: [Column]) throws(InputFailure) {
        shown = TerminalText.escaped(path)
        let name = Self.quoted(table)
        insertion =
            "INSERT INTO \(name) (\(columns.map { Self.quoted($0.name) }.joined(separator: ","))) VALUES "
            + "(\(columns.map { _ in "?" }.joined(separator: ",")))"
        do {
            queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                // A commit is then one write at the end of a file, and readers are not held up.
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                try database.inTransaction {
                    let definitions = columns.map { "\(Self.quoted($0.name)) \($0.type)" }.joined(separator: ", ")
                    try database.execute(sql: "CREATE TABLE IF NOT EXISTS \(name) (\(definitions))")
                    let names = try String.fetchAll(
                        database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
                    let present = Set(names.map { $0.lowercased() })
                    for column in columns where !present.contains(column.name) {
                        try database.execute(
                            sql: "ALTER TABLE \(name) ADD COLUMN \(Self.quoted(column.name)) \(column.type)")
                    }
                    return .commit
                }
            }
        } catch {
            throw InputFailure("cannot write \(TerminalText.escaped(path)): \(Self.reason(error))")
        }
    }

    /// Appends rows, all of them or none.
    ///
    /// - Parameters:
    ///   - items: What the rows are about.
    ///   - values: Gives an item's values, one for each column.
    func append<Item>(_ items: [Item], _ values: (Item) -> [DatabaseValue]) throws(InputFailure) {
        guard !items.isEmpty else { return }
        do {
            try queue.write { database in
                let statement = try database.cachedStatement(sql: insertion)
                for item in items { try statement.execute(arguments: StatementArguments(values(item))) }
            }
        } catch {
            throw InputFailure("cannot write \(shown): \(Self.reason(error))")
        }
    }

    /// Closes the file, which is one file again then.
    func close() throws(InputFailure) {
        do {
            try queue.writeWithoutTransaction { _ = try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
            try queue.close()
        } catch {
            throw InputFailure("cannot write \(shown): \(Self.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        (error as? DatabaseError)?.message ?? "\(error)"
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

extension JSONValue {
    /// A number, a string or a truth as SQLite has them, so that it can be compared; all others as JSON text.
    var databaseValue: DatabaseValue {
        switch self {
        case .null: return .null
        case .string(let text): return text.databaseValue
        case .number(let text):
            return Int64(text)?.databaseValue ?? Double(text)?.databaseValue ?? text.databaseValue
        case .bool(let value): return value.databaseValue
        case .array, .object: return cellText.databaseValue
        }
    }
}
