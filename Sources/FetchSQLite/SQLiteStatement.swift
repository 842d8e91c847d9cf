import CSQLite

/// A prepared statement. Each run binds all its parameters, reads its rows and resets it.
///
/// It belongs to the thread that uses its connection.
package final class SQLiteStatement {
    /// From this size on bytes are not copied for SQLite. Copying fewer bytes costs less than a stack frame for each.
    private static let copyLimit = 512

    private let handle: OpaquePointer

    /// - Parameter isKept: Whether it will be run often: SQLite then allocates its memory elsewhere.
    init(_ sql: String, on connection: OpaquePointer, isKept: Bool) throws(SQLiteError) {
        var sql = sql
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let (made, code, isSingle) = sql.withUTF8 { bytes -> (OpaquePointer?, Int32, Bool) in
            bytes.withMemoryRebound(to: CChar.self) { text in
                var statement: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(connection, text.baseAddress, Int32(text.count), flags, &statement, &tail)
                guard code == SQLITE_OK, let start = text.baseAddress, let tail else { return (statement, code, true) }
                return (statement, code, Self.isBlank(text.count - (tail - start), tail, connection))
            }
        }
        guard code == SQLITE_OK else { throw SQLiteError(code, on: connection) }
        guard let made else { throw SQLiteError(.misuse, "the statement is empty") }
        guard isSingle else {
            sqlite3_finalize(made)
            throw SQLiteError(.misuse, "there is more than one statement")
        }
        handle = made
    }

    deinit { sqlite3_finalize(handle) }

    /// Whether a text consists of white space and comments only, as SQLite sees it.
    private static func isBlank(_ count: Int, _ text: UnsafePointer<CChar>, _ connection: OpaquePointer) -> Bool {
        guard count > 0 else { return true }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, text, Int32(count), 0, &statement, nil)
        sqlite3_finalize(statement)
        return code == SQLITE_OK && statement == nil
    }

    /// Whether it changes nothing in the file.
    package var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    // MARK: Running

    /// Runs it to its end; rows are ignored.
    package func run(_ values: DatabaseValue...) throws(SQLiteError) { try run(values) }

    /// Runs it to its end; rows are ignored.
    package func run(_ values: [DatabaseValue]) throws(SQLiteError) { try evaluate(values) { _ in true } }

    /// Calls the body with each row.
    package func forEach(_ values: DatabaseValue..., row: (borrowing SQLiteRow) -> Void) throws(SQLiteError) {
        try forEach(values, row: row)
    }

    /// Calls the body with each row.
    package func forEach(_ values: [DatabaseValue], row: (borrowing SQLiteRow) -> Void) throws(SQLiteError) {
        try evaluate(values) {
            row($0)
            return true
        }
    }

    /// The result of the body for the first row that gives one. Later rows are not read.
    package func first<Result>(
        _ values: DatabaseValue..., row: (borrowing SQLiteRow) -> Result?
    ) throws(SQLiteError) -> Result? {
        var result: Result?
        try evaluate(values) {
            result = row($0)
            return result == nil
        }
        return result
    }

    private func evaluate(_ values: [DatabaseValue], _ row: (borrowing SQLiteRow) -> Bool) throws(SQLiteError) {
        guard sqlite3_stmt_busy(handle) == 0 else {
            throw SQLiteError(.misuse, "the statement is run from within itself")
        }
        let count = Int(sqlite3_bind_parameter_count(handle))
        guard values.count == count else {
            throw SQLiteError(.misuse, "the statement has \(count) parameters and was given \(values.count) values")
        }
        let code = bind(values, from: 0, row)
        // The text of an error is lost with the reset.
        let error = code == SQLITE_DONE || code == SQLITE_ROW ? nil : SQLiteError(code, on: sqlite3_db_handle(handle))
        sqlite3_reset(handle)
        if count > 0 { sqlite3_clear_bindings(handle) }
        if let error { throw error }
    }

    // MARK: Binding

    /// Binds values and steps, inside all closures that lend large bytes. Returns the last result code.
    private func bind(_ values: [DatabaseValue], from start: Int, _ row: (borrowing SQLiteRow) -> Bool) -> Int32 {
        for index in start..<values.count {
            let parameter = Int32(index + 1)
            var code: Int32
            switch values[index] {
            case .null: code = SQLITE_OK
            case .integer(let number): code = sqlite3_bind_int64(handle, parameter, number)
            case .real(let number): code = sqlite3_bind_double(handle, parameter, number)
            case .text(var text):
                if text.utf8.count >= Self.copyLimit {
                    return text.withUTF8 { bytes in
                        let code = csqlite_bind_text_static(handle, parameter, bytes.baseAddress, UInt64(bytes.count))
                        return code == SQLITE_OK ? bind(values, from: index + 1, row) : code
                    }
                }
                code = text.withUTF8 { bytes in
                    // A missing address would be NULL; of a text without bytes none is read.
                    let start = bytes.baseAddress.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(handle)
                    return csqlite_bind_text_copy(handle, parameter, start, UInt64(bytes.count))
                }
            case .blob(let blob):
                if blob.isEmpty {
                    code = sqlite3_bind_zeroblob(handle, parameter, 0)
                } else {
                    return blob.withUnsafeBytes { bytes in
                        let code = csqlite_bind_blob_static(handle, parameter, bytes.baseAddress, UInt64(bytes.count))
                        return code == SQLITE_OK ? bind(values, from: index + 1, row) : code
                    }
                }
            }
            guard code == SQLITE_OK else { return code }
        }
        while true {
            let code = sqlite3_step(handle)
            guard code == SQLITE_ROW, row(SQLiteRow(handle)) else { return code }
        }
    }
}
