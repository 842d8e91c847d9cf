import FetchHTTP
import FetchRecords
import FetchSQLite
import FetchStore
import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@Suite("Records as rows of a SQLite table", .timeLimit(.minutes(20)))
struct RecordTableTests {
    private func withFile(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path() + "fetchall-table-" + UUID().uuidString
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        try await body(path)
    }

    @Test func `a row has the fields of the record, with the types of SQLite`() async throws {
        try await withFile { path in
            var outcome = Samples.ok("http://a.test/x")
            outcome.value = Array("9.99".utf8)
            let table = try RecordTable(path: path, table: "my \"records\"", options: RecordOptions(value: true))
            try table.append([outcome, Samples.failed()])
            try table.close()
            let rows = try await withStore(path) { try await $0.rows("SELECT * FROM \"my \"\"records\"\"\"") }
            try #require(rows.count == 2)
            #expect(rows[0]["url"] == "http://a.test/x")
            #expect(rows[0]["ok"] == 1)
            #expect(rows[0]["response_code"] == 200)
            #expect(rows[0]["started_at"] == "2026-01-01T00:00:00.000Z")
            #expect(rows[0]["time_wait"] == 1.5)
            #expect(rows[0]["value"] == 9.99)
            #expect(rows[0]["error_kind"] == .null)
            #expect(rows[1]["error_kind"] == "timed-out")
            #expect(rows[1]["exitcode"] == 28)
            #expect(rows[1]["response_code"] == .null)
            // One file again: nothing beside it to be forgotten when it is copied.
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
    }

    @Test func `a table that is there is gone on with, and gets the columns it lacks`() async throws {
        try await withFile { path in
            try await withStore(path) {
                try await $0.execute("CREATE TABLE records (url TEXT, mine TEXT DEFAULT 'kept')")
                try await $0.execute("INSERT INTO records (url) VALUES ('old')")
            }
            for _ in 0..<2 {
                let table = try RecordTable(path: path, table: "records", options: RecordOptions(body: true))
                try table.append([Samples.ok()])
                try table.close()
            }
            let rows = try await withStore(path) { try await $0.rows("SELECT url, mine, body FROM records") }
            #expect(rows.map { $0["url"] } == ["old", "http://example.org/", "http://example.org/"])
            #expect(rows.allSatisfy { $0["mine"] == "kept" })
        }
    }

    @Test func `issue 22.4: a digest is a column`() async throws {
        try await withFile { path in
            var outcome = Samples.ok()
            outcome.saved = SavedDetails(digest: [0x0A, 0xFF], algorithm: .sha256)
            let options = RecordOptions(body: true, hash: .sha256)
            let table = try RecordTable(path: path, table: "records", options: options)
            try table.append([outcome, Samples.failed()])
            try table.close()
            let rows = try await withStore(path) { try await $0.rows("SELECT sha256 FROM records") }
            #expect(rows.map { $0["sha256"] } == ["0aff", .null])
        }
    }

    @Test func `rows of a batch are all there or none`() async throws {
        try await withFile { path in
            try await withStore(path) { try await $0.execute("CREATE TABLE records (url TEXT UNIQUE)") }
            let table = try RecordTable(path: path, table: "records", options: RecordOptions())
            #expect(throws: InputFailure.self) {
                try table.append([Samples.ok("http://a.test/"), Samples.ok(), Samples.ok()])
            }
            try table.close()
            let rows = try await withStore(path) { try await $0.rows("SELECT * FROM records") }
            #expect(rows.isEmpty)
        }
    }

    @Test func `a file that is no database is left as it was`() async throws {
        try await withFile { path in
            let text = Array("this is a text and no database at all".utf8)
            try Data(text).write(to: URL(filePath: path))
            #expect(throws: InputFailure.self) {
                try RecordTable(path: path, table: "records", options: RecordOptions())
            }
            let left = try Data(contentsOf: URL(filePath: path))
            #expect(left == Data(text))
        }
    }

    @Test func `a batch that another process does not let in is not lost for good`() async throws {
        try await withFile { path in
            let columns = [RowTable.Column(name: "n", type: "INTEGER")]
            let table = try RowTable(path: path, table: "t", columns: columns, patience: 20)
            let other = try SQLiteConnection(path: path)
            try other.execute("BEGIN IMMEDIATE")
            #expect {
                try table.append([1, 2]) { [.int($0)] }
            } throws: {
                ($0 as? InputFailure)?.message == "cannot write \(path): another process has kept it locked for 20 ms"
            }
            #expect(throws: InputFailure.self) {
                try RowTable(path: path, table: "t", columns: columns + [.init(name: "m", type: "")], patience: 20)
            }
            try other.execute("COMMIT")
            try table.append([1, 2]) { [.int($0)] }
            // Nobody waits for who has only opened the file: the rows are in it, and its log goes with the last of them.
            try other.execute("BEGIN; SELECT * FROM t")
            try table.close()
            #expect(try other.prepare("SELECT sum(n) FROM t").first { $0.int(0) } == 3)
            try other.execute("COMMIT")
            try other.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
    }
}
