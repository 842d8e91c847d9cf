import FetchHTTP
import FetchTransport
import TestSupport
import Testing

@testable import FetchScheduling

/// What happens when this machine has no room for another connection.
@Suite(.timeLimit(.minutes(5))) struct LocalCapacityTests {
    private static let shortage = FetchError(.localLimit, "no local port is left", curlCode: .couldNotConnect)

    @Test func `issue 20.4: the number of requests falls to what there is room for, and rises again slowly`() {
        var capacity = LocalCapacity(100)
        #expect(!capacity.isShort)
        capacity.lower(others: 60, at: .seconds(1))
        capacity.lower(others: 50, at: .seconds(1))
        #expect(capacity.total == 50 && capacity.isShort)
        // More in flight than there is room for, because they started before.
        capacity.lower(others: 55, at: .seconds(1))
        #expect(capacity.total == 50)
        for _ in 0..<799 { capacity.succeed() }
        #expect(capacity.total == 50)
        capacity.succeed()
        #expect(capacity.total == 51)
        for _ in 0..<100_000 { capacity.succeed() }
        #expect(capacity.total == 100 && !capacity.isShort)
        for _ in 0..<10 { capacity.lower(others: 0, at: .seconds(2)) }
        #expect(capacity.total == 1)
    }

    @Test func `issue 20.4: a shortage without any response is hopeless after a time`() {
        var capacity = LocalCapacity(10)
        capacity.lower(others: 5, at: .seconds(10))
        capacity.lower(others: 0, at: .seconds(60))
        #expect(!capacity.isHopeless(at: .seconds(84), after: .seconds(75)))
        #expect(capacity.isHopeless(at: .seconds(85), after: .seconds(75)))
        capacity.succeed()
        #expect(!capacity.isHopeless(at: .seconds(1000), after: .seconds(75)))
        #expect(capacity.isShort)
    }

    @Test func `issue 20.4: waits double up to five seconds, and end`() {
        var wait = LocalLimitWait(maxWait: .seconds(60))
        #expect(!wait.hasWaited)
        var waits: [Duration] = []
        while let next = wait.take(isHopeless: false) { waits.append(next) }
        #expect(waits.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(waits.reduce(.zero, +) == .seconds(75))
        #expect(waits.allSatisfy { $0 <= .seconds(5) })
        #expect(wait.hasWaited)
        var hopeless = LocalLimitWait(maxWait: .seconds(60))
        #expect(hopeless.take(isHopeless: true) == nil)
        var none = LocalLimitWait(maxWait: .zero)
        #expect(none.take(isHopeless: false) == nil)
    }

    @Test func `issue 20.4: permits follow, whoever waits`() {
        var state = PermitState<Int>(limits: PermitLimits(total: 10, pace: PacePolicy()))
        var permits: [Permit] = []
        for id in 0..<10 {
            if case .granted(let permit) = state.request(id, for: "a", at: .zero) { permits.append(permit) }
        }
        #expect(permits.count == 10)
        for id in 10..<20 { _ = state.request(id, for: "a", at: .zero) }
        var granted = 0
        // Four find no room: six are in flight, and no more.
        for permit in permits.prefix(4) {
            state.release(permit, .localLimit, at: .zero) { _, _ in
                granted += 1
                return true
            }
        }
        #expect(state.used == 6 && granted == 0)
        #expect(state.limits.total == 6)
        for permit in permits.dropFirst(4) {
            state.release(permit, .answered, at: .zero) { _, _ in
                granted += 1
                return true
            }
        }
        #expect(state.used == 6 && granted == 6)
    }

    @Test func `issue 20.4: a thousand failures of this machine say nothing of a host`() {
        var pace = AuthorityPace()
        let result = TransferResult(error: Self.shortage)
        for _ in 0..<1000 {
            let signal = AuthorityPace.Signal.reading(result, wallSeconds: 0)
            #expect(signal == .localLimit)
            pace.record(signal, at: .seconds(1), inFlight: 10, PacePolicy())
        }
        #expect(pace.isOrdinary)
    }

    @Test func `issue 20.4: what found no room is sent again without a retry, said once`() async throws {
        let transport = FakeTransport { _, number in
            number <= 6 ? TransferResult(error: Self.shortage) : SchedulerRun.answer()
        }
        let run = SchedulerRun(transport, max: 3)
        let scheduler = run.scheduler
        let said = Shared<[String]>([])
        scheduler.whenShort { error in said.update { $0.append(error.message) } }
        let time = run.time
        let advancing = Task { await Self.advance(time) }
        let outcomes = await scheduler.run(SchedulerRun.inputs(SchedulerRun.urls(3))) { stream in
            var all: [Outcome] = []
            for await batch in stream {
                all += batch
                stream.release(batch.count)
            }
            return all
        }
        advancing.cancel()
        #expect(outcomes.count == 3)
        #expect(outcomes.allSatisfy { $0.isOK && $0.retries == 0 && $0.wait > .zero })
        #expect(transport.requests.count == 9)
        #expect(said.value == ["no local port is left"])
    }

    @Test func `issue 20.4: it always ends, and what comes after a hopeless shortage does not wait`() async {
        let transport = FakeTransport { _, _ in TransferResult(error: Self.shortage) }
        var run = SchedulerRun(transport, max: 10)
        run.options.retry.maxWait = .seconds(2)
        let time = run.time
        let advancing = Task { await Self.advance(time) }
        let count = run.options.window + 200
        let outcomes = await run.outcomes(SchedulerRun.urls(count))
        advancing.cancel()
        #expect(outcomes.count == count)
        #expect(outcomes.allSatisfy { $0.error?.kind == .localLimit && $0.retries == 0 })
        // The last were read when the first had given up.
        let sent = Set(transport.requests.map(\.url.requestString))
        #expect(sent.count == count)
        for last in outcomes.suffix(100) {
            #expect(transport.requests.count { $0.url == last.effectiveURL } == 1)
            #expect(last.wait == .zero)
        }
    }

    @Test func `issue 20.4: a POST that may have been sent is not sent again`() async throws {
        for (code, count) in [(CurlCode.sendError, 1), (.couldNotConnect, 2)] {
            let transport = FakeTransport { _, number in
                let error = FetchError(.localLimit, "no memory", curlCode: code)
                return number == 1 ? TransferResult(error: error) : SchedulerRun.answer()
            }
            let run = SchedulerRun(transport)
            let time = run.time
            let advancing = Task { await Self.advance(time) }
            let input = Input(
                index: 0, text: "http://a.test/",
                request: .success(Request(try FetchURL.parse("http://a.test/"), method: "POST", body: [0x61])))
            let outcomes = await run.outcomes(of: SequenceSource([input]))
            advancing.cancel()
            #expect(transport.requests.count == count)
            #expect(outcomes.first?.isOK == (count == 2))
        }
    }

    /// Moves the clock whenever something waits for it, until the task is cancelled.
    private static func advance(_ time: ManualTime) async {
        while !Task.isCancelled {
            if !time.sleeping.isEmpty { time.advance(by: .milliseconds(100)) }
            await Task.yield()
        }
    }
}
