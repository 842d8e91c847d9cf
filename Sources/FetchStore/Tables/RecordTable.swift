package import FetchHTTP
package import FetchRecords
import FetchSQLite
package import FetchSystem

/// Records as rows of a SQLite table: the fields of the record, one column each, in the same order.
///
/// Each batch is one transaction: a killed process leaves a complete batch or none of it.
package final class RecordTable: Sendable {
    private let table: RowTable
    private let options: RecordOptions

    /// Opens or creates the file and the table. If the table exists, rows are appended, and it gets the columns that it
    /// lacks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - table: The name of the table.
    ///   - options: The optional columns.
    /// - Throws: ``InputFailure`` when the file is not a database, or cannot be written; it is left unchanged.
    package init(path: String, table: String, options: RecordOptions) throws(InputFailure) {
        self.options = options
        var row = RowSink(options: options)
        row.add(Outcome(input: Input(index: 0, text: "", request: .failure(FetchError(.invalidURL, "")))))
        self.table = try RowTable(path: path, table: table, columns: row.columns)
    }

    /// Appends rows, all of them or none.
    package func append(_ outcomes: [Outcome]) throws(InputFailure) {
        var row = RowSink(options: options)
        try table.append(outcomes) { outcome in
            row.add(outcome)
            return row.values
        }
    }

    /// Closes the file; its write-ahead log is merged into it.
    package func close() throws(InputFailure) { try table.close() }
}

/// Writes fields as the values of a row.
private struct RowSink: RecordSink {
    let options: RecordOptions
    private(set) var values: [DatabaseValue] = []
    private(set) var columns: [RowTable.Column] = []
    private var timestamps = TimestampWriter()
    private var isNaming = true

    init(options: RecordOptions) { self.options = options }

    /// Replaces the fields by those of an outcome.
    mutating func add(_ outcome: Outcome) {
        values.removeAll(keepingCapacity: true)
        isNaming = columns.isEmpty
        var unused: [UInt8] = []
        outcome.visitFields(options, &self, into: &unused)
        if options.headers {
            var json: [UInt8]?
            if let headers = outcome.response?.headers {
                var bytes: [UInt8] = []
                JSONRecordWriter.append(headers, into: &bytes)
                json = bytes
            }
            append("headers", "TEXT", json.map { Self.text($0) })
        }
        if options.value { append("value", "", outcome.value.map(Self.value)) }
        if options.body { append("body", "", outcome.response.map { Self.body($0.bytes) }) }
    }

    private mutating func append(_ name: String, _ type: String, _ value: DatabaseValue?) {
        if isNaming { columns.append(RowTable.Column(name: name, type: type)) }
        values.append(value ?? .null)
    }

    private mutating func append(_ name: StaticString, _ type: String, _ value: DatabaseValue?) {
        append(isNaming ? String(decoding: JSONWriter.bareName(name), as: UTF8.self) : "", type, value)
    }

    private static func value(_ json: [UInt8]) -> DatabaseValue {
        (try? JSONValue.parse(json[...]))?.databaseValue ?? text(json)
    }

    private static func body(_ bytes: [UInt8]) -> DatabaseValue {
        UTF8Decoding.isText(bytes[...]) ? text(bytes) : .blob(bytes)
    }

    private static func text(_ bytes: [UInt8]) -> DatabaseValue { .text(String(decoding: bytes, as: UTF8.self)) }

    mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out) {
        append(name, "TEXT", .string(value))
    }

    mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out) {
        append(name, "INTEGER", .int(value))
    }

    mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out) {
        append(name, "INTEGER", .integer(value ? 1 : 0))
    }

    mutating func seconds<Out: ByteSink & ~Copyable>(_ name: StaticString, microseconds: Int64?, into out: inout Out) {
        append(name, "REAL", microseconds.map { .real(Double($0) / 1_000_000) })
    }

    mutating func timestamp<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int64?, into out: inout Out) {
        var text: [UInt8] = []
        if let value { timestamps.append(value, into: &text) }
        append(name, "TEXT", value == nil ? nil : Self.text(text))
    }

    mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out) {
        text(#","error_kind":"#, value?.kind.rawValue, into: &out)
        text(#","error_message":"#, value?.message, into: &out)
        integer(#","exitcode":"#, (value?.curlCode).map { Int($0.rawValue) }, into: &out)
    }
}
