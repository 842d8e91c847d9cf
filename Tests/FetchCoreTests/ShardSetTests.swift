@testable import FetchTransport
import Testing

/// Which multi handles a loop has, and when they are replaced.
@Suite struct ShardSetTests {
    private final class FakeHandle: Shard {
        let index: UInt8
        let maxConnections: Int
        var transferCount = 0
        var connectionCount = 0
        var isFreed = false

        init(_ index: UInt8, _ maxConnections: Int) {
            self.index = index
            self.maxConnections = maxConnections
        }

        func free() {
            #expect(transferCount == 0)
            #expect(!isFreed)
            isFreed = true
        }
    }

    private static func made(concurrency: Int) -> (set: ShardSet<FakeHandle>, plan: ShardPlan) {
        let plan = ShardPlan(concurrency: concurrency)
        var set = ShardSet<FakeHandle>(plan)
        let isFilled = set.fill(FakeHandle.init)
        #expect(isFilled)
        return (set, plan)
    }

    @Test(arguments: [1, 25, 500])
    func `issue 20.5: no multi handle makes more connections than its plan says, however many hosts there are`(
        concurrency: Int
    ) {
        var (set, plan) = Self.made(concurrency: concurrency)
        var made = set.all.count
        for host in 0..<100_000 {
            let shard = host % set.count
            if set.isWorn(shard) {
                set.replace(shard) { index, connections in
                    made += 1
                    return FakeHandle(index, connections)
                }
            }
            let handle = set.current[shard]
            handle.connectionCount += 1
            #expect(handle.connectionCount <= plan.connectionsUntilReplaced)
            #expect(set[handle.index] === handle)
            set.freeReplaced()
        }
        #expect(set.all.count == set.count)
        #expect(made >= 100_000 / plan.connectionsUntilReplaced)
    }

    @Test func `issue 20.5: a replaced multi handle is found until its last transfer has ended`() throws {
        var (set, plan) = Self.made(concurrency: 64)
        let old = set.current[2]
        old.transferCount = 1
        old.connectionCount = plan.connectionsUntilReplaced
        #expect(set.isWorn(2) && !set.isWorn(1))
        set.replace(2, FakeHandle.init)
        set.freeReplaced()
        let new = set.current[2]
        #expect(new !== old && new.index != old.index)
        #expect(new.maxConnections == plan.connections / 2)
        #expect(set[old.index] === old && set[new.index] === new)
        #expect(!old.isFreed && set.all.count == set.count + 1)
        // Two at a time in a shard: the next one waits for the transfer of the first.
        new.connectionCount = plan.connectionsUntilReplaced
        #expect(!set.isWorn(2))
        set.replace(2, FakeHandle.init)
        #expect(set.current[2] === new)
        old.transferCount = 0
        set.freeReplaced()
        #expect(old.isFreed && set[old.index] == nil)
        #expect(set.isWorn(2))
        set.replace(2, FakeHandle.init)
        #expect(set.current[2].index == old.index)
        #expect(set[new.index] === new)
    }

    @Test func `issue 20.5: without memory for another, the multi handle stays`() {
        var (set, plan) = Self.made(concurrency: 1)
        let old = set.current[0]
        old.connectionCount = plan.connectionsUntilReplaced
        set.replace(0) { _, _ in nil }
        #expect(set.current[0] === old && set.all.count == 1)
        var none = ShardSet<FakeHandle>(plan)
        let isFilled = none.fill { _, _ in nil }
        #expect(!isFilled)
    }
}
