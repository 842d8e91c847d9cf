import Testing

@testable import FetchSystem

/// Which sleeps end when, without a clock.
@Suite struct SleepQueueTests {
    @Test func `sleeps end in the order of their times, and then of their beginnings`() {
        var queue = SleepQueue<String>()
        #expect(queue.next == nil)
        let areNext = [queue.add("c", 1, until: 30), queue.add("a", 2, until: 10), queue.add("b", 3, until: 10)]
        #expect(areNext == [true, true, false])
        #expect(queue.next == 10)
        var ended = queue.takeEnded(at: 9)
        #expect(ended.isEmpty)
        ended = queue.takeEnded(at: 10)
        #expect(ended == ["a", "b"])
        #expect(queue.next == 30)
        ended = queue.takeEnded(at: .max)
        #expect(ended == ["c"])
        #expect(queue.next == nil)
        #expect(queue.count == 0)
    }

    @Test func `a sleep that was cancelled is not among those that end`() {
        var queue = SleepQueue<String>()
        _ = queue.add("a", 1, until: 10)
        _ = queue.add("b", 2, until: 20)
        let removed = [queue.remove(1), queue.remove(1)]
        #expect(removed == ["a", nil])
        let ended = queue.takeEnded(at: 30)
        #expect(ended == ["b"])
        let late = queue.remove(2)
        #expect(late == nil)
    }

    @Test func `a million limits that are not reached leave nothing behind`() {
        var queue = SleepQueue<Int>()
        _ = queue.add(0, 0, until: 5_000_000)
        var most = 0
        for number in 1...1_000_000 {
            _ = queue.add(number, UInt64(number), until: 10_000_000)
            _ = queue.remove(UInt64(number))
            most = max(most, queue.endCount)
        }
        #expect(most <= 66)
        #expect(queue.count == 1)
        let ended = queue.takeEnded(at: .max)
        #expect(ended == [0])
    }
}

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
