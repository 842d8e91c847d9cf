import FetchHTTP
import FetchTransport
import TestSupport
import Testing

@testable import FetchScheduling

@Suite("issue 24.3: the limits of hosts in permits and attempts", .timeLimit(.minutes(20)))
struct HostLimitsTests {
    private static func limits(_ body: (inout HostLimits) throws -> Void) rethrows -> HostLimits {
        var limits = HostLimits()
        try body(&limits)
        return limits
    }

    /// Asks for a permit; whether it is granted immediately.
    private static func isGranted(_ state: inout PermitState<Int>, _ key: String, at now: Duration = .zero) -> Bool {
        if case .granted = state.request(0, for: key, at: now) { true } else { false }
    }

    @Test func `an authority has its own maximum, below or above that of the others`() throws {
        let hosts = try Self.limits {
            $0.maximum.add(1, for: try HostPattern("small.test"))
            $0.maximum.add(3, for: try HostPattern("http://large.test"))
        }
        var state = PermitState<Int>(limits: PermitLimits(total: 20, perKey: 2, hosts: hosts))
        for (key, count) in [("small.test:443", 1), ("large.test:80", 3), ("other.test:443", 2), ("small.test:80", 2)] {
            for _ in 0..<count { #expect(Self.isGranted(&state, key), "\(key)") }
            #expect(!Self.isGranted(&state, key), "\(key)")
        }
    }

    @Test func `the maximum in all holds for them too`() throws {
        let hosts = try Self.limits { $0.maximum.add(9, for: try HostPattern("a.test")) }
        var state = PermitState<Int>(limits: PermitLimits(total: 2, perKey: 1, hosts: hosts))
        #expect(Self.isGranted(&state, "a.test:443") && Self.isGranted(&state, "a.test:443"))
        #expect(!Self.isGranted(&state, "a.test:443"))
    }

    @Test func `an authority with a larger maximum regains that by and by, too`() throws {
        let hosts = try Self.limits { $0.maximum.add(8, for: try HostPattern("a.test")) }
        var pace = PacePolicy()
        pace.ceiling = 2
        var state = PermitState<Int>(limits: PermitLimits(total: 20, perKey: 2, pace: pace, hosts: hosts))
        for _ in 0..<8 { #expect(Self.isGranted(&state, "a.test:443")) }
        let slot = try #require(state.slot(ofHolder: "a.test:443"))
        // Half of them from now on, and one more for each round of successes.
        for signal in [AuthorityPace.Signal.overloaded, .answered] {
            state.release(Permit(slot: slot, start: .zero), signal, at: .zero) { _, _ in true }
        }
        #expect(!Self.isGranted(&state, "a.test:443"))
    }

    @Test func `an authority has its own rate in place of that of the others`() throws {
        let hosts = try Self.limits {
            $0.rate.add(RateLimit(maxCalls: 2, period: .seconds(10)), for: try HostPattern("*.slow.test"))
        }
        let others = SlidingLog(RateLimit(maxCalls: 3, period: .seconds(10)))
        var state = PermitState<Int>(limits: PermitLimits(total: 50, ratePerKey: others, hosts: hosts))
        // Each host that the pattern fits has the rate for itself.
        for (key, count) in [("a.slow.test:443", 2), ("b.slow.test:443", 2), ("slow.test:443", 3), ("c.test:443", 3)] {
            for _ in 0..<count { #expect(Self.isGranted(&state, key), "\(key)") }
            #expect(!Self.isGranted(&state, key), "\(key)")
        }
        // One that waits gets its permit when the window of the host has moved on.
        var granted = 0
        state.advance(to: .seconds(11)) { _, decision in
            if case .granted = decision { granted += 1 }
            return true
        }
        #expect(granted == 4)
    }

    @Test func `a line that is made anew after it was idle keeps the limit`() throws {
        let hosts = try Self.limits { $0.maximum.add(1, for: try HostPattern("a.test")) }
        var state = PermitState<Int>(limits: PermitLimits(total: 5, hosts: hosts))
        for _ in 0..<3 {
            guard case .granted(let permit) = state.request(0, for: "a.test:443", at: .zero) else {
                Issue.record("it is not granted")
                return
            }
            #expect(!Self.isGranted(&state, "a.test:443"))
            // To the one that waits, which returns it.
            state.release(permit, at: .zero) { _, _ in true }
            #expect(state.used == 1)
            state.release(permit, at: .zero) { _, _ in true }
            #expect(state.keyCount == 0)
        }
    }

    @Test func `a status counts as a success by the host of the hop that gave it`() async throws {
        let transport = FakeTransport { request, _ in
            request.url.path == "/go"
                ? SchedulerRun.answer(
                    302, [("Location", "http://\(request.url.host == "a.test" ? "b" : "a").test/end")])
                : SchedulerRun.answer(404)
        }
        var run = SchedulerRun(transport)
        run.options.hosts = try Self.limits {
            $0.accept.add(try StatusSet("404"), for: try HostPattern("http://a.test"))
        }
        let outcomes = await run.outcomes([
            "http://a.test/", "http://b.test/", "http://a.test/go", "http://b.test/go", "https://a.test/",
        ])
        #expect(outcomes.map(\.isOK) == [true, false, false, true, false])
        // Where 404 is in its set, 200 is not.
        let other = SchedulerRun(FakeTransport())
        var strict = other
        strict.options.hosts = run.options.hosts
        #expect(await strict.outcomes(["http://a.test/", "http://b.test/"]).map(\.isOK) == [false, true])
    }

    @Test func `each hop has the time of its host, and the others share that of the attempt`() async throws {
        let transport = FakeTransport { request, _ in
            let next = ["/1": "http://own.test/2", "/2": "http://c.test/3", "/3": "http://none.test/4"]
            let fields = next[request.url.path].map { [("Location", $0)] } ?? []
            return SchedulerRun.answer(
                fields.isEmpty ? 200 : 302, fields, total: .seconds(request.url.path == "/2" ? 40 : 4))
        }
        var run = SchedulerRun(transport)
        run.options.maxTime = .seconds(10)
        run.options.hosts = try Self.limits {
            $0.maxTime.add(.seconds(60), for: try HostPattern("http://own.test"))
            $0.maxTime.add(.zero, for: try HostPattern("http://none.test"))
        }
        let outcomes = await run.outcomes(["http://a.test/1"])
        #expect(outcomes.map(\.isOK) == [true])
        // The 40 seconds of own.test are not taken from the others.
        #expect(transport.limits.map(\.maxTime) == [.seconds(10), .seconds(60), .seconds(6), nil])
        #expect(outcomes.first?.timing?.total == .seconds(52))
    }

    @Test func `without a host of its own an attempt is timed as before`() async throws {
        let transport = FakeTransport { request, _ in
            SchedulerRun.answer(302, [("Location", request.url.href + "x")], total: .seconds(4))
        }
        var run = SchedulerRun(transport)
        run.options.maxTime = .seconds(10)
        run.options.hosts = try Self.limits { $0.maxTime.add(.seconds(60), for: try HostPattern("own.test")) }
        let outcomes = await run.outcomes(["http://a.test/"])
        #expect(outcomes.first?.error?.kind == .timedOut)
        #expect(transport.limits.map(\.maxTime) == [.seconds(10), .seconds(6), .seconds(2)])
    }

    @Test func `parts of one attempt have what is left of it`() throws {
        var options = SchedulerOptions()
        options.maxTime = .seconds(10)
        options.hosts = try Self.limits {
            $0.maxTime.add(.seconds(60), for: try HostPattern("own.test"))
            $0.maxTime.add(.zero, for: try HostPattern("none.test"))
        }
        let short = options.shortened(by: .seconds(15))
        let times = try ["https://a.test/", "https://own.test/", "https://none.test/"].map { url in
            short.timeLeft(after: .zero, for: try FetchURL.parse(url))
        }
        #expect(times == [.milliseconds(1), .seconds(45), nil])
    }

    @Test func `the scheduler keeps a host's maximum`() async throws {
        let gate = AsyncGate()
        let transport = FakeTransport { _, _ in
            await gate.wait()
            return SchedulerRun.answer()
        }
        var run = SchedulerRun(transport, max: 8, perOrigin: 2)
        run.options.hosts = try Self.limits {
            $0.maximum.add(1, for: try HostPattern("http://a.test"))
            $0.maximum.add(4, for: try HostPattern("http://b.test"))
        }
        let urls = (0..<30).map { "http://\(["a", "b", "c"][$0 % 3]).test/\($0)" }
        async let outcomes = run.outcomes(urls)
        await gate.waitForArrivals(3)
        gate.open()
        #expect(await outcomes.count == 30)
        for (host, most) in [("a", 1), ("b", 4), ("c", 2)] {
            #expect((1...most).contains(transport.peak(origin: "http://\(host).test")))
        }
    }
}
