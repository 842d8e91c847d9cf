import FetchHTTP
import FetchTransport
import TestSupport
import Testing

@testable import FetchScheduling

/// Bounds, fairness and the one outcome of each input.
@Suite(.timeLimit(.minutes(20))) struct SchedulerTests {
    @Test func givesEveryInputOneOutcome() async {
        let transport = FakeTransport { request, number in
            if number % 3 == 0 { await Task.yield() }
            switch number % 4 {
            case 0: return SchedulerRun.answer(404)
            case 1: return TransferResult(error: FetchError(.timedOut, "late"))
            default: return SchedulerRun.answer()
            }
        }
        let urls = SchedulerRun.urls(2000) + ["nonsense", "ftp://a.test/", ""]
        let outcomes = await SchedulerRun(transport, max: 20).outcomes(urls)
        #expect(outcomes.map(\.input.index) == Array(0..<2003))
        #expect(transport.requests.count == 2000)
        #expect(outcomes.count(where: \.isOK) == 1000)
        #expect(outcomes.count { $0.error?.kind == .httpStatus } == 500)
        #expect(outcomes.count { $0.error?.kind == .timedOut } == 500)
    }

    @Test func sendsNothingForWhatIsNoURL() async {
        let transport = FakeTransport()
        let outcomes = await SchedulerRun(transport).outcomes(["nonsense", "http://a.test/"])
        #expect(outcomes.first?.error?.kind == .invalidURL)
        #expect(outcomes.first?.effectiveURL == nil)
        #expect(outcomes.first?.startedAt == nil)
        #expect(outcomes.last?.isOK == true)
        #expect(transport.requests.count == 1)
    }

    @Test func endsAtOnceWithoutInputs() async {
        #expect(await SchedulerRun(FakeTransport()).outcomes([]).isEmpty)
    }

    @Test(arguments: [1, 7, 100]) func reachesItsBoundAndNeverPassesIt(max: Int) async {
        let gate = AsyncGate()
        let transport = FakeTransport { _, _ in
            await gate.wait()
            return SchedulerRun.answer()
        }
        let run = SchedulerRun(transport, max: max)
        async let outcomes = run.outcomes(SchedulerRun.urls(500))
        await gate.waitForArrivals(max)
        for _ in 0..<50 { await Task.yield() }
        #expect(transport.inFlight == max)
        gate.open()
        #expect(await outcomes.count == 500)
        #expect(transport.peak == max)
    }

    @Test func boundsEachOriginOnItsOwn() async {
        let gate = AsyncGate()
        let transport = FakeTransport { _, _ in
            await gate.wait()
            return SchedulerRun.answer()
        }
        let run = SchedulerRun(transport, max: 5, perOrigin: 2)
        let urls = (0..<60).map { "http://\(["a", "b", "c"][$0 % 3]).test/\($0)" }
        async let outcomes = run.outcomes(urls)
        await gate.waitForArrivals(5)
        gate.open()
        #expect(await outcomes.count == 60)
        #expect(transport.peak == 5)
        for host in ["a", "b", "c"] { #expect((1...2).contains(transport.peak(origin: "http://\(host).test"))) }
    }

    @Test func doesNotLetAStuckOriginHoldUpTheOthers() async {
        let gate = AsyncGate()
        let others = AsyncGate()
        others.open()
        let transport = FakeTransport { request, _ in
            if request.url.host == "stuck.test" { await gate.wait() } else { await others.wait() }
            return SchedulerRun.answer()
        }
        let run = SchedulerRun(transport, max: 10, perOrigin: 2)
        async let outcomes = run.outcomes(SchedulerRun.urls(900, host: "stuck.test") + SchedulerRun.urls(100))
        // All others are answered while the stuck origin has answered nothing.
        await others.waitForArrivals(100)
        #expect(transport.peak(origin: "http://stuck.test") == 2)
        gate.open()
        #expect(await outcomes.count == 1000)
    }

    @Test func holdsTheInputBackWhileRecordsAreNotOutOfTheWay() async {
        let source = CountingSource(count: 5000)
        let run = SchedulerRun(FakeTransport(), max: 4)
        let window = run.options.window
        let count = await run.scheduler.run(source) { stream in
            var count = 0
            var held = 0
            while held < window, let batch = await stream.next() {
                held += batch.count
                count += batch.count
            }
            // Nothing is given back: nothing more is read, whatever else there is time for.
            for _ in 0..<200 { await Task.yield() }
            #expect(source.taken <= window + 10)
            #expect(stream.pending == window)
            stream.release(held)
            for await batch in stream {
                count += batch.count
                stream.release(batch.count)
            }
            return count
        }
        #expect(count == 5000)
    }

    @Test func endsWhenNobodyReadsAnyMore() async {
        let transport = FakeTransport { _, number in
            number == 1 ? SchedulerRun.answer() : await FakeTransport.silence()
        }
        let run = SchedulerRun(transport, max: 3)
        let source = CountingSource(count: 1_000_000)
        let first = await run.scheduler.run(source) { stream in await stream.next()?.map(\.input.index).first }
        // Which of the three was sent first is not for the scheduler to say.
        #expect(first.map { (0..<3).contains($0) } == true)
        #expect(transport.inFlight == 0)
        #expect(run.stop.reason == .outputClosed)
        #expect(source.taken < 10_000)
    }

    @Test func judgesTheStatusByWhatCountsAsASuccess() async throws {
        let transport = FakeTransport { request, _ in SchedulerRun.answer(request.url.path == "/0" ? 404 : 204) }
        var run = SchedulerRun(transport)
        let plain = await run.outcomes(SchedulerRun.urls(2))
        #expect(plain.map(\.error?.kind) == [.httpStatus, nil])
        #expect(plain.first?.error?.message == "404 Not Found")
        #expect(plain.first?.response?.status == 404)
        run = SchedulerRun(transport)
        run.options.accept = try StatusSet("404")
        #expect(await run.outcomes(SchedulerRun.urls(2)).map(\.error?.kind) == [nil, .httpStatus])
    }
}
