import Testing

@testable import FetchScheduling

/// Which of many hosts gets the permit that came back on one of two loops.
@Suite struct PermitLoopTests {
    private typealias State = PermitState<String>

    /// A state whose one permit is held, after each host has answered on its loop. Without a pace nobody would remember it.
    private func state(_ loops: KeyValuePairs<String, Int>) throws -> (State, Permit) {
        var state = State(limits: PermitLimits(total: 1, pace: PacePolicy()))
        for (host, loop) in loops {
            let permit = try #require(granted(state.request(host, for: host, at: .zero)))
            state.release(permit, .answered, on: loop, at: .zero) { _, _ in false }
        }
        let held = try #require(granted(state.request("holder", for: "holder", at: .zero)))
        return (state, held)
    }

    private func granted(_ verdict: State.Verdict) -> Permit? {
        if case .granted(let permit) = verdict { permit } else { nil }
    }

    /// Gives a permit back on a loop: who gets it, and the permit.
    private func next(_ state: inout State, _ permit: Permit, on loop: Int?) throws -> (String, Permit) {
        var told: (String, Permit)?
        state.release(permit, .answered, on: loop, at: .zero) { waiter, decision in
            guard case .granted(let permit) = decision else { return false }
            told = (waiter, permit)
            return true
        }
        return try #require(told)
    }

    @Test func aHostThatTheLoopHasAConnectionToGoesFirst() throws {
        var (state, permit) = try state(["a": 0, "b": 1, "c": 0, "d": 1])
        for host in ["a", "b", "c", "d"] { _ = state.request(host, for: host, at: .zero) }
        var order: [String] = []
        for loop in [1, 1, 1, 0] {
            let (host, next) = try next(&state, permit, on: loop)
            order.append(host)
            permit = next
        }
        // Nothing is left for the second loop at its third turn: then the first in line it is.
        #expect(order == ["b", "d", "a", "c"])
    }

    @Test func withoutLoopsTheFirstInLineIsNext() throws {
        var (state, permit) = try state(["a": 0, "b": 1, "c": 0])
        for host in ["a", "b", "c"] { _ = state.request(host, for: host, at: .zero) }
        for expected in ["a", "b", "c"] {
            let (host, next) = try next(&state, permit, on: nil)
            #expect(host == expected)
            permit = next
        }
    }

    @Test func aHostThatBothLoopsHaveAnsweredIsAtHomeOnBoth() throws {
        var (state, permit) = try state(["a": 0, "b": 1, "a": 1])
        for host in ["a", "b"] { _ = state.request(host, for: host, at: .zero) }
        let (first, _) = try next(&state, permit, on: 1)
        #expect(first == "a")
    }

    @Test func aHostThatHasNotAnsweredIsAtHomeOnEveryLoop() throws {
        var (state, permit) = try state(["a": 0])
        for host in ["new", "a"] { _ = state.request(host, for: host, at: .zero) }
        let (first, _) = try next(&state, permit, on: 0)
        #expect(first == "new")
    }

    @Test func nobodyIsPassedOverForEver() throws {
        var (state, permit) = try state(["a": 0, "b": 1])
        _ = state.request("a", for: "a", at: .zero)
        var passed = 0
        while passed < 2000 {
            // Always another one that the second loop has a connection for.
            _ = state.request("b", for: "b", at: .zero)
            let (host, next) = try next(&state, permit, on: 1)
            permit = next
            if host == "a" { break }
            passed += 1
        }
        #expect((1...256).contains(passed))
    }
}
