/// Queues of small numbers, one for each of 64 levels, where a number stands in at most one queue and can leave it from
/// the middle: linked lists in one array, with a bit for each queue that is not empty.
struct LineQueues: Sendable {
    private struct Link: Sendable {
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    /// The last level; everything above counts as that.
    static let lastLevel = 63

    private var links: [Link] = []
    private var heads = [Int32](repeating: -1, count: 64)
    private var tails = [Int32](repeating: -1, count: 64)
    private var occupied: UInt64 = 0

    /// Whether nothing is queued.
    var isEmpty: Bool { occupied == 0 }

    /// Whether more than one number is queued in the lowest queue that is not empty.
    var hasSeveral: Bool {
        let level = occupied.trailingZeroBitCount
        return occupied != 0 && heads[level] != tails[level]
    }

    /// The first of the lowest queue that is not empty, and its level.
    var first: (number: Int, level: Int)? {
        guard occupied != 0 else { return nil }
        let level = occupied.trailingZeroBitCount
        return (Int(heads[level]), level)
    }

    /// The number behind another in its queue.
    func next(after number: Int) -> Int? {
        let next = links[number].next
        return next < 0 ? nil : Int(next)
    }

    /// Puts a number that stands nowhere at the end of a queue.
    mutating func append(_ number: Int, to level: Int) {
        while links.count <= number { links.append(Link()) }
        let last = tails[level]
        links[number] = Link(previous: last, next: -1)
        if last >= 0 { links[Int(last)].next = Int32(number) } else { heads[level] = Int32(number) }
        tails[level] = Int32(number)
        occupied |= 1 << UInt64(level)
    }

    /// Puts a number behind all others of the queue it stands in.
    mutating func moveToEnd(_ number: Int, of level: Int) {
        guard tails[level] != number else { return }
        remove(number, from: level)
        append(number, to: level)
    }

    /// Takes a number out of the queue it stands in.
    mutating func remove(_ number: Int, from level: Int) {
        let link = links[number]
        if link.previous >= 0 { links[Int(link.previous)].next = link.next } else { heads[level] = link.next }
        if link.next >= 0 { links[Int(link.next)].previous = link.previous } else { tails[level] = link.previous }
        if heads[level] < 0 { occupied &= ~(1 << UInt64(level)) }
    }
}
