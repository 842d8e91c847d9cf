@testable import FetchCore
import TestSupport
import Testing

/// Who may run and who waits, one event after the other. Who waits is a number here.
@Suite struct PermitStateTests {
    @Test func lendsNoMoreThanItHas() {
        let board = Board(limit: 2)
        #expect(board.request(1, for: "a"))
        #expect(board.request(2, for: "b"))
        #expect(!board.request(3, for: "c"))
        #expect(board.state.used == 2)
    }

    @Test func lendsNoMoreToAKeyThanItMay() {
        let board = Board(limit: 10, perKey: 1)
        #expect(board.request(1, for: "a"))
        #expect(!board.request(2, for: "a"))
        #expect(board.request(3, for: "b"))
        #expect(board.state.used == 2)
        // A permit of another key is of no use to the one that waits.
        #expect(board.release("b") == [])
        #expect(board.release("a") == [2])
        #expect(board.state.used == 1)
    }

    @Test func servesAKeyInTheOrderOfItsRequests() {
        let board = Board(limit: 1)
        #expect(board.request(0, for: "a"))
        for id in 1...5 { #expect(!board.request(id, for: "a")) }
        var order: [Int] = []
        for _ in 1...5 { order += board.release("a") }
        #expect(order == [1, 2, 3, 4, 5])
    }

    @Test func letsWhatWasBegunGoFirst() {
        let board = Board(limit: 1)
        #expect(board.request(0, for: "a"))
        for id in 1...3 { #expect(!board.request(id, for: "a")) }
        #expect(!board.request(9, for: "a", isFirst: true))
        #expect(board.release("a") == [9])
        #expect(board.release("a") == [1])
    }

    @Test func letsKeysTakeTurns() {
        let board = Board(limit: 1)
        #expect(board.request(0, for: "x"))
        // A long queue for one key, then one each for two others.
        for id in [10, 11, 12, 13] { _ = board.request(id, for: "a") }
        _ = board.request(20, for: "b")
        _ = board.request(30, for: "c")
        var order: [Int] = []
        var key = "x"
        for _ in 0..<6 {
            let granted = board.release(key)
            order += granted
            key = ["a", "b", "c"][(granted.first ?? 10) / 10 - 1]
        }
        #expect(order == [10, 20, 30, 11, 12, 13])
    }

    @Test func givesTheNextPermitToTheKeyWithTheFewest() {
        let board = Board(limit: 4)
        for id in 0..<4 { #expect(board.request(id, for: "slow")) }
        for id in 10..<14 { _ = board.request(id, for: "slow") }
        for id in 20..<24 { _ = board.request(id, for: "fast") }
        // Whatever comes back, the one with less is served until both have two.
        #expect(board.release("slow") == [20])
        #expect(board.release("slow") == [21])
        #expect(board.release("slow") == [10])
        // The answers of the fast one free permits for nobody but itself.
        #expect(board.release("fast") == [22])
        #expect(board.release("fast") == [23])
    }

    @Test func grantsSeveralAtOnceWhereOneReleaseFreesTheWay() {
        let board = Board(limit: 3, perKey: 1)
        for (id, key) in [(1, "a"), (2, "b"), (3, "c")] { #expect(board.request(id, for: key)) }
        for (id, key) in [(4, "d"), (5, "e"), (6, "a")] { #expect(!board.request(id, for: key)) }
        #expect(board.release("a") == [4])
        #expect(board.release("b") == [5])
        #expect(board.release("c") == [6])
        #expect(board.state.used == 3)
    }

    @Test func passesOverThoseWhoWaitNoLonger() {
        let board = Board(limit: 1)
        _ = board.request(1, for: "a")
        for id in 2...4 { _ = board.request(id, for: "a") }
        board.gone = [2, 3]
        #expect(board.release("a") == [4])
        #expect(board.state.used == 1)
    }

    @Test func lendsAtOnceWhenOnlyOnesWhoLeftWereInFront() {
        let board = Board(limit: 1)
        _ = board.request(1, for: "a")
        _ = board.request(2, for: "a")
        board.gone = [2]
        #expect(board.release("a") == [])
        #expect(board.state.used == 0)
        #expect(board.request(3, for: "a"))
    }

    @Test func lendsNothingOnceItIsClosed() {
        let board = Board(limit: 1)
        _ = board.request(1, for: "a")
        _ = board.request(2, for: "a")
        _ = board.request(3, for: "b")
        #expect(Set(board.state.close()) == [2, 3])
        #expect(board.state.isClosed)
        #expect(board.state.close() == [])
        #expect(!board.request(4, for: "a"))
        // What was lent may come back.
        #expect(board.release("a") == [])
        #expect(board.state.used == 0)
    }

    @Test func forgetsKeysThatNeitherRunNorWait() {
        let board = Board(limit: 4, perKey: 2)
        for round in 0..<5000 {
            #expect(board.request(round, for: "host-\(round)"))
            #expect(board.release("host-\(round)") == [])
        }
        #expect(board.state.keyCount <= 1)
        // Also when somebody gave up waiting.
        for id in 1...4 { _ = board.request(id, for: "busy-\(id)") }
        for id in 10...20 { _ = board.request(id, for: "gone-\(id)") }
        board.gone = Set(10...20)
        for id in 1...4 { #expect(board.release("busy-\(id)") == []) }
        #expect(board.state.keyCount <= 1)
    }

    @Test func keepsToARateInEveryWindow() {
        let board = Board(limit: 10, rate: RateLimit(maxCalls: 2, period: .seconds(1)))
        #expect(board.request(1, for: "a"))
        board.now = .milliseconds(600)
        #expect(board.request(2, for: "b"))
        #expect(!board.request(3, for: "c"))
        #expect(!board.request(4, for: "d"))
        #expect(board.state.nextWake == .seconds(1))
        #expect(board.advance(to: .milliseconds(999)) == [])
        // The first start has left the window; the second is in it until 1.6 s.
        #expect(board.advance(to: .seconds(1)) == [3])
        #expect(board.state.nextWake == .milliseconds(1600))
        #expect(board.release("a") == [])
        #expect(board.advance(to: .milliseconds(1600)) == [4])
        #expect(board.state.nextWake == nil)
    }

    @Test func holdsAHostToItsRateAndNobodyElse() {
        let board = Board(limit: 10, ratePerKey: RateLimit(maxCalls: 1, period: .seconds(1)))
        #expect(board.request(1, for: "a"))
        #expect(!board.request(2, for: "a"))
        #expect(board.request(3, for: "b"))
        #expect(board.release("a") == [])
        #expect(board.advance(to: .seconds(1)) == [2])
    }

    @Test func givesAHostThatHasNeverAnsweredATrialWhileOthersMayCome() {
        let board = Board(limit: 8, probe: 1)
        board.expectInput(until: .milliseconds(20))
        #expect(board.request(1, for: "dead"))
        for id in 2...20 { #expect(!board.request(id, for: "dead")) }
        #expect(board.state.isStarving)
        #expect(board.request(30, for: "live"))
        // One answer, and the live one has all that it can use.
        _ = board.release("live", .answered)
        for id in 31...37 { #expect(board.request(id, for: "live")) }
        #expect(board.state.used == 8)
        // When the list is over and the live one done, the dead may have more, but not the last quarter.
        for _ in 31...37 { _ = board.release("live", .answered) }
        #expect(board.expectInput(until: nil).count == 5)
        #expect(board.state.used == 6)
    }

    @Test func leavesAHostThatAnswersAllButTheTrialWhileItsInputsAreAtHand() {
        let board = Board(limit: 32, probe: 2)
        board.expectInput(until: nil, isAtHand: true)
        for id in 0..<40 { _ = board.request(id, for: "dead") }
        // Nobody has answered yet: the first may be the only one.
        #expect(board.state.used == 32)
        let other = Board(limit: 32, probe: 2)
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
        let board = Board(limit: 32, probe: 2)
        board.expectInput(until: .milliseconds(250))
        for id in 0..<40 { _ = board.request(id, for: "dead") }
        for id in 100..<140 { _ = board.request(id, for: "live") }
        #expect(board.expectInput(until: nil, grace: .milliseconds(250)) == [])
        #expect(board.state.used == 4)
        #expect(board.state.nextWake == .milliseconds(250))
        // An answer, and it has all but the probe.
        #expect(board.release("live", .answered).count == 29)
        #expect(board.state.used == 32)
        // Where none comes, all have their share after the moment.
        let silent = Board(limit: 32, probe: 2)
        silent.expectInput(until: .milliseconds(250))
        for id in 0..<40 { _ = silent.request(id, for: id % 2 == 0 ? "dead" : "slow") }
        silent.expectInput(until: nil, grace: .milliseconds(250))
        #expect(silent.advance(to: .milliseconds(250)).count == 28)
    }

    @Test func letsTheOnlyHostHaveAllOnceNothingElseIsInSight() {
        let board = Board(limit: 8, probe: 1)
        board.expectInput(until: .milliseconds(20))
        for id in 1...20 { _ = board.request(id, for: "only") }
        #expect(board.state.used == 1)
        #expect(board.state.nextWake == .milliseconds(20))
        #expect(board.advance(to: .milliseconds(20)).count == 7)
        #expect(board.state.nextWake == nil)
    }

    @Test func sendsNothingToAHostThatAskedForPatience() {
        let board = Board(limit: 4)
        for id in 1...3 { #expect(board.request(id, for: "a")) }
        for id in 4...9 { #expect(board.request(id, for: "a") == (id == 4)) }
        #expect(board.release("a", .slowDown(after: .seconds(2))) == [])
        #expect(!board.request(20, for: "a"))
        #expect(board.request(21, for: "b"))
        // Others that were in flight come back meanwhile, and change nothing.
        #expect(board.release("a", .answered) == [])
        #expect(board.release("a", .slowDown(after: .seconds(1))) == [])
        #expect(board.release("a", .answered) == [])
        #expect(board.state.nextWake == .seconds(2))
        #expect(board.state.isStarving)
        #expect(board.advance(to: .milliseconds(1999)) == [])
        // One first; then half of the four that were in flight.
        #expect(board.advance(to: .seconds(2)) == [5])
        #expect(board.release("a", .answered) == [6, 7])
        #expect(board.release("a", .answered) == [8])
        #expect(board.release("a", .answered) == [9, 20])
    }

    @Test func givesUpEverybodyForAHostThatAsksForTooMuch() {
        let board = Board(limit: 1)
        #expect(board.request(1, for: "a"))
        _ = board.request(2, for: "a")
        _ = board.request(3, for: "b")
        #expect(board.release("a", .slowDown(after: .seconds(61))) == [3])
        #expect(board.refused.map(\.id) == [2])
        #expect(board.refused.first?.error.kind == .rateLimited)
        #expect(board.refused.first?.error.retryAfter == .seconds(61))
        board.now = .seconds(11)
        #expect(!board.request(4, for: "a"))
        #expect(board.refused.last?.id == 4)
        #expect(board.refused.last?.error.retryAfter == .seconds(50))
    }

    /// Random events, with the rules checked after each of them.
    @Test(arguments: 0..<20) func keepsItsRulesWhateverHappens(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = Int.random(in: 1...6, using: &random)
        let perKey = Int.random(in: 1...limit, using: &random)
        let keys = ["a", "b", "c", "d"]
        let board = Board(limit: limit, perKey: perKey)
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
                if board.request(id, for: key) { running[id] = key } else { waiting.append((id, key)) }
            case 3:
                guard let entry = running.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
                    continue
                }
                running[entry.key] = nil
                grant(board.release(entry.value))
            default:
                guard let index = waiting.indices.randomElement(using: &random) else { continue }
                board.gone.insert(waiting.remove(at: index).id)
            }
            #expect(board.state.used == running.count)
            #expect(running.count <= limit)
            for key in keys { #expect(running.count { $0.value == key } <= perKey) }
            // No permit is idle that somebody waits for.
            if running.count < limit {
                #expect(waiting.allSatisfy { waiter in running.count { $0.value == waiter.key } == perKey })
            }
        }
    }
}

/// A state with what it decided, and a clock.
private final class Board {
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
