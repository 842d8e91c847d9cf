import FetchHTTP
import TestSupport
import Testing

@testable import FetchScheduling

/// What one host may get, signal by signal.
@Suite struct AuthorityPaceTests {
    private var policy = PacePolicy()

    @Test func isOrdinaryAsLongAsNothingIsSaid() {
        var pace = AuthorityPace()
        for signal in [AuthorityPace.Signal.answered, .reached, .unknown] {
            pace.record(signal, at: .zero, inFlight: 3, policy)
        }
        #expect(pace.isOrdinary)
        #expect(pace.limit == nil)
    }

    @Test func pausesThenTriesOneThenHalfThenOneMoreEachRound() {
        var pace = AuthorityPace()
        pace.record(.slowDown(after: .seconds(2)), at: .seconds(10), inFlight: 8, policy)
        #expect(pace.openUntil == .seconds(12))
        #expect(pace.limit == 1)
        // Answers to what was sent before raise nothing.
        pace.record(.answered, at: .seconds(11), inFlight: 7, policy)
        #expect(pace.limit == 1)
        pace.record(.answered, at: .seconds(13), inFlight: 1, policy)
        #expect(pace.openUntil == nil)
        #expect(pace.limit == 4)
        for expected in [4, 4, 4, 5, 5, 5, 5, 5, 6] {
            pace.record(.answered, at: .seconds(14), inFlight: 4, policy)
            #expect(pace.limit == expected)
        }
    }

    @Test func forgetsItsBoundAtTheBoundOfAll() {
        var policy = policy
        policy.ceiling = 3
        var pace = AuthorityPace()
        pace.record(.slowDown(after: .seconds(1)), at: .zero, inFlight: 3, policy)
        for _ in 0..<4 { pace.record(.answered, at: .seconds(2), inFlight: 1, policy) }
        #expect(pace.isOrdinary)
    }

    @Test func doesNotTakeFailuresForAReasonToGoFaster() {
        var pace = AuthorityPace()
        pace.record(.slowDown(after: .seconds(1)), at: .zero, inFlight: 8, policy)
        for signal in [AuthorityPace.Signal.reached, .unknown] {
            for _ in 0..<100 { pace.record(signal, at: .seconds(2), inFlight: 1, policy) }
        }
        #expect(pace.limit == 1)
    }

    @Test func withoutAdaptionOnlyThePauseIsKept() {
        var policy = policy
        policy.isAdaptive = false
        var pace = AuthorityPace()
        pace.record(.slowDown(after: .seconds(2)), at: .zero, inFlight: 8, policy)
        #expect(pace.openUntil == .seconds(2))
        #expect(pace.limit == nil)
        pace.record(.overloaded, at: .seconds(3), inFlight: 8, policy)
        #expect(pace.limit == nil)
    }

    @Test func takesTheLongestOfSeveralPauses() {
        var pace = AuthorityPace()
        pace.record(.slowDown(after: .seconds(2)), at: .zero, inFlight: 4, policy)
        pace.record(.slowDown(after: .seconds(5)), at: .seconds(1), inFlight: 3, policy)
        pace.record(.slowDown(after: .seconds(1)), at: .seconds(1), inFlight: 2, policy)
        pace.record(.slowDown(after: nil), at: .seconds(1), inFlight: 1, policy)
        #expect(pace.openUntil == .seconds(6))
    }

    @Test func restsLongerEachTimeAHostNamesNoTime() {
        var pace = AuthorityPace()
        var now: Duration = .zero
        var rests: [Duration] = []
        for _ in 0..<6 {
            pace.record(.slowDown(after: nil), at: now, inFlight: 1, policy)
            guard pace.refusal("a", at: now) == nil, let until = pace.openUntil else { break }
            rests.append(until - now)
            now = until
        }
        // 31 s in all; the next 30 s would be beyond the minute there is.
        #expect(rests == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)])
        #expect(pace.refusal("a", at: now)?.kind == .rateLimited)
    }

    @Test func givesAHostUpThatAsksForMoreThanThereIs() throws {
        var pace = AuthorityPace()
        pace.record(.slowDown(after: .seconds(86_400)), at: .seconds(5), inFlight: 2, policy)
        let error = try #require(pace.refusal("a.test:80", at: .seconds(6)))
        #expect(error.kind == .rateLimited)
        #expect(error.retryAfter == .seconds(86_399))
        #expect(error.message.contains("a.test:80"))
        // Afterwards it is asked again, gently.
        #expect(pace.refusal("a.test:80", at: .seconds(86_405)) == nil)
        #expect(pace.limit == 1)
    }

    @Test func losesItsPatienceWithAHostThatSaysTheSameForever() {
        var pace = AuthorityPace()
        var now: Duration = .zero
        var pauses = 0
        while pace.refusal("a", at: now) == nil, pauses < 1000 {
            pace.record(.slowDown(after: .seconds(7)), at: now, inFlight: 1, policy)
            now = max(now, pace.openUntil ?? now)
            pauses += 1
            if pace.refusal("a", at: now - .milliseconds(1))?.kind == .rateLimited { break }
        }
        // Eight pauses of 7 s are within a minute, the ninth is not.
        #expect(pauses == 9)
    }

    @Test func slowsDownForAHostWithTooMuchToDo() {
        var pace = AuthorityPace()
        pace.record(.overloaded, at: .zero, inFlight: 9, policy)
        #expect(pace.openUntil == nil)
        #expect(pace.limit == 4)
        pace.record(.overloaded, at: .zero, inFlight: 1, policy)
        #expect(pace.limit == 1)
    }

    @Test func restsWhenTheLastOfABudgetIsSpent() {
        var pace = AuthorityPace()
        pace.record(.spent(.seconds(3)), at: .seconds(1), inFlight: 2, policy)
        #expect(pace.openUntil == .seconds(4))
        #expect(pace.limit == nil)
        // What is too long to wait for is left to the server to say with a 429.
        var other = AuthorityPace()
        other.record(.spent(.seconds(3600)), at: .seconds(1), inFlight: 2, policy)
        #expect(other.openUntil == nil)
    }

    @Test func givesAHostUpThatCannotBeReachedAfterOneMoreTrial() {
        var pace = AuthorityPace()
        for _ in 0..<4 { pace.record(.unreachable, at: .zero, inFlight: 1, policy) }
        #expect(pace.openUntil == nil)
        pace.record(.unreachable, at: .seconds(1), inFlight: 1, policy)
        #expect(pace.openUntil == .seconds(3))
        #expect(pace.limit == 1)
        // Those that were under way fail as well; none of them is the half-open request.
        for _ in 0..<10 { pace.record(.unreachable, at: .seconds(2), inFlight: 1, policy) }
        #expect(pace.refusal("a", at: .seconds(3)) == nil)
        pace.record(.unreachable, at: .seconds(3), inFlight: 1, policy)
        #expect(pace.refusal("a", at: .seconds(3))?.kind == .hostDown)
    }

    @Test func forgivesAHostThatCanBeReachedAgain() {
        var pace = AuthorityPace()
        for _ in 0..<5 { pace.record(.unreachable, at: .zero, inFlight: 1, policy) }
        pace.record(.answered, at: .seconds(2), inFlight: 1, policy)
        for _ in 0..<4 { pace.record(.unreachable, at: .seconds(3), inFlight: 1, policy) }
        #expect(pace.refusal("a", at: .seconds(3)) == nil)
        #expect(pace.openUntil == nil)
    }

    /// Whatever comes, the bounds stay bounds.
    @Test(arguments: 0..<50) func keepsItsRulesWhateverItIsTold(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var pace = AuthorityPace()
        var now: Duration = .zero
        var policy = policy
        policy.ceiling = 10
        for _ in 0..<500 {
            now += .milliseconds(Int.random(in: 0...3000, using: &random))
            let wait = Duration.milliseconds(Int.random(in: 1...90_000, using: &random))
            let signals: [AuthorityPace.Signal] = [
                .answered, .answered, .reached, .unknown, .slowDown(after: wait), .slowDown(after: nil), .overloaded,
                .spent(wait), .unreachable,
            ]
            let before = pace
            let signal = signals.randomElement(using: &random) ?? .unknown
            pace.record(signal, at: now, inFlight: Int.random(in: 1...10, using: &random), policy)
            if let limit = pace.limit { #expect((1...9).contains(limit)) }
            switch signal {
            case .answered, .spent: break
            default: if let old = before.limit { #expect((pace.limit ?? .max) <= old, "\(signal) raised the pace") }
            }
            if let error = pace.refusal("a", at: now) { #expect([.rateLimited, .hostDown].contains(error.kind)) }
        }
    }
}
