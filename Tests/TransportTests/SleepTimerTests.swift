import FetchSystem
import Testing

/// Sleeps of tasks on the timer's thread.
@Suite(.timeLimit(.minutes(10))) struct SleepTimerTests {
    @Test func `a sleep is as long as asked, and no later sleep delays it`() async throws {
        let time = SystemTime()
        let long = Task { try await time.sleep(for: .seconds(86400 * 365 * 400)) }
        for wait in [Duration.milliseconds(30), .zero, .milliseconds(-5), .nanoseconds(1)] {
            let before = time.now()
            try await time.sleep(for: wait)
            #expect(time.now() - before >= wait)
        }
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
    }

    @Test func `a task that is cancelled does not sleep, before and after it begins`() async throws {
        for isFirst in [true, false] {
            let task = Task {
                if isFirst { while !Task.isCancelled { await Task.yield() } }
                try await SystemTime().sleep(for: .seconds(3600))
            }
            if !isFirst { try await SystemTime().sleep(for: .milliseconds(20)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a thousand sleeps at once end, half of them cancelled`() async throws {
        let ended = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let sleep = Task { try await SystemTime().sleep(for: .milliseconds(number % 50)) }
                    if number % 2 == 0 { sleep.cancel() }
                    return (try? await sleep.value) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(ended >= 500)
    }
}
