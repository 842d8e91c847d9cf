/// Queues of small numbers, one for each of 64 levels. A number is in at most one queue and can be removed from its
/// middle: linked lists in one array, with a bit for each queue that is not empty.
struct LineQueues: Sendable {
    private struct Link: Sendable {
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    /// The last level, which also has everything above it.
    static let lastLevel = 63

    private var links: [Link] = []
    private var heads = [Int32](repeating: -1, count: 64)
    private var tails = [Int32](repeating: -1, count: 64)
    private var occupied: UInt64 = 0

    /// Whether all queues are empty.
    var isEmpty: Bool { occupied == 0 }

    /// Whether more than one number is in the lowest non-empty queue.
    var hasSeveral: Bool {
        let level = occupied.trailingZeroBitCount
        return occupied != 0 && heads[level] != tails[level]
    }

    /// The first number of the lowest non-empty queue, and its level.
    var first: (number: Int, level: Int)? {
        guard occupied != 0 else { return nil }
        let level = occupied.trailingZeroBitCount
        return (Int(heads[level]), level)
    }

    /// The number after another in its queue.
    func next(after number: Int) -> Int? {
        let next = links[number].next
        return next < 0 ? nil : Int(next)
    }

    /// Appends a number that is in no queue to a queue.
    mutating func append(_ number: Int, to level: Int) {
        while links.count <= number { links.append(Link()) }
        let last = tails[level]
        links[number] = Link(previous: last, next: -1)
        if last >= 0 { links[Int(last)].next = Int32(number) } else { heads[level] = Int32(number) }
        tails[level] = Int32(number)
        occupied |= 1 << UInt64(level)
    }

    /// Moves a number to the end of its queue.
    mutating func moveToEnd(_ number: Int, of level: Int) {
        guard tails[level] != number else { return }
        remove(number, from: level)
        append(number, to: level)
    }

    /// Removes a number from its queue.
    mutating func remove(_ number: Int, from level: Int) {
        let link = links[number]
        if link.previous >= 0 { links[Int(link.previous)].next = link.next } else { heads[level] = link.next }
        if link.next >= 0 { links[Int(link.next)].previous = link.previous } else { tails[level] = link.previous }
        if heads[level] < 0 { occupied &= ~(1 << UInt64(level)) }
    }
}
