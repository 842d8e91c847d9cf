import FetchHTTP
import FetchRecords
import TestSupport
import Testing

/// Back into the order of the list.
@Suite struct OrderBufferTests {
    private func outcome(_ index: Int, body: [UInt8]? = nil) -> Outcome {
        var outcome = Outcome(input: Samples.input(index: index))
        if let body { outcome.response = Response(status: 200, body: .bytes(body), size: body.count) }
        return outcome
    }

    private func indices(_ outcomes: [Outcome]) -> [Int] { outcomes.map(\.input.index) }

    @Test func passesOnWhatComesInOrder() {
        var buffer = OrderBuffer()
        for index in 0..<5 {
            let due = buffer.add(outcome(index))
            #expect(indices(due) == [index])
        }
        #expect(buffer.size == 0)
    }

    @Test func keepsWhatComesTooEarly() {
        var buffer = OrderBuffer()
        #expect(buffer.add(outcome(2)).isEmpty == true)
        #expect(buffer.add(outcome(1)).isEmpty == true)
        #expect(buffer.add(outcome(4)).isEmpty == true)
        let first = buffer.add(outcome(0))
        #expect(indices(first) == [0, 1, 2])
        let second = buffer.add(outcome(3))
        #expect(indices(second) == [3, 4])
    }

    @Test func countsTheBytesThatWait() {
        var buffer = OrderBuffer()
        _ = buffer.add(outcome(1, body: [UInt8](repeating: 0, count: 1_000_000)))
        #expect(buffer.size >= 1_000_000)
        _ = buffer.add(outcome(2))
        _ = buffer.add(outcome(0))
        #expect(buffer.size == 0)
    }

    @Test func givesTheRestInOrderAtTheEnd() {
        var buffer = OrderBuffer()
        for index in [7, 3, 5] { _ = buffer.add(outcome(index)) }
        let rest = buffer.drain()
        #expect(indices(rest) == [3, 5, 7])
        #expect(buffer.size == 0)
        #expect(buffer.drain().isEmpty == true)
    }

    @Test(arguments: 0..<10) func keepsAnyOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var buffer = OrderBuffer()
        var given: [Int] = []
        for index in (0..<500).shuffled(using: &random) { given += indices(buffer.add(outcome(index))) }
        #expect(given == Array(0..<500))
    }
}
