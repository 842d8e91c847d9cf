import FetchSQLite
import Testing

@Suite("A prepared statement")
struct SQLiteStatementTests {
    private let connection: SQLiteConnection

    init() throws {
        connection = try SQLiteConnection(path: ":memory:")
        try connection.execute("CREATE TABLE t (v)")
    }

    /// A value after it was in the table.
    private func kept(_ value: DatabaseValue) throws -> (value: DatabaseValue?, type: String?) {
        try connection.statement("DELETE FROM t").run()
        try connection.statement("INSERT INTO t VALUES (?)").run(value)
        return (
            try connection.statement("SELECT v FROM t").first { $0.value(0) },
            try connection.statement("SELECT typeof(v) FROM t").first { $0.text(0) }
        )
    }

    private static let values: [(DatabaseValue, String)] = [
        (.null, "null"), (.integer(0), "integer"), (.integer(-1), "integer"),
        // Beyond 2^53 a Double would lose digits.
        (.integer(9_007_199_254_740_993), "integer"), (.integer(.max), "integer"), (.integer(.min), "integer"),
        (.real(0.1), "real"), (.real(-1e300), "real"), (.real(3), "real"),
        (.text(""), "text"), (.text("é 👩‍💻"), "text"), (.text("a\0b\0"), "text"),
        (.blob([]), "blob"), (.blob([0, 0, 255, 0]), "blob"),
        // Long ones are lent to SQLite and not copied.
        (.text(String(repeating: "ä\0", count: 100_000)), "text"),
        (.blob([UInt8](repeating: 0, count: 1_000_000)), "blob"),
    ]

    @Test(arguments: values)
    func `a value comes back as it was bound, in its storage class`(value: DatabaseValue, type: String) throws {
        let kept = try kept(value)
        #expect(kept.value == value)
        #expect(kept.type == type)
    }

    @Test func `long and short values of one row keep their columns`() throws {
        let values: [DatabaseValue] = [
            .text(String(repeating: "x", count: 5000)), .integer(7), .blob(Array("bytes".utf8)), .null,
            .text("short"), .text(String(repeating: "y", count: 512)), .real(2.5), .blob([]), .text(""),
        ]
        let row = try connection.prepare("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?")
        for _ in 0..<2 {
            var found: [DatabaseValue] = []
            try row.forEach(values) { row in found = (0..<row.count).map { row.value($0) } }
            #expect(found == values)
        }
    }

    @Test func `typed columns are converted as SQLite does, and NULL is nothing`() throws {
        let isRead: Bool? = try connection.prepare("SELECT 12 AS number, 'text', x'00ff', 2.5, NULL").first { row in
            #expect(row.count == 5)
            #expect(row.name(0) == "number")
            #expect((row.int(0), row.int64(0), row.text(0)) == (12, 12, "12"))
            #expect((row.text(1), row.bytes(1), row.int(1)) == ("text", Array("text".utf8), 0))
            #expect(row.bytes(2) == [0, 255])
            #expect(row.double(3) == 2.5)
            #expect((row.isNull(3), row.isNull(4)) == (false, true))
            #expect((row.int(4), row.text(4), row.bytes(4)) == (0, "", []))
            #expect((row.optionalInt(4), row.optionalInt64(4), row.optionalText(4)) == (nil, nil, nil))
            #expect((row.optionalInt(0), row.optionalInt64(0), row.optionalText(1)) == (12, 12, "text"))
            return true
        }
        #expect(isRead == true)
    }

    @Test func `it is used again, and what was bound before is gone`() throws {
        let insert = try connection.statement("INSERT INTO t VALUES (?)")
        #expect(try connection.statement("INSERT INTO t VALUES (?)") === insert)
        for number in 0..<3 {
            try insert.run(.int(number))
            #expect(connection.changes == 1)
            #expect(connection.lastInsertedRowID == Int64(number + 1))
        }
        try insert.run(.null)
        var found: [DatabaseValue] = []
        let select = try connection.statement("SELECT v FROM t ORDER BY rowid")
        try select.forEach { found.append($0.value(0)) }
        #expect(found == [.integer(0), .integer(1), .integer(2), .null])
        // The first row of several: the rest is not read, and the table can be changed then.
        #expect(try select.first { $0.int(0) } == 0)
        #expect(try select.first { $0.int(0) > 1 ? $0.int(0) : nil } == 2)
        try connection.execute("DROP TABLE t")
    }

    @Test func `values must be as many as parameters`() throws {
        let insert = try connection.prepare("INSERT INTO t VALUES (?)")
        for values in [[], [.integer(1), .integer(2)]] as [[DatabaseValue]] {
            #expect { try insert.run(values) } throws: { ($0 as? SQLiteError)?.code == .misuse }
        }
        #expect(try connection.prepare("SELECT count(*) FROM t").first { $0.int(0) } == 0)
    }

    @Test(arguments: ["", "  -- nothing", "SELECT 1; SELECT 2"])
    func `a text that is not one statement is refused`(sql: String) throws {
        #expect { try connection.prepare(sql) } throws: { ($0 as? SQLiteError)?.code == .misuse }
    }

    @Test func `a comment or a semicolon behind it does no harm`() throws {
        #expect(try connection.prepare("SELECT 1; -- one\n ;/* and */").first { $0.int(0) } == 1)
    }

    @Test func `a text in double quotes is a name`() throws {
        #expect(throws: SQLiteError.self) { try connection.prepare("SELECT \"nothing\" FROM t") }
        #expect(try connection.prepare("INSERT INTO t VALUES (1)").isReadOnly == false)
        #expect(try connection.prepare("SELECT \"v\" FROM t").isReadOnly)
    }

    @Test func `it cannot be run from within itself`() throws {
        try connection.execute("INSERT INTO t VALUES (1), (2)")
        let select = try connection.statement("SELECT v FROM t")
        var inner: (any Error)?
        var count = 0
        try select.forEach { _ in
            count += 1
            do { try select.run() } catch { inner = error }
        }
        #expect((inner as? SQLiteError)?.code == .misuse)
        #expect(count == 2)
    }
}
