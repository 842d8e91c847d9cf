import FetchHTTP
import TestSupport
import Testing

@testable import FetchCrawl

/// What every frontier does, whatever it keeps its URLs in.
@Suite("Every frontier", .serialized)
struct FrontierTests {
    @Test("queues a URL once in the life of a crawl", arguments: FrontierKind.allCases)
    func once(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            let links = [try candidate("a", "1"), try candidate("a", "2"), try candidate("a", "1")]
            #expect(try await frontier.enqueue(links) == 2)
            #expect(try await frontier.enqueue(links) == 0)
            let lease = try #require(try await frontier.lease(origins: 9, perOrigin: 9, now: 0).first)
            #expect(lease.names == ["1", "2"])
            try await frontier.complete(LeaseReport(lease.token, results: lease.urls.map(\.done), ends: true), now: 0)
            #expect(try await frontier.enqueue(links) == 0)
            #expect(try await frontier.lease(origins: 9, perOrigin: 9, now: 0).isEmpty)
            #expect(try await frontier.unknown(links.map(\.fingerprint)).isEmpty)
            #expect(try await frontier.counts().done == 2)
            #expect(try await frontier.nextWake(now: 0) == .finished)
        }
    }

    @Test("leases a host to one holder, with URLs of that host alone", arguments: FrontierKind.allCases)
    func oneHolder(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            let links = try (0..<12).map { try candidate("h\($0 % 3)", "\($0)") }
            try await frontier.enqueue(links)
            let leases = try await frontier.lease(origins: 9, perOrigin: 2, now: 0)
            #expect(leases.map(\.origin) == ["http://h0", "http://h1", "http://h2"])
            #expect(leases.map(\.names) == [["0", "3"], ["1", "4"], ["2", "5"]])
            #expect(try await frontier.lease(origins: 9, perOrigin: 2, now: 0).isEmpty)
            #expect(try await frontier.nextWake(now: 0) == .waitingForLeases)
        }
    }

    @Test("gives more URLs under the same lease, first come first served", arguments: FrontierKind.allCases)
    func more(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue(try (0..<5).map { try candidate("a", "\($0)") })
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 2, now: 0).first)
            var turn = FrontierTurn()
            turn.reports = [LeaseReport(lease.token, results: [lease.urls[0].done], wants: 2)]
            let more = try await frontier.take(turn, now: 0, ttl: 1000).more[lease.token] ?? []
            #expect(more.map(\.url.path) == ["/2", "/3"])
            let counts = try await frontier.counts()
            #expect([counts.queued, counts.leased, counts.done] == [1, 3, 1])
        }
    }

    @Test("puts what an ended lease leaves back at the head", arguments: FrontierKind.allCases)
    func head(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue(try (0..<4).map { try candidate("a", "\($0)") })
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 3, now: 0).first)
            try await frontier.complete(LeaseReport(lease.token, results: [lease.urls[1].done], ends: true), now: 0)
            let next = try #require(try await frontier.lease(origins: 1, perOrigin: 9, now: 0).first)
            #expect(next.names == ["0", "2", "3"])
            #expect(next.token.number > lease.token.number)
            #expect(next.finished == 1)
        }
    }

    @Test("does not lease a host before its time", arguments: FrontierKind.allCases)
    func time(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "1"), try candidate("a", "2"), try candidate("b", "1")])
            let leases = try await frontier.lease(origins: 9, perOrigin: 1, now: 1000)
            #expect(leases.count == 2)
            for lease in leases {
                let due: Int64 = lease.origin == "http://a" ? 5000 : 3000
                try await frontier.complete(
                    LeaseReport(lease.token, results: lease.urls.map(\.done), ends: true, nextDue: due), now: 1000)
            }
            // A new link does not jump the delay.
            try await frontier.enqueue([try candidate("b", "2")])
            #expect(try await frontier.nextWake(now: 1000) == .at(3000))
            #expect(try await frontier.lease(origins: 9, perOrigin: 1, now: 2999).isEmpty)
            #expect(try await frontier.lease(origins: 9, perOrigin: 1, now: 3000).map(\.origin) == ["http://b"])
            #expect(try await frontier.lease(origins: 9, perOrigin: 1, now: 5000).map(\.origin) == ["http://a"])
        }
    }

    @Test("takes an expired lease back, and nothing of its holder any more", arguments: FrontierKind.allCases)
    func expiry(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "1"), try candidate("a", "2")])
            let old = try #require(try await frontier.lease(origins: 1, perOrigin: 2, now: 0, ttl: 100).first)
            #expect(try await frontier.reap(now: 99) == 0)
            #expect(try await frontier.reap(now: 100) == 2)
            let late = LeaseReport(old.token, results: old.urls.map(\.done), ends: true, nextDue: 9999)
            #expect(try await frontier.complete(late, now: 101) == false)
            let new = try #require(try await frontier.lease(origins: 1, perOrigin: 2, now: 101).first)
            #expect(new.names == ["1", "2"])
            #expect(try await frontier.complete(late, now: 102) == false)
            #expect(try await frontier.counts().leased == 2)
            #expect(
                try await frontier.complete(LeaseReport(new.token, results: new.urls.map(\.done), ends: true), now: 103)
            )
            #expect(try await frontier.counts().done == 2)
        }
    }

    @Test("takes a result once, and none for a URL of somebody else", arguments: FrontierKind.allCases)
    func idempotent(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "1"), try candidate("b", "1"), try candidate("a", "2")])
            let leases = try await frontier.lease(origins: 2, perOrigin: 1, now: 0)
            let (a, b) = (leases[0], leases[1])
            for _ in 0..<2 {
                try await frontier.complete(LeaseReport(a.token, results: [a.urls[0].done, b.urls[0].done]), now: 0)
            }
            let counts = try await frontier.counts()
            #expect([counts.queued, counts.leased, counts.done] == [1, 1, 1])
        }
    }

    @Test(
        "tries a URL again after its time, behind those that wait for the first time", arguments: FrontierKind.allCases)
    func again(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "1"), try candidate("a", "2")])
            let first = try #require(try await frontier.lease(origins: 1, perOrigin: 1, now: 0).first)
            try await frontier.complete(
                LeaseReport(
                    first.token, results: [VisitResult(first.urls[0].fingerprint, .again(notBefore: 500))], ends: true),
                now: 0)
            let second = try #require(try await frontier.lease(origins: 1, perOrigin: 9, now: 400).first)
            #expect(second.names == ["2"])
            try await frontier.complete(
                LeaseReport(second.token, results: second.urls.map(\.done), ends: true), now: 400)
            #expect(try await frontier.lease(origins: 1, perOrigin: 9, now: 499).isEmpty)
            #expect(try await frontier.nextWake(now: 499) == .at(500))
            let third = try #require(try await frontier.lease(origins: 1, perOrigin: 9, now: 500).first)
            #expect(third.names == ["1"])
            #expect(third.urls.first?.tries == 1)
        }
    }

    @Test("leaves a parked host alone", arguments: FrontierKind.allCases)
    func parked(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "1"), try candidate("b", "1")])
            let leases = try await frontier.lease(origins: 2, perOrigin: 1, now: 0)
            try await frontier.complete(LeaseReport(leases[0].token, ends: true, nextDue: LeaseReport.parked), now: 0)
            try await frontier.complete(
                LeaseReport(leases[1].token, results: leases[1].urls.map(\.done), ends: true), now: 0)
            try await frontier.enqueue([try candidate("a", "2")])
            #expect(try await frontier.lease(origins: 2, perOrigin: 1, now: .max / 2).isEmpty)
            #expect(try await frontier.nextWake(now: 0) == .finished)
            #expect(try await frontier.counts().queued == 2)
        }
    }

    @Test("knows a dropped URL and never leases it", arguments: FrontierKind.allCases)
    func dropped(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            let trap = try candidate("a", "trap", depth: 3, skip: .trap)
            try await frontier.enqueue([trap, try candidate("a", "1")])
            #expect(try await frontier.unknown([trap.fingerprint]).isEmpty)
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 9, now: 0).first)
            #expect(lease.names == ["1"])
            let result = VisitResult(lease.urls[0].fingerprint, .dropped(.robots))
            try await frontier.complete(LeaseReport(lease.token, results: [result], ends: true), now: 0)
            let key = PageKey(origin: trap.origin, fingerprint: trap.fingerprint)
            let record = try #require(try await frontier.find(key))
            #expect(record.state == .dropped && record.reason == .trap && record.depth == 3)
            #expect(try await frontier.counts().dropped == 2)
        }
    }

    @Test("gives the page a URL was found on, and those that link to it", arguments: FrontierKind.allCases)
    func parents(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            let seed = try candidate("a", "seed")
            let key = PageKey(origin: seed.origin, fingerprint: seed.fingerprint)
            let page = try candidate("b", "page", depth: 1, parent: key)
            let target = PageKey(origin: page.origin, fingerprint: page.fingerprint)
            var turn = FrontierTurn()
            turn.candidates = [seed, page]
            turn.links = [PageLink(from: key, to: target), PageLink(from: key, to: target)]
            _ = try await frontier.take(turn, now: 0, ttl: 1)
            let leases = try await frontier.lease(origins: 2, perOrigin: 1, now: 0)
            #expect(leases.flatMap(\.urls).map(\.parent) == [nil, "http://a/seed"])
            #expect(leases.flatMap(\.urls).map(\.depth) == [0, 1])
            #expect(try await frontier.referrers(of: target, limit: 9) == ["http://a/seed"])
        }
    }

    @Test("keeps what was found out about robots.txt", arguments: FrontierKind.allCases)
    func robots(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            try await frontier.enqueue([try candidate("a", "1")])
            let lease = try #require(try await frontier.lease(origins: 1, perOrigin: 1, now: 0).first)
            #expect(lease.robots == nil)
            let robots = StoredRobots(
                state: .rules, text: [0xEF, 0xBB, 0xBF, 0x00, 0xFF], until: 77, failures: 2, failingSince: 5)
            try await frontier.complete(LeaseReport(lease.token, ends: true, robots: robots), now: 0)
            #expect(try await frontier.lease(origins: 1, perOrigin: 1, now: 0).first?.robots == robots)
        }
    }

    @Test("scans everything it knows, once", arguments: FrontierKind.allCases)
    func scan(kind: FrontierKind) async throws {
        try await kind.with { frontier in
            let links = try (0..<25).map { try candidate("h\($0 % 4)", "\($0)") }
            try await frontier.enqueue(links)
            var found: [String] = []
            var position: ScanPosition?
            repeat {
                let page = try await frontier.scan(after: position, limit: 7)
                found += page.records.map(\.url.href)
                position = page.next
            } while position != nil
            #expect(found.count == 25)
            #expect(Set(found) == Set(links.map(\.url.href)))
        }
    }
}
