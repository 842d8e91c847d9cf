import FetchHTTP
import FetchSQLite
import FetchStore
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import FetchCrawl

@Suite("The state of a crawl")
struct CrawlStateFileTests {
    @Test("gives back what was in flight when it was left")
    func takenUp() async throws {
        try await TemporaryState.with { path in
            let (file, isResumed) = try CrawlStateFile.resumeOrCreate(path, identity: ["seeds": "x"])
            #expect(!isResumed)
            let frontier = try SQLiteFrontier(file: file)
            try await frontier.enqueue(try (0..<6).map { try candidate("a", "\($0)") })
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 4, now: 0).first)
            var turn = FrontierTurn()
            turn.reports = [LeaseReport(lease.token, results: lease.urls.prefix(2).map(\.done))]
            turn.output = OutputMark(file: "jsonl /x", bytes: 99, records: 2)
            _ = try frontier.take(turn, now: 0, ttl: 1000)
            // The lease is not given back: as after kill -9, but for the lock.
            try file.close()

            let (again, isSecondResumed) = try CrawlStateFile.resumeOrCreate(path, identity: ["seeds": "x"])
            defer { try? again.close() }
            #expect(isSecondResumed)
            let second = try SQLiteFrontier(file: again)
            let counts = try second.counts()
            #expect([counts.queued, counts.leased, counts.done] == [4, 0, 2])
            #expect(try await second.lease(origins: 1, perOrigin: 9, now: 0).first?.names == ["2", "3", "4", "5"])
            #expect(try second.outputMark() == OutputMark(file: "jsonl /x", bytes: 99, records: 2))
            #expect(try await second.enqueue([try candidate("a", "0"), try candidate("a", "9")]) == 1)
        }
    }

    @Test("issue 20.6: files of an older state that cannot be removed are an error", arguments: ["-wal", ".new"])
    func irremovable(suffix: String) async throws {
        try await TemporaryState.with { path in
            try FileManager.default.createDirectory(atPath: path + suffix, withIntermediateDirectories: false)
            #expect {
                try CrawlStateFile.resumeOrCreate(path, identity: [:])
            } throws: { error in
                guard case .io(let message)? = error as? StoreFailure else { return false }
                return message.hasPrefix("cannot write \(path)\(suffix): ")
            }
            #expect(!CrawlStateFile.exists(path))
        }
    }

    @Test("queues pages again whose records are lost")
    func lostRecords() async throws {
        try await TemporaryState.with { path in
            let (file, _) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
            defer { try? file.close() }
            let frontier = try SQLiteFrontier(file: file)
            try await frontier.enqueue(try (0..<4).map { try candidate("a", "\($0)") })
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 4, now: 0).first)
            let results = lease.urls.enumerated().map { index, url in
                VisitResult(url.fingerprint, .done(status: 200, recordEnd: Int64(index + 1) * 100))
            }
            try await frontier.complete(LeaseReport(lease.token, results: results, ends: true), now: 0)
            let (pages, end) = try frontier.requeue(recordsBeyond: 250)
            #expect(pages == 2)
            #expect(end == 200)
            let counts = try frontier.counts()
            #expect([counts.queued, counts.done] == [2, 2])
            #expect(try await frontier.lease(origins: 1, perOrigin: 4, now: 0).first?.names == ["2", "3"])
        }
    }

    @Test("issue 21.3: a state of version 2, which kept statuses only, gives its failed pages")
    func versionTwo() async throws {
        try await TemporaryState.with { path in
            let (file, _) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
            let frontier = try SQLiteFrontier(file: file)
            try await frontier.enqueue(try (0..<5).map { try candidate("a", "\($0)") })
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 5, now: 0).first)
            let endings: [VisitResult.Ending] = [
                .done(status: 200, recordEnd: 0), .done(status: 404, recordEnd: 0), .failed(recordEnd: 0),
                .done(status: 301, recordEnd: 0), .dropped(.robots),
            ]
            let results = zip(lease.urls, endings).map { VisitResult($0.fingerprint, $1) }
            try await frontier.complete(LeaseReport(lease.token, results: results, ends: true), now: 0)
            try file.connection.withLock { try $0.execute("DROP TABLE page; PRAGMA user_version = 2") }
            try file.close()
            let (again, isResumed) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
            defer { try? again.close() }
            #expect(isResumed)
            let upgraded = try SQLiteFrontier(file: again)
            #expect(try upgraded.failedURLs(isReported: false).map(\.path) == ["/1", "/2", "/4"])
            #expect(try upgraded.failedCount() == 3)
            let pages = Shared<[String]>([])
            try upgraded.forEachSavedPage { url, file in pages.update { $0.append("\(url.path) \(file ?? "?")") } }
            #expect(pages.value == ["/0 ?"])
        }
    }

    @Test(
        "issue 21.2: a page that is not done now waits for the run that resumes the crawl",
        arguments: FrontierKind.allCases)
    func later(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "0"), try candidate("b", "1")])
            for lease in try await frontier.lease(origins: 2, perOrigin: 4, now: 0) {
                let results = lease.urls.map { VisitResult($0.fingerprint, .later) }
                try await frontier.complete(LeaseReport(lease.token, results: results, ends: true), now: 0)
            }
            #expect(try await frontier.counts().queued == 2)
            #expect(try await frontier.lease(origins: 2, perOrigin: 4, now: 1 << 50).isEmpty)
            #expect(try await frontier.nextWake(now: 1 << 50) == .finished)
            guard let durable = frontier as? SQLiteFrontier else { return }
            let resumed = try SQLiteFrontier(file: durable.file)
            #expect(try await resumed.lease(origins: 2, perOrigin: 4, now: 0).flatMap(\.names).sorted() == ["0", "1"])
        }
    }

    @Test("is refused when it is in use, of another crawl, or newer")
    func refused() async throws {
        try await TemporaryState.with { path in
            let (file, _) = try CrawlStateFile.resumeOrCreate(path, identity: ["seeds": "x", "--scope": "host"])
            expectRefused("in use") { try CrawlStateFile.resumeOrCreate(path, identity: ["seeds": "x"]) }
            expectRefused("in use") { try CrawlStateFile.resumeOrCreate(path, identity: [:], isFresh: true) }
            try file.close()
            expectRefused("other --scope (host)") {
                try CrawlStateFile.resumeOrCreate(path, identity: ["seeds": "x", "--scope": "any"])
            }
            expectRefused("other seeds") {
                try CrawlStateFile.resumeOrCreate(path, identity: ["seeds": "y", "--scope": "host"])
            }
            // user_version stands at offset 60 of SQLite's header.
            var bytes = try Array(Data(contentsOf: URL(filePath: path)))
            bytes[63] = 9
            try Data(bytes).write(to: URL(filePath: path))
            expectRefused("newer fetchall") { try CrawlStateFile.existing(path) }
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == bytes)
        }
    }

    @Test("is left as found when it is damaged", arguments: ["empty", "text", "foreign", "cut", "overwritten"])
    func broken(how: String) async throws {
        try await TemporaryState.with { path in
            let (file, _) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
            try await SQLiteFrontier(file: file).enqueue(try (0..<500).map { try candidate("a", "page-\($0)") })
            try file.close()
            var bytes = try Array(Data(contentsOf: URL(filePath: path)))
            switch how {
            case "empty": bytes = []
            case "text": bytes = Array("http://example.org/\n".utf8)
            case "foreign": bytes.replaceSubrange(68..<72, with: [0, 0, 0, 1])
            case "cut": bytes.removeLast(bytes.count / 2)
            default: for index in bytes.indices where index > 8192 && index % 7 == 0 { bytes[index] = 0xAA }
            }
            try Data(bytes).write(to: URL(filePath: path))
            do {
                try CrawlStateFile.existing(path).close()
                Issue.record("\(how) was accepted")
            } catch let failure as StoreFailure {
                guard case .damaged = failure else {
                    Issue.record("\(how): \(failure)")
                    return
                }
            }
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == bytes)
        }
    }

    private func expectRefused(_ part: String, _ body: () throws -> Any) {
        do {
            _ = try body()
            Issue.record("not refused: \(part)")
        } catch let failure as StoreFailure {
            guard failure.isRefusal, failure.message.contains(part) else {
                Issue.record("\(failure)")
                return
            }
        } catch {
            Issue.record("\(error)")
        }
    }
}
