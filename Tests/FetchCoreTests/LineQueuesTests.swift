import TestSupport
import Testing

@testable import FetchScheduling

/// Queues in levels, against lists that are plainly right.
@Suite struct LineQueuesTests {
    @Test(arguments: 0..<20) func doesWhatListsDo(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var queues = LineQueues()
        var lists = [[Int]](repeating: [], count: 64)
        var levels: [Int: Int] = [:]
        for _ in 0..<3000 {
            let number = Int.random(in: 0..<40, using: &random)
            if let level = levels.removeValue(forKey: number) {
                queues.remove(number, from: level)
                lists[level].removeAll { $0 == number }
            } else {
                let level = Int.random(in: 0...LineQueues.lastLevel, using: &random)
                queues.append(number, to: level)
                lists[level].append(number)
                levels[number] = level
            }
            let lowest = lists.firstIndex { !$0.isEmpty }
            #expect(queues.first?.level == lowest)
            #expect(queues.first?.number == lowest.flatMap { lists[$0].first })
            #expect(queues.isEmpty == (lowest == nil))
            var walk = lowest.flatMap { lists[$0].first }
            var walked: [Int] = []
            while let number = walk {
                walked.append(number)
                walk = queues.next(after: number)
            }
            #expect(walked == lowest.map { lists[$0] } ?? [])
        }
    }
}
