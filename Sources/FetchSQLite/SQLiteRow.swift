import CSQLite

/// The current row of a statement. It can be read until the body that received it returns.
///
/// A value of another storage class is converted as SQLite does it (https://www.sqlite.org/c3ref/column_blob.html): NULL
/// is 0 and an empty text.
package struct SQLiteRow: ~Copyable {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    /// The number of columns.
    package var count: Int { Int(sqlite3_column_count(statement)) }

    /// The name of a column.
    package func name(_ column: Int) -> String {
        sqlite3_column_name(statement, Int32(column)).map { String(cString: $0) } ?? ""
    }

    /// Whether a column is NULL.
    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    /// A column as an integer.
    package func int64(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    /// A column as an integer.
    package func int(_ column: Int) -> Int { Int(truncatingIfNeeded: int64(column)) }

    /// A column as a floating-point number.
    package func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }

    /// A column as a text.
    package func text(_ column: Int) -> String {
        // The text before its size: the first may convert the value.
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// A column as bytes.
    package func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    /// A column as an integer; nil for NULL.
    package func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

    /// A column as an integer; nil for NULL.
    package func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    /// A column as a text; nil for NULL.
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// A column in its own storage class.
    package func value(_ column: Int) -> DatabaseValue {
        switch sqlite3_column_type(statement, Int32(column)) {
        case SQLITE_INTEGER: .integer(int64(column))
        case SQLITE_FLOAT: .real(double(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(bytes(column))
        default: .null
        }
    }
}
