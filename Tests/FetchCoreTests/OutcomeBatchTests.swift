import FetchHTTP
import Testing

@testable import FetchScheduling

@Suite struct OutcomeBatchTests {
    private func batch(_ count: Int) -> OutcomeBatch {
        var batch = OutcomeBatch()
        for index in 0..<count { batch.append(Outcome(input: Samples.input(index: index))) }
        return batch
    }

    @Test func givesOutcomesInTheOrderInWhichTheyCame() {
        var batch = batch(3)
        var taken: [Int] = []
        while let outcome = batch.popFirst() { taken.append(outcome.input.index) }
        #expect(taken == [0, 1, 2])
        #expect(batch.isEmpty && batch.count == 0)
        #expect(batch.popFirst() == nil)
    }

    @Test func whatWasTakenOutIsNotThereAnyMore() {
        var batch = batch(3)
        #expect(batch.popFirst()?.input.index == 0)
        #expect(batch.count == 2 && !batch.isEmpty)
        #expect(batch.map(\.input.index) == [1, 2])
        batch.append(Outcome(input: Samples.input(index: 3)))
        #expect(batch.map(\.input.index) == [1, 2, 3])
        #expect(batch.count == 3)
    }
}
