import CSQLite

/// A checksum of 64 bits that shows damage of what is stored.
///
/// SQLite sees damage of a file's structure only. A table whose content is relied on has a column for the seal of its
/// row, and statements compute it with the SQL function `seal(value, …)` (``SQLiteConnection/provideSeal()``).
package enum SQLiteSeal {
    /// What `seal(blob)` returns for these bytes.
    package static func of(_ bytes: [UInt8]) -> Int64 {
        bytes.withUnsafeBytes { buffer in
            // One value, and the number of its storage class.
            let sum = csqlite_seal_bytes(1 + UInt64(SQLITE_BLOB), buffer.baseAddress, buffer.count)
            return Int64(bitPattern: sum)
        }
    }
}
