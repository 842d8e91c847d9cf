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
