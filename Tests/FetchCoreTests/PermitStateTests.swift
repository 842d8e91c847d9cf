@testable import FetchCore
import TestSupport
import Testing

/// Who may run and who waits, one event after the other.
@Suite struct PermitStateTests {
    @Test func lendsNoMoreThanItHas() {
        var state = PermitState(limit: 2, limitPerKey: 2)
        #expect(state.request(1, for: "a") == .granted)
        #expect(state.request(2, for: "b") == .granted)
        #expect(state.request(3, for: "c") == .waiting)
        #expect(state.used == 2)
        #expect(state.waitingCount == 1)
    }

    @Test func lendsNoMoreToAKeyThanItMay() {
        var state = PermitState(limit: 10, limitPerKey: 1)
        #expect(state.request(1, for: "a") == .granted)
        #expect(state.request(2, for: "a") == .waiting)
        #expect(state.request(3, for: "b") == .granted)
        #expect(state.used == 2)
        // A permit of another key is of no use to the one that waits.
        #expect(state.release(for: "b") == [])
        #expect(state.release(for: "a") == [2])
        #expect(state.used == 1)
    }

    @Test func servesAKeyInTheOrderOfItsRequests() {
        var state = PermitState(limit: 1, limitPerKey: 1)
        #expect(state.request(0, for: "a") == .granted)
        for id in 1...5 { #expect(state.request(PermitState.ID(id), for: "a") == .waiting) }
        var order: [PermitState.ID] = []
        for _ in 1...5 { order += state.release(for: "a") }
        #expect(order == [1, 2, 3, 4, 5])
    }

    @Test func letsKeysTakeTurns() {
        var state = PermitState(limit: 1, limitPerKey: 1)
        #expect(state.request(0, for: "x") == .granted)
        // A long queue for one key, then one each for two others.
        for id in [10, 11, 12, 13] { _ = state.request(PermitState.ID(id), for: "a") }
        _ = state.request(20, for: "b")
        _ = state.request(30, for: "c")
        var order: [PermitState.ID] = []
        var key = "x"
        for _ in 0..<6 {
            let granted = state.release(for: key)
            order += granted
            key = ["a", "b", "c"][Int((granted.first ?? 10) / 10) - 1]
        }
        #expect(order == [10, 20, 30, 11, 12, 13])
    }

    @Test func grantsSeveralAtOnceWhereOneReleaseFreesTheWay() {
        var state = PermitState(limit: 3, limitPerKey: 1)
        _ = state.request(1, for: "a")
        _ = state.request(2, for: "b")
        _ = state.request(3, for: "c")
        for (id, key) in [(4, "d"), (5, "e"), (6, "a")] {
            #expect(state.request(PermitState.ID(id), for: key) == .waiting)
        }
        #expect(state.release(for: "a") == [4])
        #expect(state.release(for: "b") == [5])
        #expect(state.release(for: "c") == [6])
        #expect(state.used == 3)
    }

    @Test func passesOverThoseWhoWaitNoLonger() {
        var state = PermitState(limit: 1, limitPerKey: 1)
        _ = state.request(1, for: "a")
        for id in 2...4 { _ = state.request(PermitState.ID(id), for: "a") }
        #expect(state.cancel(2) == true)
        #expect(state.cancel(3) == true)
        #expect(state.cancel(2) == false)
        #expect(state.waitingCount == 1)
        #expect(state.release(for: "a") == [4])
        #expect(state.used == 1)
    }

    @Test func doesNotCancelWhatWasGranted() {
        var state = PermitState(limit: 1, limitPerKey: 1)
        _ = state.request(1, for: "a")
        #expect(state.cancel(1) == false)
        #expect(state.cancel(99) == false)
        #expect(state.used == 1)
    }

    @Test func lendsAtOnceWhenOnlyCancelledOnesWereInFront() {
        var state = PermitState(limit: 1, limitPerKey: 1)
        _ = state.request(1, for: "a")
        _ = state.request(2, for: "a")
        #expect(state.cancel(2) == true)
        #expect(state.release(for: "a") == [])
        #expect(state.request(3, for: "a") == .granted)
    }

    @Test func lendsNothingOnceItIsClosed() {
        var state = PermitState(limit: 1, limitPerKey: 1)
        _ = state.request(1, for: "a")
        _ = state.request(2, for: "a")
        _ = state.request(3, for: "b")
        #expect(Set(state.close()) == [2, 3])
        #expect(state.isClosed)
        #expect(state.close() == [])
        #expect(state.waitingCount == 0)
        #expect(state.request(4, for: "a") == .closed)
        // What was lent may come back.
        #expect(state.release(for: "a") == [])
        #expect(state.used == 0)
        #expect(state.request(5, for: "a") == .closed)
    }

    @Test func forgetsKeysThatNeitherRunNorWait() {
        var state = PermitState(limit: 4, limitPerKey: 2)
        for round in 0..<5000 {
            let key = "host-\(round)"
            #expect(state.request(PermitState.ID(round), for: key) == .granted)
            #expect(state.release(for: key) == [])
        }
        #expect(state.keyCount == 0)
        // Also when somebody gave up waiting.
        for id in 1...4 { _ = state.request(PermitState.ID(id), for: "busy-\(id)") }
        for id in 10...20 {
            _ = state.request(PermitState.ID(id), for: "gone-\(id)")
            #expect(state.cancel(PermitState.ID(id)) == true)
        }
        for id in 1...4 { #expect(state.release(for: "busy-\(id)") == []) }
        #expect(state.keyCount == 0)
    }

    /// Random events, with the rules checked after each of them.
    @Test(arguments: 0..<20) func keepsItsRulesWhateverHappens(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = Int.random(in: 1...6, using: &random)
        let perKey = Int.random(in: 1...limit, using: &random)
        let keys = ["a", "b", "c", "d"]
        var state = PermitState(limit: limit, limitPerKey: perKey)
        var running: [PermitState.ID: String] = [:]
        var waiting: [(id: PermitState.ID, key: String)] = []
        func grant(_ granted: [PermitState.ID]) {
            for id in granted {
                guard let place = waiting.firstIndex(where: { $0.id == id }) else {
                    Issue.record("granted to somebody who does not wait")
                    continue
                }
                let key = waiting.remove(at: place).key
                #expect(!waiting[..<place].contains { $0.key == key }, "not first come, first served")
                running[id] = key
            }
        }
        for id in 0..<PermitState.ID(2000) {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2:
                let key = keys.randomElement(using: &random) ?? "a"
                if state.request(id, for: key) == .granted { running[id] = key } else { waiting.append((id, key)) }
            case 3:
                guard let entry = running.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
                    continue
                }
                running[entry.key] = nil
                grant(state.release(for: entry.value))
            default:
                guard let place = waiting.indices.randomElement(using: &random) else { continue }
                #expect(state.cancel(waiting.remove(at: place).id) == true)
            }
            #expect(state.used == running.count)
            #expect(state.waitingCount == waiting.count)
            #expect(running.count <= limit)
            for key in keys { #expect(running.count { $0.value == key } <= perKey) }
            // No permit is idle that somebody waits for.
            if running.count < limit {
                #expect(waiting.allSatisfy { waiter in running.count { $0.value == waiter.key } == perKey })
            }
        }
    }
}

extension PermitState {
    /// A permit comes back; gives those who get one now.
    fileprivate mutating func release(for key: String) -> [ID] {
        var granted: [ID] = []
        release(for: key) { granted.append($0) }
        return granted
    }
}
