import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import struct Foundation.Data
#endif

/// Records as rows of a SQLite table: the fields of the record, one column each, in the same order.
///
/// Each batch is one transaction: a process that is killed leaves all of a batch or none of it.
public final class RecordTable: Sendable {
    private let queue: DatabaseQueue
    private let shown: String
    private let options: RecordOptions
    private let insertion: String

    /// Opens or makes the file and the table; a table that is there is gone on with, and gets the columns it lacks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - table: The name of the table.
    ///   - options: Which columns there are beyond the fixed ones.
    /// - Throws: ``InputFailure`` when the file is no database, or cannot be written; it is left as it was.
    public init(path: String, table: String, options: RecordOptions) throws(InputFailure) {
        self.options = options
        shown = TerminalText.escaped(path)
        var row = RowSink(options: options)
        row.add(Outcome(input: Input(index: 0, text: "", request: .failure(FetchError(.invalidURL, "")))))
        let columns = row.columns
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
    public func append(_ outcomes: [Outcome]) throws(InputFailure) {
        guard !outcomes.isEmpty else { return }
        do {
            try queue.write { database in
                let statement = try database.cachedStatement(sql: insertion)
                var row = RowSink(options: options)
                for outcome in outcomes {
                    row.add(outcome)
                    try statement.execute(arguments: StatementArguments(row.values))
                }
            }
        } catch {
            throw InputFailure("cannot write \(shown): \(Self.reason(error))")
        }
    }

    /// Closes the file, which is one file again then.
    public func close() throws(InputFailure) {
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

/// Writes fields as values of a row.
private struct RowSink: RecordSink {
    let options: RecordOptions
    private(set) var values: [DatabaseValue] = []
    private(set) var columns: [(name: String, type: String)] = []
    private var timestamps = TimestampWriter()
    private var isNaming = true

    init(options: RecordOptions) { self.options = options }

    /// Takes the fields of an outcome in place of those before.
    mutating func add(_ outcome: Outcome) {
        values.removeAll(keepingCapacity: true)
        isNaming = columns.isEmpty
        var unused: [UInt8] = []
        outcome.visitFields(&self, into: &unused)
        if options.headers {
            var json: [UInt8]?
            if let headers = outcome.response?.headers {
                var bytes: [UInt8] = []
                RecordWriter.append(headers, into: &bytes)
                json = bytes
            }
            append("headers", "TEXT", json.map { Self.text($0) })
        }
        if options.value { append("value", "", outcome.value.map(Self.scalar)) }
        if options.body { append("body", "", outcome.response.map { Self.body($0.bytes) }) }
    }

    private mutating func append(_ name: String, _ type: String, _ value: DatabaseValue?) {
        if isNaming { columns.append((name, type)) }
        values.append(value ?? .null)
    }

    private mutating func append(_ name: StaticString, _ type: String, _ value: DatabaseValue?) {
        append(isNaming ? String(decoding: JSONWriter.bareName(name), as: UTF8.self) : "", type, value)
    }

    /// A JSON number or string as SQLite has them, so that it can be compared; all others as JSON text.
    private static func scalar(_ json: [UInt8]) -> DatabaseValue {
        switch try? JSONValue.parse(json[...]) {
        case .null: .null
        case .string(let text): text.databaseValue
        case .number(let text): Int64(text)?.databaseValue ?? Double(text)?.databaseValue ?? text.databaseValue
        case .bool(let value): value.databaseValue
        default: text(json)
        }
    }

    private static func body(_ bytes: [UInt8]) -> DatabaseValue {
        UTF8Decoding.isText(bytes[...]) ? text(bytes) : Data(bytes).databaseValue
    }

    private static func text(_ bytes: [UInt8]) -> DatabaseValue { String(decoding: bytes, as: UTF8.self).databaseValue }

    mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out) {
        append(name, "TEXT", value?.databaseValue)
    }

    mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out) {
        append(name, "INTEGER", value?.databaseValue)
    }

    mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out) {
        append(name, "INTEGER", value.databaseValue)
    }

    mutating func seconds<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Duration?, into out: inout Out) {
        append(name, "REAL", value.map { Double($0.microseconds) / 1_000_000 }?.databaseValue)
    }

    mutating func timestamp<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int64?, into out: inout Out) {
        var text: [UInt8] = []
        if let value { timestamps.append(value, into: &text) }
        append(name, "TEXT", value == nil ? nil : Self.text(text))
    }

    mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out) {
        text(#","error_kind":"#, value?.kind.rawValue, into: &out)
        text(#","error_message":"#, value?.message, into: &out)
        integer(#","exitcode":"#, (value?.curlCode).map(Int.init), into: &out)
    }
}
