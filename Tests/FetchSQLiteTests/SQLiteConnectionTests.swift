import FetchSQLite
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("A connection to a database file", .timeLimit(.minutes(20)))
struct SQLiteConnectionTests {
    /// A name for a file, which is removed.
    static func withFile(_ body: (String) throws -> Void) throws {
        let path = "/tmp/fetchall-sqlite-\(UInt64.random(in: 0 ... .max))"
        defer { for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) } }
        try body(path)
    }

    @Test func `a transaction that throws leaves nothing, and the next one works`() throws {
        struct Stop: Error {}
        let connection = try SQLiteConnection(path: ":memory:")
        try connection.execute("CREATE TABLE t (v UNIQUE)")
        #expect(throws: Stop.self) {
            try connection.transaction {
                try connection.statement("INSERT INTO t VALUES (?)").run(.integer(1))
                throw Stop()
            }
        }
        // SQLite ends a transaction itself at some errors.
        #expect(throws: SQLiteError.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (2)")
                try connection.execute("INSERT OR ROLLBACK INTO t VALUES (2)")
            }
        }
        #expect(try connection.prepare("SELECT count(*) FROM t").first { $0.int(0) } == 0)
        let result = try connection.transaction {
            try connection.execute("INSERT INTO t VALUES (3)")
            return "done"
        }
        #expect(result == "done")
        #expect(try connection.prepare("SELECT v FROM t").first { $0.int(0) } == 3)
    }

    @Test func `an error has the extended code and the text of SQLite`() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        try connection.execute("CREATE TABLE t (v UNIQUE, w NOT NULL); INSERT INTO t VALUES (1, 1)")
        let insert = try connection.statement("INSERT INTO t VALUES (?, ?)")
        // https://www.sqlite.org/rescode.html: SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_NOTNULL.
        let broken: [([DatabaseValue], Int32, String)] = [
            ([.integer(1), .integer(1)], 2067, "UNIQUE"), ([.integer(2), .null], 1299, "NOT NULL"),
        ]
        for (values, code, text) in broken {
            #expect {
                try insert.run(values)
            } throws: {
                guard let error = $0 as? SQLiteError else { return false }
                return error.extendedCode == code && error.code == .constraint
                    && error.message.hasPrefix("\(text) constraint failed: t.")
            }
        }
        #expect {
            try connection.execute("SELECT * FROM missing")
        } throws: {
            ($0 as? SQLiteError)?.message == "no such table: missing"
        }
    }

    @Test func `a file that is not there or not a database is an error`() throws {
        #expect {
            try SQLiteConnection(path: "/nonexistent/x.db")
        } throws: {
            ($0 as? SQLiteError)?.message == "unable to open database file"
        }
        try Self.withFile { path in
            #expect(throws: SQLiteError.self) { try SQLiteConnection(path: path, mode: .readWrite) }
            let file = fopen(path, "w")
            fputs("this is a text that is long enough to be looked at, and no database at all\n", file)
            fclose(file)
            let connection = try SQLiteConnection(path: path)
            #expect { try connection.pragma("user_version") } throws: { ($0 as? SQLiteError)?.code == .notADatabase }
            try connection.close()
        }
    }

    /// Apart, because Swift 6.3.1 gives a closure inside of `#expect` the name of one behind it, and runs the wrong one.
    private static func insert(into connection: SQLiteConnection) throws {
        try connection.transaction { try connection.execute("INSERT INTO t VALUES (1)") }
    }

    @Test func `a lock of another connection is waited for as long as was said`() throws {
        try Self.withFile { path in
            let holder = try SQLiteConnection(path: path)
            try holder.execute("CREATE TABLE t (v)")
            let hasty = try SQLiteConnection(path: path, mode: .readWrite)
            let patient = try SQLiteConnection(path: path, mode: .readWrite, busyTimeout: 50)
            try holder.execute("BEGIN IMMEDIATE")
            let clock = ContinuousClock()
            for (connection, wait) in [(hasty, Duration.zero), (patient, .milliseconds(50))] {
                let start = clock.now
                #expect {
                    try Self.insert(into: connection)
                } throws: {
                    ($0 as? SQLiteError)?.code == .busy
                }
                #expect(clock.now - start >= wait)
            }
            try holder.execute("COMMIT")
            try Self.insert(into: hasty)
            for connection in [holder, hasty, patient] { try connection.close() }
        }
    }

    @Test func `an exclusive lock keeps readers out too, until the connection is closed`() throws {
        try Self.withFile { path in
            let owner = try SQLiteConnection(path: path)
            try owner.execute("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (v)")
            let other = try SQLiteConnection(path: path, mode: .readOnly)
            #expect { try other.execute("SELECT * FROM t") } throws: { ($0 as? SQLiteError)?.code == .busy }
            try owner.close()
            try other.execute("SELECT * FROM t")
            #expect { try other.execute("INSERT INTO t VALUES (1)") } throws: {
                ($0 as? SQLiteError)?.code == .readOnly
            }
            try other.close()
        }
    }

    @Test func `it is closed once, says so when a statement keeps it busy, and is of no use then`() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        let kept = try connection.statement("SELECT 1")
        #expect(try kept.first { $0.int(0) } == 1)
        #expect { try connection.close() } throws: { ($0 as? SQLiteError)?.code == .busy }
        try connection.close()
        #expect { try connection.execute("SELECT 1") } throws: { ($0 as? SQLiteError)?.code == .misuse }
        #expect { try connection.statement("SELECT 1") } throws: { ($0 as? SQLiteError)?.code == .misuse }
    }

    @Test func `a statement ends when its task is cancelled`() async throws {
        let count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let task = Task.detached {
            let connection = try SQLiteConnection(path: ":memory:")
            connection.interruptsCancelledTasks()
            try connection.execute(count)
        }
        task.cancel()
        let result = await task.result
        #expect { try result.get() } throws: { ($0 as? SQLiteError)?.code == .interrupted }
    }
}
