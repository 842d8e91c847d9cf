import Testing

@testable import FetchTransport

@Suite("issue 22.5: a limited bandwidth is shared")
struct BandwidthTests {
    /// A transfer of the simulation.
    private struct Flow {
        /// The bytes per second that its server sends; nil for as many as are taken.
        let speed: Double?
        let piece: Int
        /// When it begins, in nanoseconds.
        var start: UInt64 = 0
        /// When its next bytes are there, or its turn comes.
        var time: UInt64 = 0
        var turn = BandwidthTurn()
        var taken = 0
    }

    /// Takes bytes until a time, and returns what each flow has then.
    private static func run(
        _ flows: [Flow], seconds: Double, total: Int?, each: Int = 0, from begin: UInt64 = 5_000_000_000
    ) -> [Int] {
        var shared = total.map { BandwidthBudget(bytesPerSecond: $0) }
        var flows = flows
        for index in flows.indices {
            flows[index].time = begin + flows[index].start
            flows[index].turn.begin(each > 0 ? BandwidthBudget(bytesPerSecond: each) : nil)
        }
        let end = begin + UInt64(seconds * 1e9)
        while let index = flows.indices.min(by: { flows[$0].time < flows[$1].time }), flows[index].time <= end {
            let now = flows[index].time
            let isTaken = flows[index].turn.takes(flows[index].piece, now: now) { count, own, now in
                max(shared?.reserve(count, now: now) ?? 0, own?.reserve(count, now: now) ?? 0)
            }
            guard isTaken else {
                flows[index].time = flows[index].turn.time ?? .max
                continue
            }
            flows[index].taken += flows[index].piece
            // A microsecond is what a piece needs in any case.
            let wait = flows[index].speed.map { Double(flows[index].piece) / $0 * 1e9 } ?? 1000
            flows[index].time = now + UInt64(wait)
        }
        return flows.map(\.taken)
    }

    @Test(arguments: [1, 5, 50, 500])
    func `the sum is the limit, and each has the same of it`(count: Int) {
        let limit = 2 << 20
        let flows = (0..<count).map { _ in Flow(speed: nil, piece: 16 << 10) }
        let taken = Self.run(flows, seconds: 20, total: limit)
        let sum = Double(taken.reduce(0, +))
        #expect(sum >= 0.98 * 20 * Double(limit) && sum <= 1.02 * 20 * Double(limit), "\(sum)")
        let largest = taken.max() ?? 0
        #expect(largest - (taken.min() ?? 0) <= 16 << 10)
    }

    @Test func `what slow ones leave goes to the others`() {
        let limit = 1_000_000
        let slow = (0..<8).map { _ in Flow(speed: 10_000, piece: 1000) }
        let fast = (0..<2).map { _ in Flow(speed: nil, piece: 16_000) }
        let taken = Self.run(slow + fast, seconds: 10, total: limit)
        // Each piece waits for its turn behind one piece of each fast one, 32 ms; here nothing arrives meanwhile.
        for bytes in taken.prefix(8) { #expect(bytes > 70_000 && bytes <= 102_000, "\(taken)") }
        for bytes in taken.suffix(2) { #expect(bytes > 4_500_000 && bytes < 4_800_000, "\(taken)") }
        #expect(taken.reduce(0, +) < 10_300_000)
    }

    @Test func `one that begins later has its share from then on`() {
        let late = Flow(speed: nil, piece: 10_000, start: 5_000_000_000)
        let taken = Self.run([Flow(speed: nil, piece: 10_000), late], seconds: 10, total: 1_000_000)
        #expect(taken[0] > 7_400_000 && taken[0] < 7_700_000, "\(taken)")
        #expect(taken[1] > 2_450_000 && taken[1] < 2_550_000, "\(taken)")
    }

    @Test func `the limit of each holds also where the run's would allow more`() {
        let flows = (0..<3).map { _ in Flow(speed: nil, piece: 4000) }
        for total in [nil, 1_000_000] {
            for bytes in Self.run(flows, seconds: 10, total: total, each: 100_000) {
                #expect(bytes > 980_000 && bytes < 1_020_000)
            }
        }
        // Where the run's is the smaller one, it decides.
        let sum = Self.run(flows, seconds: 10, total: 150_000, each: 100_000).reduce(0, +)
        #expect(sum > 1_470_000 && sum < 1_530_000, "\(sum)")
    }

    @Test func `small bodies of many transfers are limited too`() {
        // Each transfer ends with its first piece, and the next one begins.
        var budget = BandwidthBudget(bytesPerSecond: 100_000)
        let begin: UInt64 = 1_000_000_000
        var now = begin
        var count = 0
        while now < begin + 10_000_000_000 {
            var turn = BandwidthTurn()
            turn.begin(nil)
            while !turn.takes(500, now: now, { count, _, now in budget.reserve(count, now: now) }) {
                now = turn.time ?? .max
            }
            count += 1
        }
        #expect(count * 500 > 990_000 && count * 500 < 1_020_000, "\(count)")
    }

    @Test func `a budget that is not used up delays nothing`() {
        var budget = BandwidthBudget(bytesPerSecond: 1_000_000)
        var now: UInt64 = 7_000_000_000
        for _ in 0..<1000 {
            // 20 kB each 25 ms, in pieces that come together.
            for _ in 0..<4 { #expect(budget.reserve(5000, now: now) <= now) }
            now += 25_000_000
        }
        // A pause saves up no more than a tenth of a second.
        now += 60_000_000_000
        var free = 0
        while budget.reserve(1000, now: now) <= now { free += 1000 }
        #expect(free >= 100_000 && free <= 102_000, "\(free)")
    }

    @Test func `one byte per second, and all numbers, are possible`() {
        var budget = BandwidthBudget(bytesPerSecond: 1)
        #expect(budget.reserve(16_384, now: 0) == 0)
        #expect(budget.reserve(1, now: 0) == 16_384_000_000_000)
        _ = budget.reserve(.max, now: 0)
        #expect(budget.reserve(1, now: 5) == .max)
        #expect(budget.reserve(1, now: 5) == .max)
        var wide = BandwidthBudget(bytesPerSecond: .max)
        #expect(wide.reserve(.max, now: 0) == 0)
        #expect(wide.reserve(1, now: 0) == 1_000_000_000)
        var none = BandwidthBudget(bytesPerSecond: 0)
        _ = none.reserve(1, now: 0)
        #expect(none.reserve(1, now: 0) == 1_000_000_000)
    }

    @Test func `bytes that were reserved are taken once, in pieces of any size`() {
        var asked: [Int] = []
        var turn = BandwidthTurn()
        turn.begin(nil)
        func takes(_ count: Int, _ now: UInt64) -> Bool {
            turn.takes(count, now: now) { count, _, now in
                asked.append(count)
                return 50_000_000
            }
        }
        #expect(!takes(1000, 0))
        #expect(turn.time == 50_000_000)
        // Too early, it waits on, and nothing is reserved twice.
        #expect(!takes(1000, 40_000_000))
        #expect(takes(600, 50_000_000))
        #expect(turn.time == nil)
        #expect(takes(400, 50_000_000))
        #expect(asked == [1000])
        #expect(takes(1500, 49_500_000))
        #expect(asked == [1000, 1500])
        // More than was reserved: the difference only.
        #expect(!takes(100, 0))
        #expect(takes(300, 50_000_000))
        #expect(asked == [1000, 1500, 100, 200])
    }

    @Test func `transfers that run out of time while they wait do not use up the limit`() {
        // More than can ever end in its second, again and again.
        var budget = BandwidthBudget(bytesPerSecond: 10_000)
        var taken = 0
        for second in 0..<20 {
            let begin = UInt64(second + 5) * 1_000_000_000
            var turns = (0..<50).map { _ in BandwidthTurn() }
            var times = turns.map { _ in begin }
            while let index = times.indices.min(by: { times[$0] < times[$1] }), times[index] < begin + 1_000_000_000 {
                let isTaken = turns[index].takes(1000, now: times[index]) { count, _, now in
                    budget.reserve(count, now: now)
                }
                if isTaken { taken += 1000 } else { times[index] = turns[index].time ?? .max }
            }
            for index in turns.indices { budget.giveBack(turns[index].end().unused) }
        }
        #expect(taken > 180_000 && taken < 210_000, "\(taken)")
    }

    @Test func `turns come in the order of their times`() {
        var queue = TurnQueue<String>()
        #expect(queue.earliest == nil)
        queue.add("b", at: 20)
        queue.add("d", at: 30)
        queue.add("a", at: 10)
        queue.add("c", at: 20)
        #expect(queue.earliest == 10)
        #expect(queue.takeDue(now: 9).isEmpty)
        #expect(queue.takeDue(now: 20).map(\.waiter) == ["a", "b", "c"])
        #expect(queue.earliest == 30)
        #expect(queue.takeDue(now: .max).map(\.time) == [30])
        #expect(queue.takeDue(now: .max).isEmpty)
        for name in ["a", "b", "c"] { queue.add(name, at: 40) }
        queue.add("d", at: 50)
        queue.remove(at: 40) { $0 == "b" }
        queue.remove(at: 40) { $0 == "d" }
        queue.remove(at: 45) { _ in true }
        #expect(queue.takeDue(now: .max).map(\.waiter) == ["a", "c", "d"])
    }
}
