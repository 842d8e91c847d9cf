import FetchHTTP
import FetchScheduling
import TestSupport
import Testing

/// The ways a run ends before its list does.
@Suite(.timeLimit(.minutes(20))) struct SchedulerStopTests {
    @Test func givesAllThatIsLeftTheDeadline() async {
        let transport = FakeTransport { _, number in
            number == 1 ? SchedulerRun.answer() : await FakeTransport.silence()
        }
        var run = SchedulerRun(transport, max: 3)
        run.options.deadline = .seconds(60)
        let time = run.time
        async let outcomes = run.outcomes(["nonsense"] + SchedulerRun.urls(20))
        await transport.waitForRequests(4)
        await time.waitUntilSleeping { $0 == [.seconds(60)] }
        time.advance(by: .milliseconds(59_999))
        for _ in 0..<20 { await Task.yield() }
        #expect(transport.inFlight == 3)
        time.advance(by: .milliseconds(1))
        let all = await outcomes
        #expect(all.count == 21)
        #expect(all.count { $0.error?.kind == .invalidURL } == 1)
        #expect(all.count(where: \.isOK) == 1)
        #expect(all.count { $0.error?.kind == .deadline } == 19)
        #expect(transport.requests.count == 4)
        #expect(run.stop.reason == .deadline)
    }

    @Test func givesWhatIsInFlightItsGraceAfterAnInterruption() async {
        let first = AsyncGate()
        let transport = FakeTransport { request, _ in
            if request.url.path != "/0" { return await FakeTransport.silence() }
            await first.wait()
            return SchedulerRun.answer()
        }
        let run = SchedulerRun(transport, max: 3)
        let time = run.time
        async let outcomes = run.outcomes(SchedulerRun.urls(20))
        await transport.waitForRequests(3)
        run.stop.stop(.interrupted)
        await time.waitUntilSleeping { $0.contains(.milliseconds(1500)) }
        // Nothing was cancelled yet, nothing new starts, and what ends in time counts.
        #expect(transport.inFlight == 3)
        first.open()
        while transport.inFlight > 2 { await Task.yield() }
        time.advance(by: .milliseconds(1500))
        let all = await outcomes
        #expect(all.count == 20)
        #expect(all.first?.isOK == true)
        #expect(all.dropFirst().allSatisfy { $0.error?.kind == .cancelled })
        #expect(transport.requests.count == 3)
    }

    @Test func endsABackoffWhenInterrupted() async {
        let transport = FakeTransport(status: 503)
        var made = SchedulerRun(transport)
        made.options.retry.retries = 5
        let run = made
        let time = run.time
        async let outcomes = run.outcomes(SchedulerRun.urls(1))
        await time.waitUntilSleeping { $0.count == 1 }
        run.stop.stop(.interrupted)
        let outcome = await outcomes.first
        #expect(outcome?.error?.kind == .cancelled)
        #expect(outcome?.response?.status == 503)
        #expect(transport.requests.count == 1)
    }

    @Test func sendsNothingWhenItWasInterruptedBefore() async {
        let transport = FakeTransport()
        let run = SchedulerRun(transport)
        run.stop.stop(.interrupted)
        let all = await run.outcomes(SchedulerRun.urls(50) + ["nonsense"])
        #expect(all.count == 51)
        #expect(all.dropLast().allSatisfy { $0.error?.kind == .cancelled })
        #expect(all.last?.error?.kind == .invalidURL)
        #expect(transport.requests.isEmpty)
    }

    @Test func closesAListThatDoesNotEndSoonAfterAnInterruption() async {
        let transport = FakeTransport { _, _ in await FakeTransport.silence() }
        let run = SchedulerRun(transport, max: 2)
        let time = run.time
        let source = CountingSource(count: .max)
        async let outcomes = run.outcomes(of: source)
        await transport.waitForRequests(2)
        run.stop.stop(.interrupted)
        await time.waitUntilSleeping { $0.contains(.milliseconds(1500)) && $0.contains(.milliseconds(1800)) }
        time.advance(by: .milliseconds(1800))
        let all = await outcomes
        #expect(all.allSatisfy { $0.error?.kind == .cancelled })
        // Every input that was taken has its record.
        #expect(Set(all.map(\.input.index)).count == all.count)
        #expect(all.count == source.taken)
    }

    @Test func needsNoStopToEnd() async {
        let run = SchedulerRun(FakeTransport())
        let all = await run.outcomes(SchedulerRun.urls(3))
        #expect(all.count == 3)
        #expect(run.time.sleeping == [])
        #expect(await run.scheduler.inFlight == 0)
    }
}
