import FetchHTTP
import TestSupport
import Testing

@testable import FetchScheduling

/// Who may run and who waits, one event after the other. Who waits is a number here.
@Suite struct PermitStateTests {
    @Test func lendsNoMoreThanItHas() {
        let permits = Permits(limit: 2)
        #expect(permits.request(1, for: "a"))
        #expect(permits.request(2, for: "b"))
        #expect(!permits.request(3, for: "c"))
        #expect(permits.state.used == 2)
    }

    @Test func lendsNoMoreToAKeyThanItMay() {
        let permits = Permits(limit: 10, perKey: 1)
        #expect(permits.request(1, for: "a"))
        #expect(!permits.request(2, for: "a"))
        #expect(permits.request(3, for: "b"))
        #expect(permits.state.used == 2)
        // A permit of another key is of no use to the one that waits.
        #expect(permits.release("b") == [])
        #expect(permits.release("a") == [2])
        #expect(permits.state.used == 1)
    }

    @Test func servesAKeyInTheOrderOfItsRequests() {
        let permits = Permits(limit: 1)
        #expect(permits.request(0, for: "a"))
        for id in 1...5 { #expect(!permits.request(id, for: "a")) }
        var order: [Int] = []
        for _ in 1...5 { order += permits.release("a") }
        #expect(order == [1, 2, 3, 4, 5])
    }

    @Test func letsWhatWasBegunGoFirst() {
        let permits = Permits(limit: 1)
        #expect(permits.request(0, for: "a"))
        for id in 1...3 { #expect(!permits.request(id, for: "a")) }
        #expect(!permits.request(9, for: "a", isFirst: true))
        #expect(permits.release("a") == [9])
        #expect(permits.release("a") == [1])
    }

    @Test func letsKeysTakeTurns() {
        let permits = Permits(limit: 1)
        #expect(permits.request(0, for: "x"))
        // A long queue for one key, then one each for two others.
        for id in [10, 11, 12, 13] { _ = permits.request(id, for: "a") }
        _ = permits.request(20, for: "b")
        _ = permits.request(30, for: "c")
        var order: [Int] = []
        var key = "x"
        for _ in 0..<6 {
            let granted = permits.release(key)
            order += granted
            key = ["a", "b", "c"][(granted.first ?? 10) / 10 - 1]
        }
        #expect(order == [10, 20, 30, 11, 12, 13])
    }

    @Test func givesTheNextPermitToTheKeyWithTheFewest() {
        let permits = Permits(limit: 4)
        for id in 0..<4 { #expect(permits.request(id, for: "slow")) }
        for id in 10..<14 { _ = permits.request(id, for: "slow") }
        for id in 20..<24 { _ = permits.request(id, for: "fast") }
        // Whatever comes back, the one with less is served until both have two.
        #expect(permits.release("slow") == [20])
        #expect(permits.release("slow") == [21])
        #expect(permits.release("slow") == [10])
        // The answers of the fast one free permits for nobody but itself.
        #expect(permits.release("fast") == [22])
        #expect(permits.release("fast") == [23])
    }

    @Test func grantsSeveralAtOnceWhereOneReleaseFreesTheWay() {
        let permits = Permits(limit: 3, perKey: 1)
        for (id, key) in [(1, "a"), (2, "b"), (3, "c")] { #expect(permits.request(id, for: key)) }
        for (id, key) in [(4, "d"), (5, "e"), (6, "a")] { #expect(!permits.request(id, for: key)) }
        #expect(permits.release("a") == [4])
        #expect(permits.release("b") == [5])
        #expect(permits.release("c") == [6])
        #expect(permits.state.used == 3)
    }

    @Test func passesOverThoseWhoWaitNoLonger() {
        let permits = Permits(limit: 1)
        _ = permits.request(1, for: "a")
        for id in 2...4 { _ = permits.request(id, for: "a") }
        permits.gone = [2, 3]
        #expect(permits.release("a") == [4])
        #expect(permits.state.used == 1)
    }

    @Test func lendsAtOnceWhenOnlyOnesWhoLeftWereInFront() {
        let permits = Permits(limit: 1)
        _ = permits.request(1, for: "a")
        _ = permits.request(2, for: "a")
        permits.gone = [2]
        #expect(permits.release("a") == [])
        #expect(permits.state.used == 0)
        #expect(permits.request(3, for: "a"))
    }

    @Test func lendsNothingOnceItIsClosed() {
        let permits = Permits(limit: 1)
        _ = permits.request(1, for: "a")
        _ = permits.request(2, for: "a")
        _ = permits.request(3, for: "b")
        #expect(Set(permits.state.close()) == [2, 3])
        #expect(permits.state.isClosed)
        #expect(permits.state.close() == [])
        #expect(!permits.request(4, for: "a"))
        // What was lent may come back.
        #expect(permits.release("a") == [])
        #expect(permits.state.used == 0)
    }

    @Test func forgetsKeysThatNeitherRunNorWait() {
        let permits = Permits(limit: 4, perKey: 2)
        for round in 0..<5000 {
            #expect(permits.request(round, for: "host-\(round)"))
            #expect(permits.release("host-\(round)") == [])
        }
        #expect(permits.state.keyCount <= 1)
        // Also when somebody gave up waiting.
        for id in 1...4 { _ = permits.request(id, for: "busy-\(id)") }
        for id in 10...20 { _ = permits.request(id, for: "gone-\(id)") }
        permits.gone = Set(10...20)
        for id in 1...4 { #expect(permits.release("busy-\(id)") == []) }
        #expect(permits.state.keyCount <= 1)
    }

    @Test func keepsToARateInEveryWindow() {
        let permits = Permits(limit: 10, rate: RateLimit(maxCalls: 2, period: .seconds(1)))
        #expect(permits.request(1, for: "a"))
        permits.now = .milliseconds(600)
        #expect(permits.request(2, for: "b"))
        #expect(!permits.request(3, for: "c"))
        #expect(!permits.request(4, for: "d"))
        #expect(permits.state.nextWake == .seconds(1))
        #expect(permits.advance(to: .milliseconds(999)) == [])
        // The first start has left the window; the second is in it until 1.6 s.
        #expect(permits.advance(to: .seconds(1)) == [3])
        #expect(permits.state.nextWake == .milliseconds(1600))
        #expect(permits.release("a") == [])
        #expect(permits.advance(to: .milliseconds(1600)) == [4])
        #expect(permits.state.nextWake == nil)
    }

    @Test func holdsAHostToItsRateAndNobodyElse() {
        let permits = Permits(limit: 10, ratePerKey: RateLimit(maxCalls: 1, period: .seconds(1)))
        #expect(permits.request(1, for: "a"))
        #expect(!permits.request(2, for: "a"))
        #expect(permits.request(3, for: "b"))
        #expect(permits.release("a") == [])
        #expect(permits.advance(to: .seconds(1)) == [2])
    }

    @Test func givesAHostThatHasNeverAnsweredATrialWhileOthersMayCome() {
        let permits = Permits(limit: 8, probe: 1)
        permits.expectInput(until: .milliseconds(20))
        #expect(permits.request(1, for: "dead"))
        for id in 2...20 { #expect(!permits.request(id, for: "dead")) }
        #expect(permits.state.isStarving)
        #expect(permits.request(30, for: "live"))
        // One answer, and the live one has all that it can use.
        _ = permits.release("live", .answered)
        for id in 31...37 { #expect(permits.request(id, for: "live")) }
        #expect(permits.state.used == 8)
        // When the list is over and the live one done, the dead may have more, but not the last quarter.
        for _ in 31...37 { _ = permits.release("live", .answered) }
        #expect(permits.expectInput(until: nil).count == 5)
        #expect(permits.state.used == 6)
    }

    @Test func leavesAHostThatAnswersAllButTheTrialWhileItsInputsAreAtHand() {
        let permits = Permits(limit: 32, probe: 2)
        permits.expectInput(until: nil, isAtHand: true)
        for id in 0..<40 { _ = permits.request(id, for: "dead") }
        // Nobody has answered yet: the first may be the only one.
        #expect(permits.state.used == 32)
        let other = Permits(limit: 32, probe: 2)
        #expect(other.request(100, for: "live"))
        _ = other.release("live", .answered)
        other.expectInput(until: nil, isAtHand: true)
        for id in 0..<40 { _ = other.request(id, for: "dead") }
        #expect(other.state.used == 2)
        #expect(other.state.isStarving)
        // The end of the list: three quarters for whoever is left.
        #expect(other.expectInput(until: nil).count == 22)
        #expect(other.state.used == 24)
    }

    @Test func waitsAMomentForAnAnswerWhereTheListIsReadBeforeThereIsOne() {
        let permits = Permits(limit: 32, probe: 2)
        permits.expectInput(until: .milliseconds(250))
        for id in 0..<40 { _ = permits.request(id, for: "dead") }
        for id in 100..<140 { _ = permits.request(id, for: "live") }
        #expect(permits.expectInput(until: nil, grace: .milliseconds(250)) == [])
        #expect(permits.state.used == 4)
        #expect(permits.state.nextWake == .milliseconds(250))
        // An answer, and it has all but the probe.
        #expect(permits.release("live", .answered).count == 29)
        #expect(permits.state.used == 32)
        // Where none comes, all have their share after the moment.
        let silent = Permits(limit: 32, probe: 2)
        silent.expectInput(until: .milliseconds(250))
        for id in 0..<40 { _ = silent.request(id, for: id % 2 == 0 ? "dead" : "slow") }
        silent.expectInput(until: nil, grace: .milliseconds(250))
        #expect(silent.advance(to: .milliseconds(250)).count == 28)
    }

    @Test func letsTheOnlyHostHaveAllOnceNothingElseIsInSight() {
        let permits = Permits(limit: 8, probe: 1)
        permits.expectInput(until: .milliseconds(20))
        for id in 1...20 { _ = permits.request(id, for: "only") }
        #expect(permits.state.used == 1)
        #expect(permits.state.nextWake == .milliseconds(20))
        #expect(permits.advance(to: .milliseconds(20)).count == 7)
        #expect(permits.state.nextWake == nil)
    }

    @Test func sendsNothingToAHostThatAskedForPatience() {
        let permits = Permits(limit: 4)
        for id in 1...3 { #expect(permits.request(id, for: "a")) }
        for id in 4...9 { #expect(permits.request(id, for: "a") == (id == 4)) }
        #expect(permits.release("a", .slowDown(after: .seconds(2))) == [])
        #expect(!permits.request(20, for: "a"))
        #expect(permits.request(21, for: "b"))
        // Others that were in flight come back meanwhile, and change nothing.
        #expect(permits.release("a", .answered) == [])
        #expect(permits.release("a", .slowDown(after: .seconds(1))) == [])
        #expect(permits.release("a", .answered) == [])
        #expect(permits.state.nextWake == .seconds(2))
        #expect(permits.state.isStarving)
        #expect(permits.advance(to: .milliseconds(1999)) == [])
        // One first; then half of the four that were in flight.
        #expect(permits.advance(to: .seconds(2)) == [5])
        #expect(permits.release("a", .answered) == [6, 7])
        #expect(permits.release("a", .answered) == [8])
        #expect(permits.release("a", .answered) == [9, 20])
    }

    @Test func givesUpEverybodyForAHostThatAsksForTooMuch() {
        let permits = Permits(limit: 1)
        #expect(permits.request(1, for: "a"))
        _ = permits.request(2, for: "a")
        _ = permits.request(3, for: "b")
        #expect(permits.release("a", .slowDown(after: .seconds(61))) == [3])
        #expect(permits.refused.map(\.id) == [2])
        #expect(permits.refused.first?.error.kind == .rateLimited)
        #expect(permits.refused.first?.error.retryAfter == .seconds(61))
        permits.now = .seconds(11)
        #expect(!permits.request(4, for: "a"))
        #expect(permits.refused.last?.id == 4)
        #expect(permits.refused.last?.error.retryAfter == .seconds(50))
    }

    /// Random events, with the rules checked after each of them.
    @Test(arguments: 0..<20) func keepsItsRulesWhateverHappens(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = Int.random(in: 1...6, using: &random)
        let perKey = Int.random(in: 1...limit, using: &random)
        let keys = ["a", "b", "c", "d"]
        let permits = Permits(limit: limit, perKey: perKey)
        var running: [Int: String] = [:]
        var waiting: [(id: Int, key: String)] = []
        func grant(_ granted: [Int]) {
            for id in granted {
                guard let index = waiting.firstIndex(where: { $0.id == id }) else {
                    Issue.record("granted to somebody who does not wait")
                    continue
                }
                let key = waiting.remove(at: index).key
                #expect(!waiting[..<index].contains { $0.key == key }, "not first come, first served")
                running[id] = key
            }
        }
        for id in 0..<2000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2:
                let key = keys.randomElement(using: &random) ?? "a"
                if permits.request(id, for: key) { running[id] = key } else { waiting.append((id, key)) }
            case 3:
                guard let entry = running.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
                    continue
                }
                running[entry.key] = nil
                grant(permits.release(entry.value))
            default:
                guard let index = waiting.indices.randomElement(using: &random) else { continue }
                permits.gone.insert(waiting.remove(at: index).id)
            }
            #expect(permits.state.used == running.count)
            #expect(running.count <= limit)
            for key in keys { #expect(running.count { $0.value == key } <= perKey) }
            // No permit is idle that somebody waits for.
            if running.count < limit {
                #expect(waiting.allSatisfy { waiter in running.count { $0.value == waiter.key } == perKey })
            }
        }
    }
}

/// Waiters always have somebody, or a time, to wait for.
@Suite struct PermitStandstillTests {
    @Test(arguments: 0..<100) func `issue 20.3: no sequence of events ends in a standstill`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let keys = ["a", "b", "c", "d", "e"]
        let rate = RateLimit(maxCalls: 2, period: .seconds(1))
        let permits = Permits(
            limit: Int.random(in: 1...6, using: &random), perKey: [nil, 1, 2].randomElement(using: &random) ?? nil,
            rate: Bool.random(using: &random) ? rate : nil, ratePerKey: Bool.random(using: &random) ? rate : nil,
            probe: [nil, 1].randomElement(using: &random) ?? nil)
        var holders: [(id: Int, key: String)] = []
        var waiting: [(id: Int, key: String)] = []
        func grant(_ granted: [Int]) {
            for id in granted {
                if let index = waiting.firstIndex(where: { $0.id == id }) { holders.append(waiting.remove(at: index)) }
            }
            let refused = Set(permits.refused.map(\.id))
            waiting.removeAll { refused.contains($0.id) }
        }
        for id in 0..<400 {
            permits.now += .milliseconds(Int.random(in: 0...300, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1, 2:
                let key = keys.randomElement(using: &random) ?? "a"
                let isFirst = Bool.random(using: &random)
                waiting.append((id, key))
                grant(permits.request(id, for: key, isFirst: isFirst) ? [id] : [])
            case 3, 4, 5:
                guard let index = holders.indices.randomElement(using: &random) else { continue }
                let signals: [AuthorityPace.Signal] = [.unknown, .answered, .reached, .unreachable, .localLimit]
                grant(permits.release(holders.remove(at: index).key, signals.randomElement(using: &random) ?? .unknown))
            case 6: grant(permits.advance(to: permits.now))
            default:
                // No more inputs, now or soon.
                grant(permits.expectInput(until: Bool.random(using: &random) ? nil : permits.now + .seconds(1)))
            }
            if !waiting.isEmpty { #expect(!permits.state.isAtStandstill) }
        }
        // It ends, if time passes and permits come back.
        grant(permits.expectInput(until: nil))
        for _ in 0..<4000 where !waiting.isEmpty || !holders.isEmpty {
            if let holder = holders.popLast() { grant(permits.release(holder.key, .answered)) }
            if let wake = permits.state.nextWake { grant(permits.advance(to: max(wake, permits.now))) }
        }
        #expect(waiting.isEmpty && holders.isEmpty)
    }

    @Test func `issue 20.3: a standstill would be refused, and the state works after it`() {
        let permits = Permits(limit: 1)
        #expect(permits.request(1, for: "a"))
        for id in 2...4 { #expect(!permits.request(id, for: id == 4 ? "b" : "a")) }
        var refused: [Int] = []
        permits.state.refuseAll(FetchError(.io, "a fault")) { id, _ in
            refused.append(id)
            return true
        }
        #expect(refused.sorted() == [2, 3, 4])
        #expect(permits.release("a").isEmpty)
        #expect(permits.request(5, for: "b"))
    }
}

/// A state with what it decided, and a clock.
private final class Permits {
    var state: PermitState<Int>
    var now: Duration = .zero
    /// Who waits no longer.
    var gone: Set<Int> = []
    var refused: [(id: Int, error: FetchError)] = []

    init(
        limit: Int, perKey: Int? = nil, rate: RateLimit? = nil, ratePerKey: RateLimit? = nil, probe: Int? = nil
    ) {
        state = PermitState(
            limits: PermitLimits(
                total: limit, perKey: perKey, rate: rate.map { SlidingLog($0) },
                ratePerKey: ratePerKey.map { SlidingLog($0) },
                probe: probe, pace: PacePolicy()))
    }

    func request(_ id: Int, for key: String, isFirst: Bool = false) -> Bool {
        switch state.request(id, for: key, at: now, isFirst: isFirst) {
        case .granted: return true
        case .refused(let error): refused.append((id, error))
        case .waiting, .closed: break
        }
        return false
    }

    func release(_ key: String, _ signal: AuthorityPace.Signal = .unknown) -> [Int] {
        guard let slot = state.slot(ofHolder: key) else { return [-1] }
        let permit = Permit(slot: slot, start: now)
        return collect { $0.release(permit, signal, at: $1, $2) }
    }

    func advance(to time: Duration) -> [Int] {
        now = time
        return collect { $0.advance(to: $1, $2) }
    }

    @discardableResult func expectInput(
        until: Duration?, isAtHand: Bool = false, grace: Duration = .zero
    ) -> [Int] {
        collect { $0.expectInput(until: until, isAtHand: isAtHand, grace: grace, at: $1, $2) }
    }

    private func collect(
        _ body: (inout PermitState<Int>, Duration, PermitState<Int>.Deliver) -> Void
    ) -> [Int] {
        var granted: [Int] = []
        var refused: [(id: Int, error: FetchError)] = []
        let gone = gone
        body(&state, now) { id, decision in
            if gone.contains(id) { return false }
            switch decision {
            case .granted: granted.append(id)
            case .refused(let error): refused.append((id, error))
            }
            return true
        }
        self.refused += refused
        return granted
    }
}
