import FetchCore
import FetchHTTP
import TestSupport
import Testing

@Suite("Retry, timeout and gather", .timeLimit(.minutes(20)))
struct LibraryTimeTests {
    private struct Broken: Error, Equatable { let number: Int }

    @Test func `a retry runs the operation again until it succeeds, and waits longer each time`() async throws {
        let time = ManualTime()
        let runs = Shared(0)
        let mover = Task {
            for _ in 0..<2 {
                await time.waitUntilSleeping { !$0.isEmpty }
                time.advance(by: .seconds(10))
            }
        }
        let result = try await withRetry(maxAttempts: 3, delay: .seconds(1), time: time) {
            let run = runs.update { runs in
                runs += 1
                return runs
            }
            if run < 3 { throw Broken(number: run) }
            return "third"
        }
        await mover.value
        #expect(result == "third")
        try #require(time.asked.count == 2)
        #expect((.milliseconds(500)...(.seconds(1))).contains(time.asked[0]))
        #expect((.seconds(1)...(.seconds(2))).contains(time.asked[1]))
    }

    @Test func `the last error is thrown when attempts run out`() async throws {
        let runs = Shared(0)
        await #expect(throws: Broken(number: 2)) {
            try await withRetry(maxAttempts: 2, delay: .zero) {
                throw Broken(
                    number: runs.update { runs in
                        runs += 1
                        return runs
                    })
            }
        }
        #expect(runs.value == 2)
    }

    @Test func `neither a cancellation nor an error that is not worth it is tried again`() async throws {
        let runs = Shared(0)
        await #expect(throws: CancellationError.self) {
            try await withRetry(maxAttempts: 5, delay: .zero) {
                runs.update { $0 += 1 }
                throw CancellationError()
            }
        }
        await #expect(throws: Broken.self) {
            try await withRetry(maxAttempts: 5, delay: .zero, while: { !($0 is Broken) }) {
                runs.update { $0 += 1 }
                throw Broken(number: 0)
            }
        }
        #expect(runs.value == 2)
    }

    @Test func `a server's wish is longer than the backoff`() async throws {
        let time = ManualTime()
        let mover = Task {
            await time.waitUntilSleeping { !$0.isEmpty }
            time.advance(by: .seconds(60))
        }
        let runs = Shared(0)
        try await withRetry(maxAttempts: 2, delay: .seconds(1), time: time) {
            let run = runs.update { runs in
                runs += 1
                return runs
            }
            if run == 1 { throw FetchError(.rateLimited, "wait", retryAfter: .seconds(42)) }
        }
        await mover.value
        #expect(time.asked == [.seconds(42)])
    }

    @Test func `what is too slow is cancelled and throws timed-out`() async throws {
        let time = ManualTime()
        let wasCancelled = Shared(false)
        let mover = Task {
            await time.waitUntilSleeping { $0.count == 2 }
            time.advance(by: .seconds(5))
        }
        await #expect { () async throws in
            try await withTimeout(.seconds(5), time: time) {
                do {
                    try await time.sleep(for: .seconds(3600))
                } catch {
                    wasCancelled.update { $0 = true }
                }
            }
        } throws: { ($0 as? FetchError)?.kind == .timedOut }
        await mover.value
        #expect(wasCancelled.value)
    }

    @Test func `what is in time gives its result, also nil, and its error`() async throws {
        #expect(try await withTimeout(.seconds(3600)) { 42 } == 42)
        #expect(try await withTimeout(.seconds(3600)) { Int?.none } == nil)
        await #expect(throws: Broken(number: 1)) { try await withTimeout(.seconds(3600)) { throw Broken(number: 1) } }
    }

    @Test func `results are in the order of the arguments, and all run at once`() async throws {
        let gate = AsyncGate()
        let opener = Task {
            // Only when all three are at the gate does it open.
            await gate.waitForArrivals(3)
            gate.open()
        }
        let (number, text, flag) = try await gather(
            {
                await gate.wait()
                return 1
            },
            {
                await gate.wait()
                return "two"
            },
            {
                await gate.wait()
                return true
            })
        await opener.value
        #expect((number, text, flag) == (1, "two", true))
    }

    @Test func `results of many items are in their order, and never more run than asked for`() async throws {
        let running = Shared((now: 0, peak: 0))
        let results = try await gatherAll(0..<50, maxConcurrent: 4) { number in
            running.update { running in
                running.now += 1
                running.peak = max(running.peak, running.now)
            }
            for _ in 0..<number % 5 { await Task.yield() }
            running.update { $0.now -= 1 }
            return number * 2
        }
        #expect(results == (0..<50).map { $0 * 2 })
        #expect((2...4).contains(running.value.peak))
        #expect(try await gatherAll([Int]()) { $0 }.isEmpty)
    }

    @Test func `the first failure cancels the others and is thrown`() async throws {
        let time = ManualTime()
        await #expect(throws: Broken(number: 9)) {
            // Without the cancellation the sleep would never end.
            _ = try await gather({ try await time.sleep(for: .seconds(1)) }, { throw Broken(number: 9) })
        }
    }
}
