import TestSupport
import Testing

@testable import FetchCore

@Suite("A bounded queue between tasks", .timeLimit(.minutes(20)))
struct AsyncQueueTests {
    @Test func `elements come out in the order they went in, and the end comes behind them`() async throws {
        let queue = AsyncQueue<Int>(capacity: 3)
        for number in 1...3 { try await queue.send(number) }
        queue.finish()
        var received: [Int] = []
        for await number in queue { received.append(number) }
        #expect(received == [1, 2, 3])
        #expect(await queue.next() == nil)
    }

    @Test func `a producer that is faster waits for room`() async throws {
        let queue = AsyncQueue<Int>(capacity: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<100 { try await queue.send(number) }
                queue.finish()
            }
            var expected = 0
            for await number in queue {
                #expect(number == expected)
                // What waits outside for its turn is not in the queue.
                #expect(queue.count <= 2)
                expected += 1
            }
            #expect(expected == 100)
            try await group.waitForAll()
        }
    }

    @Test func `each element goes to one of the consumers, and all of them see the end`() async throws {
        let queue = AsyncQueue<Int>(capacity: 4)
        let received = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var mine: [Int] = []
                    for await number in queue { mine.append(number) }
                    return mine
                }
            }
            for number in 0..<500 { try await queue.send(number) }
            queue.finish()
            var all: [Int] = []
            for try await mine in group { all += mine }
            return all
        }
        #expect(received.sorted() == Array(0..<500))
    }

    @Test func `cancelling ends the wait of a consumer and of a producer`() async throws {
        let empty = AsyncQueue<Int>(capacity: 1)
        let consumer = Task { await empty.next() }
        consumer.cancel()
        #expect(await consumer.value == nil)
        // Nobody stands in line any more who would swallow this one.
        try await empty.send(7)
        #expect(await empty.next() == 7)

        let full = AsyncQueue<Int>(capacity: 1)
        try await full.send(1)
        let producer = Task { try await full.send(2) }
        producer.cancel()
        await #expect(throws: CancellationError.self) { try await producer.value }
        #expect(await full.next() == 1)
        #expect(full.count == 0)
    }

    @Test func `a finished queue takes nothing more`() async throws {
        let queue = AsyncQueue<Int>(capacity: 1)
        queue.finish()
        queue.finish()
        await #expect(throws: CancellationError.self) { try await queue.send(1) }
        #expect(await queue.next() == nil)
    }
}

@Suite("The decisions of a bounded queue")
struct QueueStateTests {
    @Test func `who waits for an element gets it past the queue`() {
        var state = QueueState<String>(capacity: 1)
        guard case .waiting = state.receive(by: 1) else { return #expect(Bool(false), "there was nothing to give") }
        guard case .handed(to: 1) = state.send("a", by: 2) else { return #expect(Bool(false), "not handed over") }
        #expect(state.count == 0)
    }

    @Test func `a producer's turn comes when an element leaves, in the order they came`() {
        var state = QueueState<String>(capacity: 1)
        guard case .taken = state.send("a", by: 1), case .waiting = state.send("b", by: 2),
            case .waiting = state.send("c", by: 3)
        else { return #expect(Bool(false), "one has room, two wait") }
        guard case .element("a", admitted: 2) = state.receive(by: 4) else { return #expect(Bool(false)) }
        let ended = [state.cancel(3), state.cancel(2)]
        #expect(ended == [true, false])
        guard case .element("b", admitted: nil) = state.receive(by: 5) else { return #expect(Bool(false)) }
    }

    @Test func `what producers hold when the queue is finished is still given out`() {
        var state = QueueState<String>(capacity: 1)
        _ = state.send("a", by: 1)
        _ = state.send("b", by: 2)
        let waited = state.finish()
        #expect(waited.isEmpty)
        guard case .finished = state.send("c", by: 3) else { return #expect(Bool(false)) }
        guard case .element("a", admitted: 2) = state.receive(by: 4) else { return #expect(Bool(false)) }
        guard case .element("b", admitted: nil) = state.receive(by: 5) else { return #expect(Bool(false)) }
        guard case .end = state.receive(by: 6) else { return #expect(Bool(false)) }
    }
}
