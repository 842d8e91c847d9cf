import CSQLite

/// An error of SQLite: its extended result code and its text (https://www.sqlite.org/rescode.html).
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A primary result code, as far as decisions depend on it.
    package struct Code: Sendable, Hashable {
        package let number: Int32

        package static let busy = Code(number: SQLITE_BUSY)
        package static let locked = Code(number: SQLITE_LOCKED)
        package static let readOnly = Code(number: SQLITE_READONLY)
        package static let interrupted = Code(number: SQLITE_INTERRUPT)
        package static let corrupt = Code(number: SQLITE_CORRUPT)
        package static let constraint = Code(number: SQLITE_CONSTRAINT)
        package static let cannotOpen = Code(number: SQLITE_CANTOPEN)
        package static let misuse = Code(number: SQLITE_MISUSE)
        package static let notADatabase = Code(number: SQLITE_NOTADB)

        /// What a statement that never changes can fail with only where the file is not what it was: damage is often
        /// seen as a missing table, a NULL that is not allowed, or a row that is there twice.
        fileprivate static let signsOfDamage: Set<Int32> = [
            SQLITE_ERROR, SQLITE_INTERNAL, SQLITE_CORRUPT, SQLITE_SCHEMA, SQLITE_TOOBIG, SQLITE_CONSTRAINT,
            SQLITE_MISMATCH, SQLITE_FORMAT, SQLITE_RANGE, SQLITE_NOTADB,
        ]
    }

    /// The extended result code.
    package let extendedCode: Int32
    /// SQLite's text.
    package let message: String

    /// The primary result code.
    package var code: Code { Code(number: extendedCode & 0xff) }

    package var description: String { message }

    /// Whether a statement of this program, as opposed to one that a user wrote, shows with this error that the file is
    /// damaged.
    package var showsDamage: Bool { Code.signsOfDamage.contains(code.number) }

    package init(_ code: Code, _ message: String) {
        extendedCode = code.number
        self.message = message
    }

    /// The error of the last call on a connection.
    init(_ code: Int32, on connection: OpaquePointer?) {
        extendedCode = code
        // After a misuse SQLite does not set the connection's text: it would be that of an earlier error.
        let hasText = connection != nil && code & 0xff != SQLITE_MISUSE
        let text = hasText ? sqlite3_errmsg(connection) : sqlite3_errstr(code)
        message = text.map { String(cString: $0) } ?? "SQLite error \(code)"
    }
}
