import FetchCore
import TestSupport
import Testing

@testable import FetchScheduling

/// At most so many in every window, whichever one looks at.
@Suite(.timeLimit(.minutes(20))) struct RateLimiterTests {
    @Test(arguments: 0..<20) func neverLetsTooManyIntoAWindow(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = RateLimit(
            maxCalls: Int.random(in: 1...8, using: &random),
            period: .milliseconds(Int.random(in: 1...500, using: &random)))
        var log = SlidingLog(limit)
        var now: Duration = .seconds(5)
        var starts: [Duration] = []
        for _ in 0..<500 {
            now += .milliseconds(Int.random(in: 0...60, using: &random))
            let isFree = log.nextStart <= now
            let isTaken = log.take(at: now)
            #expect(isTaken == isFree)
            if isFree { starts.append(now) }
        }
        for (index, start) in starts.enumerated() {
            let inWindow = starts[index...].prefix { $0 < start + limit.period }
            #expect(inWindow.count <= limit.maxCalls)
        }
        // Nor is anybody kept waiting without need: a full window means as many starts as there may be.
        #expect(starts.count >= limit.maxCalls)
    }

    @Test func saysWhenTheNextMayStart() {
        var log = SlidingLog(RateLimit(maxCalls: 2, period: .seconds(10)))
        for second in [1, 4] { _ = log.take(at: .seconds(second)) }
        #expect(log.nextStart == .seconds(11))
        let isEarly = log.take(at: .milliseconds(10_999))
        #expect(!isEarly)
        let isInTime = log.take(at: .seconds(11))
        #expect(isInTime)
        #expect(log.nextStart == .seconds(14))
        #expect(!log.isIdle(at: .milliseconds(20_999)))
        #expect(log.isIdle(at: .seconds(21)))
    }

    @Test func countsAStartFromItsAnswerOn() {
        let limit = RateLimit(maxCalls: 2, period: .seconds(1))
        var log = SlidingLog(limit, isConfirmed: true)
        for _ in 0..<2 { _ = log.take(at: .seconds(1)) }
        // Nobody knows yet when they arrived; no later than a twentieth of the period is assumed.
        #expect(log.nextStart == .milliseconds(2050))
        log.confirm(.seconds(1), at: .milliseconds(1002))
        #expect(log.nextStart == .milliseconds(2002))
        // A slow answer takes no more of the rate than that.
        log.confirm(.seconds(1), at: .milliseconds(1900))
        _ = log.take(at: .milliseconds(2002))
        #expect(log.nextStart == .milliseconds(2050))
        // One that is confirmed after it has left the window changes nothing.
        log.confirm(.milliseconds(5), at: .milliseconds(2002))
        #expect(log.nextStart == .milliseconds(2050))
    }

    /// Requests reach the server late, each in its own way, and answers come later still.
    @Test(arguments: 0..<20) func holdsOnTheServersClock(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = RateLimit(maxCalls: 4, period: .milliseconds(1000))
        var log = SlidingLog(limit, isConfirmed: true)
        var now: Duration = .seconds(1)
        var open: [(start: Duration, answered: Duration)] = []
        var arrivals: [Duration] = []
        for _ in 0..<2000 {
            now += .milliseconds(Int.random(in: 0...20, using: &random))
            for entry in open where entry.answered <= now { log.confirm(entry.start, at: now) }
            open.removeAll { $0.answered <= now }
            guard log.take(at: now) else { continue }
            let arrival = now + .milliseconds(Int.random(in: 0...30, using: &random))
            arrivals.append(arrival)
            open.append((now, arrival + .milliseconds(Int.random(in: 0...200, using: &random))))
        }
        arrivals.sort()
        for (index, arrival) in arrivals.enumerated() {
            #expect(arrivals[index...].prefix { $0 < arrival + limit.period }.count <= limit.maxCalls)
        }
        #expect(arrivals.count > 60)
    }

    @Test func neverGivesTenTasksTheSameStart() async throws {
        let time = ManualTime()
        let limiter = RateLimiter(maxCalls: 3, period: .seconds(1), time: time)
        let starts = Shared<[Duration]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await limiter.acquire()
                    starts.update { $0.append(time.now()) }
                }
            }
            for second in 1...3 {
                while starts.value.count < second * 3 { await Task.yield() }
                await time.waitUntilSleeping { $0 == [.seconds(1)] }
                // However long nobody looks, not one more gets through.
                for _ in 0..<50 { await Task.yield() }
                #expect(starts.value.count == second * 3)
                time.advance(by: .seconds(1))
            }
            try await group.waitForAll()
        }
        let base = try #require(starts.value.first)
        #expect(starts.value.map { ($0 - base).components.seconds } == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    }

    @Test func servesInTheOrderOfTheCalls() async throws {
        let time = ManualTime()
        let limiter = RateLimiter(maxCalls: 1, period: .seconds(1), time: time)
        let order = Shared<[Int]>([])
        try await limiter.acquire()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    try await limiter.acquire()
                    order.update { $0.append(number) }
                }
                while await limiter.waiting <= number { await Task.yield() }
            }
            for done in 0..<5 {
                await time.waitUntilSleeping { $0.count == 1 }
                time.advance(by: .seconds(1))
                while order.value.count <= done { await Task.yield() }
            }
            try await group.waitForAll()
        }
        #expect(order.value == [0, 1, 2, 3, 4])
    }

    @Test func givesTheTurnOfACancelledCallerToTheNext() async throws {
        let time = ManualTime()
        let limiter = RateLimiter(maxCalls: 1, period: .seconds(1), time: time)
        try await limiter.acquire()
        let tasks = Shared<[Task<Void, any Error>]>([])
        for number in 0..<3 {
            tasks.update { $0.append(Task { try await limiter.acquire() }) }
            while await limiter.waiting <= number { await Task.yield() }
        }
        // The first in line, who watches the clock, and one behind.
        for number in [0, 1] {
            tasks.value[number].cancel()
            await #expect(throws: CancellationError.self) { try await tasks.value[number].value }
        }
        await time.waitUntilSleeping { $0 == [.seconds(1)] }
        time.advance(by: .seconds(1))
        try await tasks.value[2].value
        #expect(await limiter.waiting == 0)
    }

    @Test func throwsAtOnceInATaskThatIsCancelled() async throws {
        let limiter = RateLimiter(maxCalls: 1, period: .seconds(3600))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await limiter.acquire()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Nothing was used up.
        try await limiter.acquire()
    }
}
