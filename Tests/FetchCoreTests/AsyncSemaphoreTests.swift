import FetchScheduling
import TestSupport
import Testing

/// The behaviours that people rely on in a semaphore for tasks (after those of groue/Semaphore).
@Suite(.timeLimit(.minutes(20))) struct AsyncSemaphoreTests {
    @Test func lendsAtOnceWhileItHasPermits() async throws {
        let semaphore = AsyncSemaphore(permits: 3)
        for _ in 0..<3 { try await semaphore.acquire() }
        #expect(await semaphore.used == 3)
        #expect(await semaphore.waiting == 0)
    }

    @Test func suspendsUntilAPermitComesBack() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let isThrough = Shared(false)
        let task = Task {
            try await semaphore.acquire()
            isThrough.update { $0 = true }
        }
        await waiters(1, of: semaphore)
        #expect(!isThrough.value)
        await semaphore.release()
        try await task.value
        #expect(isThrough.value)
        #expect(await semaphore.used == 1)
    }

    @Test func resumesInTheOrderOfTheRequests() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let order = Shared<[Int]>([])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    try? await semaphore.withPermit { order.update { $0.append(number) } }
                }
                await waiters(number + 1, of: semaphore)
            }
            await semaphore.release()
        }
        #expect(order.value == Array(0..<10))
    }

    @Test func throwsAtOnceInATaskThatIsCancelled() async {
        let semaphore = AsyncSemaphore(permits: 1)
        let gate = AsyncGate()
        let task = Task {
            await gate.wait()
            try await semaphore.acquire()
        }
        task.cancel()
        gate.open()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The permit was not taken.
        #expect(await semaphore.used == 0)
    }

    @Test func throwsWhenCancelledWhileItWaits() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let task = Task { try await semaphore.acquire() }
        await waiters(1, of: semaphore)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await semaphore.waiting == 0)
        // The permit that comes back goes to the next who asks, and not to the one who left.
        await semaphore.release()
        #expect(await semaphore.used == 0)
        try await semaphore.acquire()
        #expect(await semaphore.used == 1)
    }

    @Test func passesThePermitToTheNextWhenTheFirstLeft() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let first = Task { try await semaphore.acquire() }
        await waiters(1, of: semaphore)
        let second = Task { try await semaphore.acquire() }
        await waiters(2, of: semaphore)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await semaphore.release()
        try await second.value
        #expect(await semaphore.used == 1)
    }

    @Test func givesBackAfterTheBody() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        let value = try await semaphore.withPermit {
            #expect(await semaphore.used == 1)
            return 42
        }
        #expect(value == 42)
        #expect(await semaphore.used == 0)
    }

    @Test func givesBackWhenTheBodyThrows() async {
        struct Failure: Error {}
        let semaphore = AsyncSemaphore(permits: 1)
        await #expect(throws: Failure.self) { try await semaphore.withPermit { throw Failure() } }
        #expect(await semaphore.used == 0)
    }

    @Test func doesNotRunTheBodyOfATaskThatIsCancelled() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let task = Task { try await semaphore.withPermit { Issue.record("ran without a permit") } }
        await waiters(1, of: semaphore)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await semaphore.used == 1)
    }

    @Test func letsNobodyInOnceItIsClosed() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let tasks = (0..<3).map { _ in Task { try await semaphore.acquire() } }
        await waiters(3, of: semaphore)
        await semaphore.close()
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        await #expect(throws: CancellationError.self) { try await semaphore.acquire() }
        await semaphore.release()
        #expect(await semaphore.used == 0)
    }

    @Test func boundsEachKeyOnItsOwn() async throws {
        let semaphore = AsyncSemaphore(permits: 3, permitsPerKey: 1)
        try await semaphore.acquire(for: "a")
        let second = Task { try await semaphore.acquire(for: "a") }
        await waiters(1, of: semaphore)
        // A queue at one key holds up nobody else.
        try await semaphore.acquire(for: "b")
        #expect(await semaphore.used == 2)
        await semaphore.release(for: "a")
        try await second.value
        #expect(await semaphore.used == 2)
    }

    @Test(arguments: [1, 7, 100]) func neverLendsMoreThanItHasToAThousandTasks(permits: Int) async {
        let semaphore = AsyncSemaphore(permits: permits)
        let gate = AsyncGate()
        let state = Shared(Counts())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    try? await semaphore.withPermit {
                        state.update { state in
                            state.now += 1
                            state.total += 1
                            state.peak = max(state.peak, state.now)
                        }
                        // The bound is reached for certain before anybody goes on.
                        await gate.wait()
                        state.update { $0.now -= 1 }
                    }
                }
            }
            await gate.waitForArrivals(permits)
            await waiters(1000 - permits, of: semaphore)
            gate.open()
        }
        #expect(state.value == Counts(now: 0, peak: permits, total: 1000))
        #expect(await semaphore.used == 0)
    }

    @Test func losesNoPermitWhenTasksAreCancelledAtAnyMoment() async throws {
        let semaphore = AsyncSemaphore(permits: 4, permitsPerKey: 2)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let task = Task {
                        try await semaphore.withPermit(for: "\(number % 3)") { await Task.yield() }
                    }
                    if number % 2 == 0 { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
        #expect(await semaphore.used == 0)
        #expect(await semaphore.waiting == 0)
        for key in ["0", "0", "1", "1"] { try await semaphore.acquire(for: key) }
        #expect(await semaphore.used == 4)
    }

    private struct Counts: Equatable {
        var now = 0
        var peak = 0
        var total = 0
    }

    private func waiters(_ count: Int, of semaphore: AsyncSemaphore) async {
        while await semaphore.waiting < count { await Task.yield() }
    }
}
