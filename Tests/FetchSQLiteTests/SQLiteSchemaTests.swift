import FetchSQLite
import Testing

@Suite("The versions of a file's tables")
struct SQLiteSchemaTests {
    private static let steps = ["CREATE TABLE a (v); INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN w DEFAULT 2"]

    private func sum(_ connection: SQLiteConnection) throws -> Int? {
        try connection.prepare("SELECT sum(v + w) FROM a").first { $0.int(0) }
    }

    @Test func `an empty file gets all steps, one of the last version none, and a newer one is refused`() throws {
        try SQLiteConnectionTests.withFile { path in
            let first = try SQLiteConnection(path: path)
            #expect(try SQLiteSchema(steps: [Self.steps[0]]).upgrade(first))
            #expect(try first.pragma("user_version") == 1)
            for _ in 0..<2 {
                #expect(try SQLiteSchema(steps: Self.steps).upgrade(first))
                #expect(try first.pragma("user_version") == 2)
                #expect(try sum(first) == 3)
            }
            try first.close()
            let second = try SQLiteConnection(path: path)
            #expect(try !SQLiteSchema(steps: [Self.steps[0]]).upgrade(second))
            #expect(try sum(second) == 3)
            try second.close()
        }
    }

    @Test func `a step that fails leaves the version before it`() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        let broken = SQLiteSchema(steps: [Self.steps[0], "CREATE TABLE b (v); CREATE TABLE a (v)"])
        #expect(throws: SQLiteError.self) { try broken.upgrade(connection) }
        #expect(try connection.pragma("user_version") == 1)
        #expect(try connection.prepare("SELECT count(*) FROM sqlite_schema").first { $0.int(0) } == 1)
    }

    @Test func `versions that GRDB noted are known, and go with the first step beyond them`() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        try connection.execute(
            """
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('1');
            \(Self.steps[0])
            """)
        let before = try connection.pragma("schema_version")
        #expect(try SQLiteSchema(steps: [Self.steps[0]]).upgrade(connection))
        // The file is not written to: what made it can go on using it.
        #expect(try connection.pragma("user_version") == 0)
        #expect(try connection.pragma("schema_version") == before)
        #expect(try SQLiteSchema(steps: Self.steps).upgrade(connection))
        #expect(try connection.pragma("user_version") == 2)
        #expect(try sum(connection) == 3)
        #expect(throws: SQLiteError.self) { try connection.prepare("SELECT * FROM grdb_migrations") }
    }

    @Test func `a newer version that GRDB noted is refused`() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        try connection.execute(
            "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY); INSERT INTO grdb_migrations VALUES ('1'), ('2')"
        )
        #expect(try !SQLiteSchema(steps: [Self.steps[0]]).upgrade(connection))
    }
}
