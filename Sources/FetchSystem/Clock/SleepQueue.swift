import HeapModule

/// The sleeps of tasks by their end. Pure: it takes the time and says who wakes.
struct SleepQueue<Sleeper> {
    private struct End: Comparable {
        let time: UInt64
        let number: UInt64

        // Sleeps with the same end wake in the order in which they began.
        static func < (one: End, other: End) -> Bool { (one.time, one.number) < (other.time, other.number) }
    }

    private var ends = Heap<End>()
    private var sleepers: [UInt64: Sleeper] = [:]

    /// The number of sleeps that have not ended.
    var count: Int { sleepers.count }

    /// The number of ends that are kept, those of some cancelled sleeps among them.
    var endCount: Int { ends.count }

    /// The time of the next end, which may be that of a sleep that was cancelled; nil without one.
    var next: UInt64? { ends.min?.time }

    /// Adds a sleep.
    ///
    /// - Parameters:
    ///   - number: What ``remove(_:)`` names; each is used once.
    ///   - time: Its end in nanoseconds.
    /// - Returns: Whether it is the next to end.
    mutating func add(_ sleeper: Sleeper, _ number: UInt64, until time: UInt64) -> Bool {
        let isNext = ends.min.map { time < $0.time } ?? true
        ends.insert(End(time: time, number: number))
        sleepers[number] = sleeper
        return isNext
    }

    /// Removes a sleep before its end; nil if there is none of that number.
    mutating func remove(_ number: UInt64) -> Sleeper? {
        guard let sleeper = sleepers.removeValue(forKey: number) else { return nil }
        // Most sleeps are limits that are not reached: their ends would stay for an hour, or for a day.
        if ends.count > 64, ends.count > 2 * sleepers.count {
            ends = Heap(ends.unordered.filter { sleepers[$0.number] != nil })
        }
        return sleeper
    }

    /// Removes the sleeps that have ended, the earliest first.
    mutating func takeEnded(at now: UInt64) -> [Sleeper] {
        var ended: [Sleeper] = []
        while let end = ends.min, end.time <= now {
            ends.removeMin()
            if let sleeper = sleepers.removeValue(forKey: end.number) { ended.append(sleeper) }
        }
        return ended
    }
}
