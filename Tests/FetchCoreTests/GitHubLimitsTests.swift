import FetchHTTP
import Testing

@testable import FetchGitHub

@Suite("Limits allow, hold, wait or give up")
struct GitHubLimitsTests {
    private static let start: Duration = .seconds(1000)
    private static let epoch: Int64 = 1_767_225_600

    private func limits(
        _ concurrency: Int = 10, maxWait: Duration = .seconds(60), isAuthenticated: Bool = false
    ) -> GitHubLimits {
        GitHubLimits(concurrency: concurrency, maxWait: maxWait, isAuthenticated: isAuthenticated)
    }

    private func notice(
        _ remaining: Int? = nil, resetIn: Int? = nil, retryAfter: Int? = nil,
        _ refusal: GitHubLimitNotice.Refusal? = nil
    ) -> GitHubLimitNotice {
        var notice = GitHubLimitNotice()
        notice.limit = remaining == nil ? nil : 60
        notice.remaining = remaining
        notice.resetIn = resetIn.map { .seconds($0) }
        notice.resetEpoch = resetIn.map { Self.epoch + Int64($0) }
        notice.retryAfter = retryAfter.map { .seconds($0) }
        notice.refusal = refusal
        return notice
    }

    @Test func `as many go at once as may, and never more than GitHub allows`() {
        var limits = limits(2)
        #expect(limits.step(for: "core", now: Self.start) == .send)
        let wave = limits.send(for: "core", now: Self.start)
        _ = limits.send(for: "core", now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .hold)
        limits.receive(notice(), for: "core", sentIn: wave, now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .send)
        #expect(self.limits(500).concurrency == 100)
    }

    @Test func `with a token the first request goes alone`() {
        var limits = limits(isAuthenticated: true)
        let wave = limits.send(for: "core", now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .hold)
        limits.receive(notice(4999, resetIn: 3600), for: "core", sentIn: wave, now: Self.start)
        _ = limits.send(for: "core", now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .send)
    }

    @Test func `nothing is sent that would be refused`() {
        var limits = limits()
        let wave = limits.send(for: "core", now: Self.start)
        limits.receive(notice(2, resetIn: 30), for: "core", sentIn: wave, now: Self.start)
        _ = limits.send(for: "core", now: Self.start)
        _ = limits.send(for: "core", now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .hold)
        #expect(limits.step(for: "graphql", now: Self.start) == .send)
        limits.receive(notice(0, resetIn: 30), for: "core", sentIn: wave, now: Self.start)
        limits.receive(notice(1, resetIn: 30), for: "core", sentIn: wave, now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .wait(until: Self.start + .seconds(30)))
        #expect(limits.step(for: "core", now: Self.start + .seconds(30)) == .send)
    }

    @Test func `a refusal is waited for once, and one request goes first`() {
        var limits = limits(4)
        let waves = (0..<4).map { _ in limits.send(for: "core", now: Self.start) }
        for wave in waves {
            limits.receive(notice(0, resetIn: 2, .primary), for: "core", sentIn: wave, now: Self.start)
        }
        #expect(limits.step(for: "core", now: Self.start) == .wait(until: Self.start + .seconds(2)))
        let later = Self.start + .seconds(2)
        #expect(limits.step(for: "core", now: later) == .send)
        let probe = limits.send(for: "core", now: later)
        #expect(limits.step(for: "core", now: later) == .hold)
        limits.receive(notice(59, resetIn: 3600), for: "core", sentIn: probe, now: later)
        #expect(limits.step(for: "core", now: later) == .send)
        #expect(limits.concurrency == 4)
    }

    @Test func `a reset that is too far away ends it, with the time in words`() {
        var limits = limits()
        let wave = limits.send(for: "core", now: Self.start)
        limits.receive(notice(0, resetIn: 58 * 60), for: "core", sentIn: wave, now: Self.start)
        guard case .giveUp(let error) = limits.step(for: "core", now: Self.start) else {
            Issue.record("not given up")
            return
        }
        #expect(error.kind == .rateLimited)
        #expect(error.retryAfter == .seconds(58 * 60))
        #expect(
            error.message
                == "all 60 requests of this hour are used up until 2026-01-01 00:58:00 UTC, in 58m 00s (set GH_TOKEN for 5000 an hour)"
        )
    }

    @Test func `a secondary limit halves what goes at once, once for each wave`() {
        var limits = limits(8)
        let waves = (0..<8).map { _ in limits.send(for: "core", now: Self.start) }
        for wave in waves {
            limits.receive(
                notice(4000, resetIn: 60, retryAfter: 5, .secondary), for: "core", sentIn: wave, now: Self.start)
        }
        #expect(limits.concurrency == 4)
        #expect(limits.step(for: "graphql", now: Self.start) == .wait(until: Self.start + .seconds(5)))
    }

    @Test func `a secondary limit without a time costs a minute, then two, then the end`() {
        var limits = limits(maxWait: .seconds(120))
        var now = Self.start
        for wait in [60, 120] {
            let wave = limits.send(for: "core", now: now)
            limits.receive(notice(4000, resetIn: 3000, .secondary), for: "core", sentIn: wave, now: now)
            #expect(limits.step(for: "core", now: now) == .wait(until: now + .seconds(wait)))
            now += .seconds(wait)
        }
        let wave = limits.send(for: "core", now: now)
        limits.receive(notice(4000, resetIn: 3000, .secondary), for: "core", sentIn: wave, now: now)
        guard case .giveUp(let error) = limits.step(for: "core", now: now) else {
            Issue.record("not given up")
            return
        }
        #expect(error.kind == .rateLimited)
        #expect(error.message == "GitHub's secondary rate limit: it asks to wait 4m 00s")
    }

    @Test func `a limit that never ends is given up`() {
        var limits = limits()
        var now = Self.start
        var waits = 0
        while case .send = limits.step(for: "core", now: now), waits < 100 {
            let wave = limits.send(for: "core", now: now)
            limits.receive(notice(0, resetIn: 1, .primary), for: "core", sentIn: wave, now: now)
            now += .seconds(1)
            waits += 1
        }
        #expect(waits == 6)
    }

    @Test func `answers that overtake one another do not give back what is gone`() {
        var limits = limits()
        let wave = limits.send(for: "core", now: Self.start)
        for _ in 0..<2 { _ = limits.send(for: "core", now: Self.start) }
        limits.receive(notice(0, resetIn: 30), for: "core", sentIn: wave, now: Self.start)
        limits.receive(notice(7, resetIn: 30), for: "core", sentIn: wave, now: Self.start)
        limits.receive(notice(3, resetIn: 30), for: "core", sentIn: wave, now: Self.start)
        #expect(limits.step(for: "core", now: Self.start) == .wait(until: Self.start + .seconds(30)))
    }

    @Test func `a list that is too long is known before it is begun`() {
        var limits = limits(maxWait: .zero)
        var told = notice(60, resetIn: 600)
        told.bucket = "core"
        limits.learn(told, now: Self.start)
        #expect(limits.shortage(of: 60, in: "core", now: Self.start) == nil)
        #expect(limits.shortage(of: 61, in: "graphql", now: Self.start) == nil)
        let error = limits.shortage(of: 61, in: "core", now: Self.start)
        #expect(error?.kind == .rateLimited)
        #expect(
            error?.message
                == "61 requests are needed and 60 are left until 2026-01-01 00:10:00 UTC, in 10m 00s (set GH_TOKEN for 5000 an hour)"
        )
    }
}
