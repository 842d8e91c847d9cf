import FetchHTTP
import FetchScheduling
import TestSupport
import Testing

/// Every decision after a failed attempt.
@Suite struct RetryPolicyTests {
    private func decide(
        _ policy: RetryPolicy = RetryPolicy(), kind: FetchError.Kind = .httpStatus, status: Int? = 503,
        retryAfter: Duration? = nil, attempt: Int = 1, isIdempotent: Bool = true, elapsed: Duration = .zero,
        seed: UInt64 = 1
    ) -> RetryPolicy.Decision {
        var random = SeededRandom(seed: seed)
        return policy.decision(
            after: FetchError(kind, "x"), status: status, retryAfter: retryAfter, attempt: attempt,
            isIdempotent: isIdempotent, elapsed: elapsed, using: &random)
    }

    private func wait(_ decision: RetryPolicy.Decision) -> Duration? {
        if case .retry(let wait) = decision { return wait }
        return nil
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 522, 524]) func triesAStatusAgainThatMayPass(_ status: Int) {
        #expect(wait(decide(status: status)) != nil)
    }

    @Test(arguments: [300, 304, 400, 401, 403, 404, 410, 418, 451, 501, 505]) func acceptsAStatusThatWillStay(
        _ status: Int
    ) {
        #expect(decide(status: status) == .stop)
        #expect(decide(status: status, retryAfter: .seconds(1)) == .stop)
    }

    @Test(arguments: FetchError.Kind.allCases) func triesBrokenConnectionsAgainAndNothingElse(_ kind: FetchError.Kind) {
        let transient: Set<FetchError.Kind> = [
            .connectTimedOut, .timedOut, .tooSlow, .connectionReset, .emptyReply, .truncated,
        ]
        guard kind != .httpStatus else { return }
        #expect((wait(decide(kind: kind, status: nil)) != nil) == transient.contains(kind))
        // The status of an answer that was cut has no say.
        #expect((wait(decide(kind: kind, status: 200)) != nil) == transient.contains(kind))
    }

    @Test func stopsAfterTheLastAttempt() {
        var policy = RetryPolicy()
        policy.retries = 3
        #expect(wait(decide(policy, attempt: 3)) != nil)
        #expect(decide(policy, attempt: 4) == .stop)
        #expect(decide(policy, kind: .timedOut, status: nil, attempt: 4) == .stop)
        policy.retries = 0
        #expect(decide(policy, attempt: 1) == .stop)
    }

    @Test func neverSendsTwiceWhatMustNotBe() {
        #expect(decide(isIdempotent: false) == .stop)
        #expect(decide(kind: .connectionReset, status: nil, isIdempotent: false) == .stop)
        #expect(decide(status: 429, retryAfter: .seconds(3600), isIdempotent: false) == .stop)
    }

    @Test func waitsARandomTimeUpToABoundThatDoubles() {
        var policy = RetryPolicy()
        policy.retries = 20
        let bounds: [Duration] = [
            .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30), .seconds(30),
        ]
        for (index, bound) in bounds.enumerated() {
            #expect(policy.backoffBound(index + 1) == bound)
            let waits = (0..<400).compactMap { wait(decide(policy, attempt: index + 1, seed: $0)) }
            #expect(waits.count == 400)
            #expect(waits.allSatisfy { $0 >= .zero && $0 <= bound })
            // Full jitter: from next to nothing to nearly the bound, half of them in either half.
            #expect(waits.contains { $0 < bound * 0.05 })
            #expect(waits.contains { $0 > bound * 0.95 })
            #expect((140...260).contains(waits.count { $0 < bound * 0.5 }))
        }
    }

    @Test func boundsTheBackoffOfAnyPolicy() {
        var policy = RetryPolicy()
        policy.delay = .zero
        #expect(policy.backoffBound(1_000_000) == .zero)
        policy.delay = .seconds(100)
        #expect(policy.backoffBound(1) == policy.maxDelay)
        policy.delay = .nanoseconds(1)
        #expect(policy.backoffBound(10_000) == policy.maxDelay)
        #expect(policy.backoffBound(0) == .nanoseconds(1))
    }

    @Test func leavesTheWaitThatAServerAsksForToTheHost() {
        #expect(decide(status: 429, retryAfter: .seconds(7)) == .obey(isCharged: false))
        #expect(decide(status: 503, retryAfter: .seconds(7)) == .obey(isCharged: true))
        // Other statuses that are worth a retry have a backoff of their own.
        #expect(wait(decide(status: 500, retryAfter: .seconds(7))) ?? .seconds(9) <= .seconds(1))
        // It speaks of statuses, not of a broken connection.
        #expect(wait(decide(kind: .truncated, status: 503, retryAfter: .seconds(50))) ?? .seconds(9) <= .seconds(1))
    }

    @Test func chargesARateLimitToNoAttempt() {
        #expect(decide(status: 429, retryAfter: .seconds(2), attempt: 3) == .obey(isCharged: false))
        #expect(decide(status: 503, retryAfter: .seconds(2), attempt: 3) == .stop)
        // Whoever wants no attempt after the first gets none.
        var once = RetryPolicy()
        once.retries = 0
        #expect(decide(once, status: 429, retryAfter: .seconds(2)) == .giveUp(retryAfter: .seconds(2)))
    }

    @Test func givesUpWhenTheServerAsksForTooMuch() {
        #expect(decide(retryAfter: .seconds(61)) == .giveUp(retryAfter: .seconds(61)))
        #expect(decide(status: 429, retryAfter: RetryAfter.maximum) == .giveUp(retryAfter: RetryAfter.maximum))
        #expect(decide(retryAfter: .seconds(60)) == .obey(isCharged: true))
        var patient = RetryPolicy()
        patient.maxWait = .seconds(7200)
        #expect(decide(patient, status: 429, retryAfter: .seconds(3600)) == .obey(isCharged: false))
    }

    @Test func callsARateLimitThatDidNotEndByItsName() {
        #expect(decide(status: 429, attempt: 3) == .giveUp(retryAfter: .zero))
        #expect(decide(status: 503, attempt: 3) == .stop)
    }

    @Test func startsNoRetryAfterTheTimeForRetries() {
        var policy = RetryPolicy()
        policy.maxTime = .seconds(10)
        #expect(decide(policy, retryAfter: .seconds(5), elapsed: .seconds(6)) == .stop)
        #expect(decide(policy, retryAfter: .seconds(5), elapsed: .seconds(4)) == .obey(isCharged: true))
        #expect(decide(policy, elapsed: .seconds(11)) == .stop)
        policy.maxTime = nil
        #expect(wait(decide(policy, elapsed: .seconds(1_000_000))) != nil)
    }

    @Test func takesOtherStatusesAndKindsWhenTold() {
        var policy = RetryPolicy()
        policy.statuses = [404]
        policy.kinds = [.nameNotResolved]
        #expect(wait(decide(policy, status: 404)) != nil)
        #expect(decide(policy, status: 503) == .stop)
        #expect(wait(decide(policy, kind: .nameNotResolved, status: nil)) != nil)
        #expect(decide(policy, kind: .timedOut, status: nil) == .stop)
    }
}
