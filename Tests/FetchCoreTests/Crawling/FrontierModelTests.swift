import FetchHTTP
import TestSupport
import Testing

@testable import FetchCrawl

/// Random turns, given to both frontiers: they must say the same, and what they say must add up.
@Suite("Both frontiers")
struct FrontierModelTests {
    @Test("say the same to the same turns", arguments: [1, 2, 3])
    func agree(seed: UInt64) async throws {
        try await FrontierKind.sqlite.with { durable in
            let memory = MemoryFrontier()
            var random = SeededRandom(seed: seed)
            var now: Int64 = 0
            var held: [(memory: OriginLease, durable: OriginLease)] = []
            for _ in 0..<400 {
                now += Int64.random(in: 0...20, using: &random)
                var turn = FrontierTurn()
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    let origin = "h\(Int.random(in: 0..<5, using: &random))"
                    let name = "\(Int.random(in: 0..<400, using: &random))"
                    let isTrap = Int.random(in: 0..<20, using: &random) == 0
                    turn.candidates.append(try candidate(origin, name, skip: isTrap ? .trap : nil))
                }
                var other = turn
                if !held.isEmpty, Bool.random(using: &random) {
                    let index = Int.random(in: 0..<held.count, using: &random)
                    var report = LeaseReport(held[index].memory.token)
                    for url in held[index].memory.urls where Bool.random(using: &random) {
                        var result = VisitResult(url.fingerprint, Self.ending(now, &random))
                        result.isPage = Int.random(in: 0..<8, using: &random) > 0
                        report.results.append(result)
                    }
                    report.ends = true
                    if Bool.random(using: &random) { report.nextDue = now + Int64.random(in: 0...50, using: &random) }
                    turn.reports = [report]
                    report.token = held[index].durable.token
                    other.reports = [report]
                    // Now and then the holder comes back with a lease that is over.
                    if Int.random(in: 0..<4, using: &random) > 0 { held.remove(at: index) }
                }
                turn.origins = Int.random(in: 0...2, using: &random)
                turn.perOrigin = Int.random(in: 1...4, using: &random)
                let first = memory.take(turn, now: now, ttl: 200)
                (other.origins, other.perOrigin) = (turn.origins, turn.perOrigin)
                let second = try await durable.take(other, now: now, ttl: 200)
                try Self.compare(first, second)
                held += zip(first.leases, second.leases).map { (memory: $0, durable: $1) }
                if Int.random(in: 0..<30, using: &random) == 0 {
                    let reaped = try await durable.reap(now: now)
                    #expect(memory.reap(now: now) == reaped)
                }
                let counts = try await durable.counts()
                try #require(memory.counts() == counts)
            }
            let counts = memory.counts()
            #expect(counts.done > 20 && counts.dropped > 0 && counts.failed > 0)
            #expect(counts.known == memory.scan(after: nil, limit: 10_000).records.count)
        }
    }

    private static func ending(_ now: Int64, _ random: inout SeededRandom) -> VisitResult.Ending {
        switch Int.random(in: 0..<24, using: &random) {
        case 0: .later
        case 1...4: .failed(recordEnd: 1)
        case 5...8: .dropped(.robots)
        case 9...12: .again(notBefore: now + Int64.random(in: 1...40, using: &random))
        default: .done(status: 200, recordEnd: 1)
        }
    }

    private static func compare(_ first: FrontierAnswer, _ second: FrontierAnswer) throws {
        try #require(first.added == second.added)
        try #require(first.stale.count == second.stale.count)
        try #require(first.leases.map(\.origin) == second.leases.map(\.origin))
        try #require(first.leases.map(\.names) == second.leases.map(\.names))
        try #require(first.leases.map(\.finished) == second.leases.map(\.finished))
    }
}
