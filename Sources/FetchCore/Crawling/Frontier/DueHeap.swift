/// Hosts in the order in which they may be visited: a binary heap. An entry that is out of date is left where it is and
/// told by its version when it comes up.
struct DueHeap: Sendable {
    /// A host that may be visited from a time on.
    struct Entry: Sendable {
        var due: Int64
        /// Which entry it is: of hosts that are due at the same time, the one that waits longest comes first.
        var order: UInt64
        var host: Int32

        fileprivate func comes(before other: Entry) -> Bool { (due, order) < (other.due, other.order) }
    }

    private var entries: [Entry] = []
    private var nextOrder: UInt64 = 0

    /// The first entry.
    var first: Entry? { entries.first }

    /// Adds a host; gives the number by which its entry is known.
    mutating func push(_ host: Int32, due: Int64) -> UInt64 {
        nextOrder += 1
        entries.append(Entry(due: due, order: nextOrder, host: host))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].comes(before: entries[parent]) else { break }
            entries.swapAt(child, parent)
            child = parent
        }
        return nextOrder
    }

    /// Takes the first entry out.
    mutating func popFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].comes(before: entries[least]) { least = child }
            }
            if least == parent { return }
            entries.swapAt(least, parent)
            parent = least
        }
    }
}
