import FetchSQLite
import FetchStore
import Subprocess
import Synchronization
import TestSupport
import Testing

@Suite("--sqlite: records in a table", .timeLimit(.minutes(20)))
struct SQLiteOutputTests {
    @Test func `runs add up in one table, whichever command they are`() async throws {
        let server = try LoopbackServer(handler: DemoRoutes(latency: .zero).reply)
        defer { server.stop() }
        let scratch = try Scratch()
        let file = scratch("out.db")
        let options = ["--sqlite", file, "--sqlite-table", "answers"]
        let runs = [
            options + ["--jsonl", "\(server.baseURL)/products/[1-3]"],
            ["map", "--url-template", "\(server.baseURL)/products/{id}", "--pick", ".price", "1..3"] + options,
            ["gather", "a=\(server.baseURL)/products/1", "b=\(server.baseURL)/products/2"] + options,
        ]
        for arguments in runs { #expect(try await Tool.run(arguments).exit == 0) }
        try await withStore(file) { store in
            #expect(try await store.rows("SELECT count(*) AS n FROM answers WHERE ok")[0]["n"] == 8)
            let dear = try await store.rows(
                "SELECT id FROM answers WHERE typeof(value) = 'real' AND value > 10 ORDER BY value")
            #expect(dear.map { $0["id"] } == ["2", "3"])
        }
    }

    @Test func `a killed run leaves whole records and a file that is gone on with`() async throws {
        let server = try LoopbackServer { _ in .ok("x", after: .milliseconds(2)) }
        defer { server.stop() }
        let scratch = try Scratch()
        let file = scratch("out.db")
        let arguments = ["--jsonl", "--sqlite", file]
        let killed = try await Tool.start(arguments + ["--max", "20", "\(server.baseURL)/[1-100000]"]) { tool in
            #expect(await server.waitUntil { $0.requestCount > 400 })
            try tool.send(.kill)
        }
        #expect(killed.exit == 1009)
        let count = try await withStore(file) { store in
            #expect(try await store.rows("PRAGMA integrity_check")[0]["integrity_check"] == "ok")
            // A row is whole or not there: a null in a field that every record has would be half of one.
            #expect(try await store.rows("SELECT * FROM records WHERE url IS NULL OR time_total IS NULL").isEmpty)
            return try await store.rows("SELECT count(*) AS n FROM records")[0]["n"]
        }
        guard case .integer(let before)? = count, before > 0 else { return #expect(Bool(false), "no row was kept") }
        #expect(try await Tool.run(arguments + ["\(server.baseURL)/[1-10]"]).exit == 0)
        let rows = try await withStore(file) { try await $0.rows("SELECT count(*) AS n FROM records") }
        #expect(rows == [["n": .integer(before + 10)]])
    }

    @Test func `a file that is no database is exit 3, and nothing is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let file = try scratch.write("notes.txt", "these are my notes, and no database\n")
        let result = try await Tool.run(["--sqlite", file, "\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1)
        #expect(server.requestCount == 0)
        #expect(try scratch.text("notes.txt") == "these are my notes, and no database\n")
        #expect(try await Tool.run(["--sqlite-table", "x", "\(server.baseURL)/"]).exit == 2)
    }

    @Test func `a run waits for another process that writes into the file`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let file = scratch("out.db")
        let holder = Mutex(try SQLiteConnection(path: file))
        try holder.withLock { try $0.execute("CREATE TABLE mine (v); BEGIN IMMEDIATE; INSERT INTO mine VALUES (1)") }
        let result = try await Tool.start(["--jsonl", "--sqlite", file, "\(server.baseURL)/[1-3]"]) { _ in
            try await Task.sleep(for: .seconds(1))
            #expect(server.requestCount == 0)
            try holder.withLock { try $0.execute("COMMIT") }
        }
        #expect(result.exit == 0 && result.stderr == "")
        #expect(result.duration >= .seconds(1))
        try holder.withLock { holder in
            #expect(try holder.prepare("SELECT count(*) FROM records").first { $0.int(0) } == 3)
            try holder.close()
        }
    }

    @Test func `a run that waited long enough says who is in its way, and is exit 3`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let file = scratch("out.db")
        let holder = try SQLiteConnection(path: file)
        try holder.execute("CREATE TABLE mine (v); BEGIN IMMEDIATE")
        let result = try await Tool.run(["--jsonl", "--sqlite", file, "\(server.baseURL)/"])
        #expect(result.exit == 3)
        #expect(
            result.complaints == ["fetchall: cannot write \(file): another process has kept it locked for 5.00 s"])
        #expect(result.duration >= .seconds(5))
        #expect(server.requestCount == 0)
        try holder.close()
    }
}
