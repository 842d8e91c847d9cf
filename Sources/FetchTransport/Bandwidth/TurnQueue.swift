import DequeModule

/// The transfers of a loop that wait for their turn, in the order of their times.
struct TurnQueue<Waiter> {
    private var entries = Deque<(time: UInt64, waiter: Waiter)>()

    /// The time of the next turn in nanoseconds; nil if none waits.
    var earliest: UInt64? { entries.first?.time }

    /// Adds a waiter. A later reservation nearly always has a later time, so the search starts at the end.
    mutating func add(_ waiter: Waiter, at time: UInt64) {
        var index = entries.count
        while index > 0, entries[index - 1].time > time { index -= 1 }
        entries.insert((time, waiter), at: index)
    }

    /// Removes a waiter that waits no longer.
    mutating func remove(at time: UInt64, where isWaiter: (Waiter) -> Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].time < time { low = middle + 1 } else { high = middle }
        }
        while low < entries.count, entries[low].time == time {
            if isWaiter(entries[low].waiter) {
                entries.remove(at: low)
                return
            }
            low += 1
        }
    }

    /// Removes those whose time has come, the earliest first.
    mutating func takeDue(now: UInt64) -> [(time: UInt64, waiter: Waiter)] {
        var count = 0
        while count < entries.count, entries[count].time <= now { count += 1 }
        guard count > 0 else { return [] }
        defer { entries.removeFirst(count) }
        return Array(entries.prefix(count))
    }
}
