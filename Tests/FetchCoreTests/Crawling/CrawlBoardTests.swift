import TestSupport
import Testing

@testable import FetchCore

@Suite("The board of a crawl")
struct CrawlBoardTests {
    private static let rules = RobotsRules(source: .none, policy: .allowAll, delay: 0)

    private static let forbidding = RobotsRules(source: .rules, policy: .disallowAll, delay: 0)

    private static func lease(_ host: Int64, _ count: Int, finished: Int = 0) throws -> HostLease {
        let urls = try (0..<count).map { index in
            QueuedURL(
                url: try FetchURL.parse("http://h\(host)/\(index)"), fingerprint: UInt64(host) << 32 | UInt64(index),
                depth: 0, kind: .page, parent: nil, redirects: 0, hops: 0, tries: 0)
        }
        return HostLease(
            token: LeaseToken(host: host, number: 1), host: "http://h\(host)", urls: urls, robots: nil,
            finished: finished)
    }

    private static func board(
        total: Int = 10, perHost: Int = 2, pages: Int = .max, pagesPerHost: Int = .max
    ) -> CrawlBoard {
        var limits = CrawlBoard.Limits()
        limits.total = total
        limits.perHost = perHost
        limits.pages = pages
        limits.pagesPerHost = pagesPerHost
        return CrawlBoard(limits: limits, finished: 0)
    }

    private static func startAll(_ board: inout CrawlBoard) -> [CrawlBoard.Start] {
        var starts: [CrawlBoard.Start] = []
        while let start = board.start({ _, _, _ in }) { starts.append(start) }
        return starts
    }

    @Test("starts nothing before the rules of a host are known, then so many at once, hosts in turns")
    func turns() throws {
        var board = Self.board(total: 3)
        board.add(try Self.lease(1, 4))
        board.add(try Self.lease(2, 4))
        #expect(Self.startAll(&board).isEmpty)
        board.open(1, Self.rules)
        board.open(2, Self.rules)
        let starts = Self.startAll(&board)
        #expect(starts.map(\.host) == [1, 2, 1])
        #expect(board.inFlight == 3)
        _ = board.end(starts[1].slot, now: 0)
        #expect(Self.startAll(&board).map(\.host) == [2])
    }

    @Test("starts nothing for a host whose last answer may ask for a pause, until that is read; others go on")
    func warning() throws {
        var board = Self.board(total: 2)
        board.add(try Self.lease(1, 4))
        board.add(try Self.lease(2, 4))
        board.open(1, Self.rules)
        board.open(2, Self.rules)
        let starts = Self.startAll(&board)
        #expect(starts.map(\.host) == [1, 2])
        for start in starts { _ = board.end(start.slot, now: 0, isWarning: start.host == 1) }
        #expect(Self.startAll(&board).map(\.host) == [2, 2])
        board.settle(1, isWarning: true)
        board.settle(2)
        #expect(board.inFlight == 2)
        board = Self.board(total: 4)
        board.add(try Self.lease(1, 4))
        board.open(1, Self.rules)
        let first = Self.startAll(&board)
        for start in first { _ = board.end(start.slot, now: 0, isWarning: true) }
        board.settle(1, isWarning: true)
        #expect(Self.startAll(&board).isEmpty)
        board.settle(1, isWarning: true)
        #expect(Self.startAll(&board).map(\.host) == [1, 1])
    }

    @Test("the report that carries a host's robots.txt ends the lease too, when all that is queued is forbidden")
    func forbiddenHost() throws {
        var board = Self.board()
        board.add(try Self.lease(1, 1))
        let robots = StoredRobots(state: .rules, text: Array("User-agent: *\nDisallow: /\n".utf8), until: 1000)
        board.keep(robots, of: 1)
        board.open(1, Self.forbidding)
        #expect(Self.startAll(&board).isEmpty)
        let reports = board.reports()
        #expect(reports.map(\.report.ends) == [true])
        #expect(reports.first?.report.robots != nil)
        #expect(board.visits.isEmpty)
    }

    @Test("keeps a host until the answers that came are read")
    func unread() throws {
        var board = Self.board()
        board.add(try Self.lease(1, 1))
        board.open(1, Self.rules)
        let start = try #require(Self.startAll(&board).first)
        _ = board.end(start.slot, now: 0)
        #expect(!board.reports().contains { $0.report.ends })
        board.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
        board.settle(1)
        let report = try #require(board.reports().first?.report)
        #expect(report.ends && report.results.count == 1)
        #expect(board.visits.isEmpty)
    }

    @Test("gives a host with a delay one request, and then back until the delay is over")
    func delay() throws {
        var board = Self.board(perHost: 4)
        board.add(try Self.lease(1, 4))
        board.open(1, RobotsRules(source: .rules, policy: .allowAll, delay: 500))
        let starts = Self.startAll(&board)
        #expect(starts.count == 1)
        _ = board.end(starts[0].slot, now: 1000)
        board.keep(VisitResult(starts[0].url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
        board.settle(1)
        #expect(Self.startAll(&board).isEmpty)
        let report = try #require(board.reports().first?.report)
        #expect(report.ends && report.nextDue == 1500)
    }

    @Test("starts no more than the budget of pages, unread answers counted")
    func budget() throws {
        var board = Self.board(perHost: 8, pages: 3)
        board.add(try Self.lease(1, 8))
        board.open(1, Self.rules)
        let starts = Self.startAll(&board)
        #expect(starts.count == 3)
        for start in starts { _ = board.end(start.slot, now: 0) }
        #expect(Self.startAll(&board).isEmpty)
        #expect(board.wantedHosts == 0)
        for start in starts {
            board.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
            board.settle(1)
        }
        #expect(board.isBudgetSpent)
        #expect(board.reports().first?.report.ends == true)
    }

    @Test("parks a host whose budget is spent, earlier runs counted")
    func hostBudget() throws {
        var board = Self.board(perHost: 8, pagesPerHost: 5)
        board.add(try Self.lease(1, 8, finished: 3))
        board.open(1, Self.rules)
        let starts = Self.startAll(&board)
        #expect(starts.count == 2)
        for start in starts {
            _ = board.end(start.slot, now: 0)
            board.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
            board.settle(1)
        }
        let report = try #require(board.reports().first?.report)
        #expect(report.ends && report.nextDue == LeaseReport.parked)
        #expect(board.spent == ["http://h1"])
    }

    @Test("drops what robots.txt forbids without a request")
    func forbidden() throws {
        let policy = RobotsPolicy(parsing: Array("User-agent: *\nDisallow: /1\n".utf8), agent: "fetchall")
        var board = Self.board(perHost: 8)
        board.add(try Self.lease(1, 3))
        board.open(1, RobotsRules(source: .rules, policy: policy, delay: 0))
        var forbidden: [String] = []
        var started: [String] = []
        while let start = board.start({ _, url, _ in forbidden.append(url.url.path) }) {
            started.append(start.url.url.path)
        }
        #expect(forbidden == ["/1"])
        #expect(started == ["/0", "/2"])
        #expect(board.reports().first?.report.results.first?.ending == .dropped(.robots))
    }

    @Test("asks for more of a host as its queue runs low, and again when links of it are found")
    func more() throws {
        var board = Self.board(perHost: 2)
        board.add(try Self.lease(1, board.perHost))
        board.open(1, Self.rules)
        var wanted = 0
        for _ in 0..<board.perHost - 2 {
            guard let start = board.start({ _, _, _ in }) else { break }
            _ = board.end(start.slot, now: 0)
            board.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
            board.settle(1)
            wanted = board.reports().first?.wants ?? 0
            if wanted > 0 { break }
        }
        #expect(wanted > board.perHost / 2)
        board.add([], to: 1, wanted: wanted)
        #expect(board.reports().allSatisfy { $0.wants == 0 })
        board.noteLinks(of: "http://h1")
        #expect(board.reports().first?.wants ?? 0 > 0)
    }
}
