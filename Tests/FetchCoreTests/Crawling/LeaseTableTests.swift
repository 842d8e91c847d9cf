import FetchHTTP
import TestSupport
import Testing

@testable import FetchCrawl
@testable import FetchHTML

@Suite("The leases of a crawl")
struct LeaseTableTests {
    private static let rules = OriginRobots(source: .none, policy: .allowAll, delay: 0)

    private static let forbidding = OriginRobots(source: .rules, policy: .disallowAll, delay: 0)

    private static func lease(_ origin: Int64, _ count: Int, finished: Int = 0) throws -> OriginLease {
        let urls = try (0..<count).map { index in
            QueuedURL(
                url: try FetchURL.parse("http://h\(origin)/\(index)"),
                fingerprint: UInt64(origin) << 32 | UInt64(index),
                depth: 0, kind: .page, parent: nil, redirects: 0, hops: 0, tries: 0)
        }
        return OriginLease(
            token: FencingToken(origin: origin, number: 1), origin: "http://h\(origin)", urls: urls, robots: nil,
            finished: finished)
    }

    private static func table(
        total: Int = 10, perOrigin: Int = 2, pages: Int = .max, pagesPerOrigin: Int = .max, hosts: HostMap<Int>? = nil
    ) -> LeaseTable {
        var limits = LeaseTable.Limits()
        limits.total = total
        limits.perOrigin = perOrigin
        limits.pages = pages
        limits.pagesPerOrigin = pagesPerOrigin
        limits.hosts = hosts
        return LeaseTable(limits: limits, finished: 0)
    }

    private static func startAll(_ table: inout LeaseTable) -> [LeaseTable.Start] {
        var starts: [LeaseTable.Start] = []
        while let start = table.start({ _, _, _ in }) { starts.append(start) }
        return starts
    }

    @Test("starts nothing before the rules of a host are known, then so many at once, hosts in turns")
    func turns() throws {
        var table = Self.table(total: 3)
        table.add(try Self.lease(1, 4))
        table.add(try Self.lease(2, 4))
        #expect(Self.startAll(&table).isEmpty)
        table.open(1, Self.rules)
        table.open(2, Self.rules)
        let starts = Self.startAll(&table)
        #expect(starts.map(\.origin) == [1, 2, 1])
        #expect(table.inFlight == 3)
        _ = table.end(starts[1].slot, now: 0)
        #expect(Self.startAll(&table).map(\.origin) == [2])
    }

    @Test("starts nothing for a host whose last answer may ask for a pause, until that is read; others go on")
    func warning() throws {
        var table = Self.table(total: 2)
        table.add(try Self.lease(1, 4))
        table.add(try Self.lease(2, 4))
        table.open(1, Self.rules)
        table.open(2, Self.rules)
        let starts = Self.startAll(&table)
        #expect(starts.map(\.origin) == [1, 2])
        for start in starts { _ = table.end(start.slot, now: 0, isWarning: start.origin == 1) }
        #expect(Self.startAll(&table).map(\.origin) == [2, 2])
        table.complete(1, isWarning: true)
        table.complete(2)
        #expect(table.inFlight == 2)
        table = Self.table(total: 4)
        table.add(try Self.lease(1, 4))
        table.open(1, Self.rules)
        let first = Self.startAll(&table)
        for start in first { _ = table.end(start.slot, now: 0, isWarning: true) }
        table.complete(1, isWarning: true)
        #expect(Self.startAll(&table).isEmpty)
        table.complete(1, isWarning: true)
        #expect(Self.startAll(&table).map(\.origin) == [1, 1])
    }

    @Test("the report that carries a host's robots.txt ends the lease too, when all that is queued is forbidden")
    func forbiddenHost() throws {
        var table = Self.table()
        table.add(try Self.lease(1, 1))
        let robots = StoredRobots(state: .rules, text: Array("User-agent: *\nDisallow: /\n".utf8), until: 1000)
        table.keep(robots, of: 1)
        table.open(1, Self.forbidding)
        #expect(Self.startAll(&table).isEmpty)
        let reports = table.reports()
        #expect(reports.map(\.report.ends) == [true])
        #expect(reports.first?.report.robots != nil)
        #expect(table.visits.isEmpty)
    }

    @Test("keeps a host until the answers that came are read")
    func unread() throws {
        var table = Self.table()
        table.add(try Self.lease(1, 1))
        table.open(1, Self.rules)
        let start = try #require(Self.startAll(&table).first)
        _ = table.end(start.slot, now: 0)
        #expect(!table.reports().contains { $0.report.ends })
        table.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
        table.complete(1)
        let report = try #require(table.reports().first?.report)
        #expect(report.ends && report.results.count == 1)
        #expect(table.visits.isEmpty)
    }

    @Test("issue 24.3: a host has its own maximum, and asks for as many URLs as that needs")
    func ownMaximum() throws {
        var hosts = HostMap<Int>()
        hosts.add(1, for: try HostPattern("http://h1"))
        hosts.add(30, for: try HostPattern("http://h2"))
        var table = Self.table(total: 40, hosts: hosts)
        #expect(table.perOrigin == 120)
        for origin in Int64(1)...3 {
            table.add(try Self.lease(origin, 60))
            table.open(origin, Self.rules)
        }
        let starts = Self.startAll(&table)
        #expect([1, 2, 3].map { origin in starts.count { $0.origin == origin } } == [1, 30, 2])
        var delayed = Self.table(hosts: hosts)
        delayed.add(try Self.lease(2, 60))
        delayed.open(2, OriginRobots(source: .rules, policy: .allowAll, delay: 500))
        #expect(Self.startAll(&delayed).count == 1)
    }

    @Test("gives a host with a delay one request, and then back until the delay is over")
    func delay() throws {
        var table = Self.table(perOrigin: 4)
        table.add(try Self.lease(1, 4))
        table.open(1, OriginRobots(source: .rules, policy: .allowAll, delay: 500))
        let starts = Self.startAll(&table)
        #expect(starts.count == 1)
        _ = table.end(starts[0].slot, now: 1000)
        table.keep(VisitResult(starts[0].url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
        table.complete(1)
        #expect(Self.startAll(&table).isEmpty)
        let report = try #require(table.reports().first?.report)
        #expect(report.ends && report.nextDue == 1500)
    }

    @Test("starts no more than the budget of pages, unread answers counted")
    func budget() throws {
        var table = Self.table(perOrigin: 8, pages: 3)
        table.add(try Self.lease(1, 8))
        table.open(1, Self.rules)
        let starts = Self.startAll(&table)
        #expect(starts.count == 3)
        for start in starts { _ = table.end(start.slot, now: 0) }
        #expect(Self.startAll(&table).isEmpty)
        #expect(table.wantedOrigins == 0)
        for start in starts {
            table.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
            table.complete(1)
        }
        #expect(table.isBudgetSpent)
        #expect(table.reports().first?.report.ends == true)
    }

    @Test("parks a host whose budget is spent, earlier runs counted")
    func hostBudget() throws {
        var table = Self.table(perOrigin: 8, pagesPerOrigin: 5)
        table.add(try Self.lease(1, 8, finished: 3))
        table.open(1, Self.rules)
        let starts = Self.startAll(&table)
        #expect(starts.count == 2)
        for start in starts {
            _ = table.end(start.slot, now: 0)
            table.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
            table.complete(1)
        }
        let report = try #require(table.reports().first?.report)
        #expect(report.ends && report.nextDue == LeaseReport.parked)
        #expect(table.spent == ["http://h1"])
    }

    @Test("drops what robots.txt forbids without a request")
    func forbidden() throws {
        let policy = RobotsPolicy(parsing: Array("User-agent: *\nDisallow: /1\n".utf8), agent: "fetchall")
        var table = Self.table(perOrigin: 8)
        table.add(try Self.lease(1, 3))
        table.open(1, OriginRobots(source: .rules, policy: policy, delay: 0))
        var forbidden: [String] = []
        var started: [String] = []
        while let start = table.start({ _, url, _ in forbidden.append(url.url.path) }) {
            started.append(start.url.url.path)
        }
        #expect(forbidden == ["/1"])
        #expect(started == ["/0", "/2"])
        #expect(table.reports().first?.report.results.first?.ending == .dropped(.robots))
    }

    @Test("asks for more of a host as its queue runs low, and again when links of it are found")
    func more() throws {
        var table = Self.table(perOrigin: 2)
        table.add(try Self.lease(1, table.perOrigin))
        table.open(1, Self.rules)
        var wanted = 0
        for _ in 0..<table.perOrigin - 2 {
            guard let start = table.start({ _, _, _ in }) else { break }
            _ = table.end(start.slot, now: 0)
            table.keep(VisitResult(start.url.fingerprint, .done(status: 200, recordEnd: 0)), of: 1)
            table.complete(1)
            wanted = table.reports().first?.wants ?? 0
            if wanted > 0 { break }
        }
        #expect(wanted > table.perOrigin / 2)
        table.add([], to: 1, wanted: wanted)
        #expect(table.reports().allSatisfy { $0.wants == 0 })
        table.noteLinks(of: "http://h1")
        #expect(table.reports().first?.wants ?? 0 > 0)
    }

    @Test func `issue 21.10: an answer that is no page of the budget makes room for the next`() throws {
        for isRetried in [true, false] {
            var table = Self.table(pagesPerOrigin: 1)
            table.add(try Self.lease(1, 2))
            table.open(1, Self.rules)
            let first = try #require(Self.startAll(&table).first)
            #expect(Self.startAll(&table).isEmpty)
            _ = table.end(first.slot, now: 0)
            var result = VisitResult(first.url.fingerprint, .done(status: 200, recordEnd: 0))
            if isRetried { result.ending = .again(notBefore: 9) } else { result.isPage = false }
            table.keep(result, of: 1)
            table.complete(1)
            #expect(Self.startAll(&table).map(\.url.url.path) == ["/1"])
        }
    }
}
