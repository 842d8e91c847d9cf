import FetchScheduling
import TestSupport
import Testing

@testable import FetchHTTP

/// Attempts, hops, and the clock they are measured on.
@Suite(.timeLimit(.minutes(20))) struct SchedulerRetryTests {
    @Test func waitsOnItsClockBeforeItTriesAgain() async throws {
        let transport = FakeTransport { _, number in SchedulerRun.answer(number < 3 ? 503 : 200) }
        var run = SchedulerRun(transport)
        run.options.retry.retries = 2
        let time = run.time
        async let outcomes = run.outcomes(SchedulerRun.urls(1))
        for (attempt, bound) in [(1, 1), (2, 2)] {
            await time.waitUntilSleeping { $0.count == 1 }
            #expect(transport.requests.count == attempt)
            #expect(time.sleeping.allSatisfy { $0 > .zero && $0 <= .seconds(bound) })
            time.advance(by: .seconds(bound))
        }
        let outcome = try #require(await outcomes.first)
        #expect(outcome.isOK)
        #expect(outcome.retries == 2)
        #expect(outcome.wait == .seconds(3))
        #expect(transport.requests.count == 3)
    }

    @Test func holdsNoPermitWhileItWaitsToTryAgain() async {
        let transport = FakeTransport { request, number in SchedulerRun.answer(number == 1 ? 503 : 200) }
        var run = SchedulerRun(transport, max: 1)
        run.options.retry.retries = 1
        let time = run.time
        async let outcomes = run.outcomes(SchedulerRun.urls(5))
        await time.waitUntilSleeping { $0.count == 1 }
        // The other four go through the only permit meanwhile.
        await transport.waitForRequests(5)
        #expect(time.sleeping.count == 1)
        time.advance(by: .seconds(1))
        #expect(await outcomes.allSatisfy { $0.isOK })
        #expect(transport.requests.count == 6)
        #expect(transport.peak == 1)
    }

    @Test func waitsAsLongAsTheServerAsks() async {
        let transport = FakeTransport { _, number in
            number == 1 ? SchedulerRun.answer(429, [("Retry-After", "7")]) : SchedulerRun.answer()
        }
        var run = SchedulerRun(transport)
        run.options.retry.retries = 1
        let time = run.time
        async let outcomes = run.outcomes(SchedulerRun.urls(1))
        await time.waitUntilSleeping { $0.contains(.seconds(7)) }
        #expect(transport.requests.count == 1)
        time.advance(by: .seconds(7))
        #expect(await outcomes.first?.isOK == true)
    }

    @Test func givesUpAtOnceWhenTheServerAsksForTooMuch() async {
        let transport = FakeTransport { _, _ in SchedulerRun.answer(503, [("Retry-After", "86400")]) }
        var run = SchedulerRun(transport)
        run.options.retry.retries = 2
        let outcome = await run.outcomes(SchedulerRun.urls(1)).first
        #expect(outcome?.error?.kind == .rateLimited)
        #expect(outcome?.error?.retryAfter == .seconds(86_400))
        #expect(outcome?.response?.status == 503)
        #expect(transport.requests.count == 1)
    }

    @Test func callsA429ThatDidNotEndRateLimited() async {
        let run = SchedulerRun(FakeTransport(status: 429))
        let outcome = await run.outcomes(SchedulerRun.urls(1)).first
        #expect(outcome?.error?.kind == .rateLimited)
        #expect(outcome?.error?.retryAfter == nil)
        #expect(outcome?.error?.message == "429 Too Many Requests")
    }

    @Test func triesAPostOnce() async {
        let transport = FakeTransport(status: 503)
        var run = SchedulerRun(transport)
        run.options.retry.retries = 5
        let source = SequenceSource(requests: [Request(Samples.url(), method: "POST", body: [1])])
        let outcome = await run.outcomes(of: source).first
        #expect(outcome?.error?.kind == .httpStatus)
        #expect(transport.requests.count == 1)
    }

    @Test func takesAPermitOfItsOwnOriginForEachHop() async {
        let gate = AsyncGate()
        let transport = FakeTransport { request, _ in
            if request.url.host == "a.test" {
                return SchedulerRun.answer(302, [("Location", "http://b.test\(request.url.path)")])
            }
            await gate.wait()
            return SchedulerRun.answer()
        }
        let run = SchedulerRun(transport, max: 4, perOrigin: 1)
        async let outcomes = run.outcomes(SchedulerRun.urls(10))
        // One waits at b; the permits of a are free for the others, none of which holds one of a and wants one of b.
        await transport.waitForRequests(11)
        #expect(transport.inFlight == 1)
        gate.open()
        let all = await outcomes
        #expect(all.allSatisfy { $0.isOK })
        #expect(all.map(\.redirects) == Array(repeating: 1, count: 10))
        #expect(all.map { $0.effectiveURL?.href } == SchedulerRun.urls(10, host: "b.test"))
        #expect(transport.peak(origin: "http://b.test") == 1)
        #expect(transport.requests.count == 20)
    }

    @Test func endsAChainOfRedirects() async {
        let transport = FakeTransport { _, number in SchedulerRun.answer(302, [("Location", "/\(number)")]) }
        let outcome = await SchedulerRun(transport).outcomes(SchedulerRun.urls(1)).first
        #expect(outcome?.error?.kind == .tooManyRedirects)
        #expect(outcome?.redirects == 10)
        #expect(transport.requests.count == 11)
    }

    @Test func measuresOneAttemptOverAllItsHops() async throws {
        let transport = FakeTransport { _, number in
            number < 3
                ? SchedulerRun.answer(302, [("Location", "/\(number)")], total: .seconds(4))
                : SchedulerRun.answer(200, total: .seconds(1))
        }
        var run = SchedulerRun(transport)
        run.options.maxTime = .seconds(10)
        let outcome = try #require(await run.outcomes(SchedulerRun.urls(1)).first)
        #expect(outcome.timing?.total == .seconds(9))
        #expect(transport.limits.map(\.maxTime) == [.seconds(10), .seconds(6), .seconds(2)])
        #expect(transport.limits.allSatisfy { $0.dropsRedirectBody })
    }

    @Test func endsAnAttemptWhoseRedirectsTakeTooLong() async {
        let transport = FakeTransport { _, number in
            SchedulerRun.answer(302, [("Location", "/\(number)")], total: .seconds(6))
        }
        var run = SchedulerRun(transport)
        run.options.maxTime = .seconds(10)
        let outcome = await run.outcomes(SchedulerRun.urls(1)).first
        #expect(outcome?.error?.kind == .timedOut)
        #expect(transport.requests.count == 2)
    }
}
