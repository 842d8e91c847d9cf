import FetchHTTP
import TestSupport
import Testing

@testable import FetchScheduling

/// Outcomes in batches, and the bound of what is on its way.
@Suite(.timeLimit(.minutes(20))) struct OutcomeStreamTests {
    /// Actions that a transport runs when all that arrived together has been handed over.
    private final class Turn: Sendable {
        private let actions = Shared<[@Sendable () -> Void]>([])

        func add(_ action: @escaping @Sendable () -> Void) { actions.update { $0.append(action) } }

        var count: Int { actions.value.count }

        func end() {
            let due = actions.update { actions in
                defer { actions = [] }
                return actions
            }
            for action in due { action() }
        }
    }

    private func outcome(_ index: Int) -> Outcome { Outcome(input: Samples.input(index: index)) }

    private func stream(_ capacity: Int = 4) -> OutcomeStream { OutcomeStream(capacity: capacity) { $0() } }

    @Test func givesOneBatchForOneTurn() async {
        let turn = Turn()
        let stream = OutcomeStream(capacity: 10) { turn.add($0) }
        let reader = Task { await stream.next()?.map(\.input.index) }
        await Task.yield()
        for index in 0..<3 { stream.send(outcome(index)) }
        // One action for the three.
        #expect(turn.count == 1)
        turn.end()
        #expect(await reader.value == [0, 1, 2])
        stream.send(outcome(3))
        #expect(turn.count == 1)
        turn.end()
        #expect(await stream.next()?.map(\.input.index) == [3])
    }

    @Test func holdsOutcomesBackUntilThereAreEnough() async {
        let (turn, timer) = (Turn(), Turn())
        let stream = OutcomeStream(capacity: 1000, afterTurn: { turn.add($0) }, afterPatience: { timer.add($0) })
        let reader = Task { await stream.next()?.count }
        await Task.yield()
        for index in 0..<OutcomeStream.enough - 1 { stream.send(outcome(index)) }
        // One timer for all of them, and no wake-up yet.
        #expect(turn.count == 0)
        #expect(timer.count == 1)
        stream.send(outcome(0))
        #expect(turn.count == 1)
        turn.end()
        #expect(await reader.value == OutcomeStream.enough)
        // The timer that still runs does for the next as well.
        stream.send(outcome(0))
        #expect(timer.count == 1)
        timer.end()
        #expect(await stream.next()?.count == 1)
    }

    @Test func holdsOutcomesBackNoLongerThanItMay() async {
        let timer = Turn()
        let stream = OutcomeStream(capacity: 10, afterTurn: { $0() }, afterPatience: { timer.add($0) })
        let reader = Task { await stream.next()?.map(\.input.index) }
        await Task.yield()
        stream.send(outcome(0))
        stream.send(outcome(1))
        timer.end()
        #expect(await reader.value == [0, 1])
        stream.send(outcome(2))
        #expect(timer.count == 1)
        timer.end()
        // Nobody waited then; who comes now does not wait.
        #expect(await stream.next()?.map(\.input.index) == [2])
        stream.send(outcome(3))
        stream.finish()
        #expect(await stream.next()?.map(\.input.index) == [3])
        #expect(await stream.next() == nil)
    }

    @Test func givesWhatIsThereToAReaderThatComesLate() async {
        let stream = stream()
        for index in 0..<3 { stream.send(outcome(index)) }
        #expect(await stream.next()?.count == 3)
    }

    @Test func endsAfterTheLastOutcome() async {
        let stream = stream()
        stream.send(outcome(0))
        stream.finish()
        #expect(await stream.next()?.count == 1)
        #expect(await stream.next() == nil)
        #expect(await stream.next() == nil)
    }

    @Test func endsAReaderThatWaits() async {
        let stream = stream()
        let reader = Task { await stream.next() == nil }
        await Task.yield()
        stream.finish()
        #expect(await reader.value)
    }

    @Test func losesNothingBetweenSendersAndReader() async {
        let stream = stream(1000)
        let reader = Task {
            var indices: Set<Int> = []
            var count = 0
            for await batch in stream {
                indices.formUnion(batch.map(\.input.index))
                count += batch.count
            }
            return (indices.count, count)
        }
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<1000 { group.addTask { stream.send(Outcome(input: Samples.input(index: index))) } }
        }
        stream.finish()
        #expect(await reader.value == (1000, 1000))
    }

    @Test func holdsTheFeederBackUntilCapacityIsFree() async {
        let stream = stream(2)
        await stream.reserve()
        await stream.reserve()
        #expect(stream.pending == 2)
        let isThrough = Shared(false)
        let gate = AsyncGate()
        gate.open()
        let feeder = Task {
            await gate.wait()
            await stream.reserve()
            isThrough.update { $0 = true }
        }
        await gate.waitForArrivals(1)
        // Sending and reading give nothing back: the record is not out of the way yet.
        stream.send(outcome(0))
        _ = await stream.next()
        for _ in 0..<20 { await Task.yield() }
        #expect(!isThrough.value)
        stream.release(1)
        await feeder.value
        #expect(isThrough.value)
        #expect(stream.pending == 2)
        stream.release(2)
        #expect(stream.pending == 0)
    }

    @Test func letsAllThroughOnceItIsAbandoned() async {
        let stream = stream(1)
        await stream.reserve()
        let feeder = Task { await stream.reserve() }
        await Task.yield()
        stream.abandon()
        await feeder.value
        for _ in 0..<10 { await stream.reserve() }
    }
}
