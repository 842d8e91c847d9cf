import FetchCore
import FetchHTTP
import FetchStore
import FoundationEssentials
import TestSupport
import Testing

@Suite("The lines of a large file", .timeLimit(.minutes(20)))
struct AsyncLinesTests {
    private func withFile(_ bytes: [UInt8], _ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path() + "fetchall-lines-" + UUID().uuidString
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test func `lines come without their ends, the last one too if it has none`() async throws {
        try await withFile([0xEF, 0xBB, 0xBF] + Array("one\r\n\ntwo é\n# three".utf8)) { path in
            var lines: [String] = []
            for try await line in AsyncLines(path: path) { lines.append(line) }
            #expect(lines == ["one", "", "two é", "# three"])
        }
    }

    @Test func `a million lines are all there, each once`() async throws {
        var bytes: [UInt8] = []
        for number in 0..<1_000_000 { bytes += "\(number)\n".utf8 }
        try await withFile(bytes) { path in
            var expected = 0
            for try await line in AsyncLines(path: path) {
                if Int(line) != expected { Issue.record("\(line) instead of \(expected)") }
                expected += 1
            }
            #expect(expected == 1_000_000)
        }
    }

    @Test func `a loop may be left, and its task cancelled`() async throws {
        try await withFile(Array(String(repeating: "x\n", count: 2_000_000).utf8)) { path in
            for try await line in AsyncLines(path: path) {
                #expect(line == "x")
                break
            }
            let task = Task {
                var count = 0
                for try await _ in AsyncLines(path: path) {
                    count += 1
                    if count == 10 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    /// The stack of a thread that is neither joined nor detached is never given back, nor the page that guards it.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/maps"), "no /proc"))
    func `the threads that read leave nothing behind`() async throws {
        try await withFile(Array("one\ntwo\n".utf8)) { path in
            let before = try await guardPages()
            for _ in 0..<1500 { for try await _ in AsyncLines(path: path) {} }
            // Other tests of the process have threads too, for a while; what leaks stays.
            let end = ContinuousClock.now + .seconds(60)
            var more = 1500
            while more >= 1000, ContinuousClock.now < end { more = try await guardPages() - before }
            #expect(more < 1000)
        }
    }

    /// Pages of the process that nobody may touch, as one lies below each stack.
    private func guardPages() async throws -> Int {
        var count = 0
        for try await line in AsyncLines(path: "/proc/self/maps") where line.contains(" ---p ") {
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { Int($0, radix: 16) }
            if ends.count == 2, ends[1] - ends[0] == 4096 { count += 1 }
        }
        return count
    }

    @Test func `a file that is not there, and a line that is too long, are errors with their location`() async throws {
        await #expect { for try await _ in AsyncLines(path: "/nonexistent/a.txt") {} } throws: {
            "\($0)" == "/nonexistent/a.txt: no such file or directory"
        }
        try await withFile(Array("short\n".utf8) + Array(repeating: 0x78, count: 70_000)) { path in
            await #expect { for try await _ in AsyncLines(path: path) {} } throws: {
                "\($0)".hasSuffix(": line 2 is longer than 65536 bytes")
            }
        }
    }
}

@Suite("A database for the length of a scope", .timeLimit(.minutes(20)))
struct SQLiteStoreTests {
    @Test func `what is written is found, whatever its type`() async throws {
        try await withStore("") { store in
            try await store.execute("CREATE TABLE things (name TEXT, price REAL, count INTEGER, data BLOB)")
            try await store.execute(
                "INSERT INTO things VALUES (?, ?, ?, ?)",
                rows: [["tea'; DROP TABLE things", 2.5, 3, .blob([0, 255])], ["pot", nil, -1, nil]])
            let rows = try await store.rows("SELECT * FROM things WHERE count > ? ORDER BY name DESC", [-5])
            #expect(
                rows == [
                    ["name": "tea'; DROP TABLE things", "price": 2.5, "count": 3, "data": .blob([0, 255])],
                    ["name": "pot", "price": nil, "count": -1, "data": nil],
                ])
        }
    }

    @Test func `rows of one call are all written, or none`() async throws {
        try await withStore("") { store in
            try await store.execute("CREATE TABLE things (name TEXT UNIQUE)")
            await #expect {
                try await store.execute("INSERT INTO things VALUES (?)", rows: [["a"], ["b"], ["a"]])
            } throws: { ($0 as? FetchError)?.kind == .io && "\($0)".contains("UNIQUE") }
            #expect(try await store.rows("SELECT * FROM things").isEmpty)
        }
    }

    @Test func `a file that cannot be opened is an io error that names it`() async throws {
        await #expect { try await withStore("/nonexistent/x.db") { _ in } } throws: {
            ($0 as? FetchError)?.kind == .io && "\($0)".contains("/nonexistent/x.db")
        }
    }

    @Test func `a query that changes something, and more than one statement, are refused`() async throws {
        try await withStore("") { store in
            try await store.execute("CREATE TABLE things (name TEXT)")
            for sql in ["INSERT INTO things VALUES ('a') RETURNING name", "DROP TABLE things"] {
                await #expect { try await store.rows(sql) } throws: { ($0 as? FetchError)?.kind == .io }
            }
            await #expect { try await store.execute("SELECT 1; DROP TABLE things") } throws: {
                ($0 as? FetchError)?.kind == .io
            }
            await #expect { try await store.execute("INSERT INTO things VALUES (?)", []) } throws: {
                ($0 as? FetchError)?.kind == .io
            }
            #expect(try await store.rows("SELECT * FROM things").isEmpty)
        }
    }

    @Test func `a query of a cancelled task ends, and the store is used on`() async throws {
        try await withStore("") { store in
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            let task = Task { try await store.rows(endless) }
            task.cancel()
            let result = await task.result
            #expect { try result.get() } throws: { ($0 as? FetchError)?.kind == .cancelled }
            let rows = try await store.rows("SELECT 1 AS n")
            #expect(rows == [["n": 1]])
        }
    }

    @Test func `a store that is used when its scope has ended is an error`() async throws {
        let kept = try await withStore("") { $0 }
        await #expect { try await kept.rows("SELECT 1") } throws: { ($0 as? FetchError)?.kind == .io }
    }
}
