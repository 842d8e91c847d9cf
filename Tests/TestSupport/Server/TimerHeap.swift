/// What is due when: a binary heap, earliest first.
///
/// Nothing is ever taken out of the middle: each entry carries the generation its connection held when it was set, and an
/// entry whose generation is no longer valid is dropped when it comes up. That keeps setting a timer at O(log n) for
/// ten thousand connections that all wait.
struct TimerHeap {
    struct Entry {
        let due: ContinuousClock.Instant
        let connection: ServerConnection
        let generation: Int
    }

    private var entries: [Entry] = []

    /// The time of the earliest entry.
    var earliest: ContinuousClock.Instant? { entries.first?.due }

    /// Adds an entry.
    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].due < entries[parent].due else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes and returns the earliest entry if it is due at `now`.
    mutating func popDue(at now: ContinuousClock.Instant) -> Entry? {
        guard let first = entries.first, first.due <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            siftDown()
        }
        return first
    }

    /// Drops all entries, and with them the connections they hold.
    mutating func removeAll() { entries = [] }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { return }
            if child + 1 < entries.count, entries[child + 1].due < entries[child].due { child += 1 }
            guard entries[child].due < entries[parent].due else { return }
            entries.swapAt(parent, child)
            parent = child
        }
    }
}
