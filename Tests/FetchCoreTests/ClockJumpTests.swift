import FetchHTTP
import FetchScheduling
import FetchSystem
import TestSupport
import Testing

/// A wall clock that somebody sets while a run goes on.
private struct JumpingTime: TimeSource {
    let steady = ManualTime()
    let calls = Shared(0)

    func now() -> Duration { steady.now() }
    func sleep(for duration: Duration) async throws { try await steady.sleep(for: duration) }

    /// An hour on, an hour back, at each look.
    func wallMilliseconds() -> Int64 {
        let call = calls.update { calls in
            calls += 1
            return calls
        }
        return steady.wallMilliseconds() + (call % 2 == 0 ? 3_600_000 : -3_600_000)
    }
}

@Suite("row 125: a clock that jumps moves no wait and makes no time negative", .timeLimit(.minutes(20)))
struct ClockJumpTests {
    @Test func `row 125: backoff and times follow the steady clock`() async throws {
        let transport = FakeTransport { _, number in SchedulerRun.answer(number < 3 ? 503 : 200) }
        let time = JumpingTime()
        var options = SchedulerOptions()
        options.retry.retries = 2
        let scheduler = Scheduler(transport: transport, options: options, time: time, stop: StopSignal())
        async let outcome = scheduler.fetch(Samples.input("http://a.test/", index: 0))
        for bound in [1, 2] {
            await time.steady.waitUntilSleeping { $0.count == 1 }
            #expect(time.steady.sleeping.allSatisfy { $0 > .zero && $0 <= .seconds(bound) })
            time.steady.advance(by: .seconds(bound))
        }
        let result = await outcome
        #expect(result.isOK)
        #expect(result.retries == 2)
        #expect(result.wait == .seconds(3))
    }
}
