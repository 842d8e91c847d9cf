/// What libcurl wants to hear of each socket, and what the kernel was told: interest is recorded at once and applied
/// lazily, just before the wait.
///
/// libcurl asks for and drops interest two or three times for each request on a kept-alive connection. Telling the
/// kernel only the difference that is left before the wait brings 2.0 calls of epoll_ctl a request down to 0.03
/// (docs/benchmarks.md). Idle connections stay registered; their rare events are answered by ``forget(_:)``.
///
/// Sockets are small integers, so the tables are arrays. A pure value: the poller applies what ``takeChanges()`` gives.
struct SocketInterest {
    /// Readable, writable, both or neither.
    struct Events: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let readable = Events(rawValue: 1)
        static let writable = Events(rawValue: 2)
        /// Only ever reported, never asked for.
        static let failed = Events(rawValue: 4)
    }

    /// What to tell the kernel about a socket.
    struct Change: Hashable {
        let socket: Int32
        let events: Events
        /// Whether the kernel does not know the socket yet.
        let isNew: Bool
    }

    private var wanted: [Events] = []
    private var registered: [Events] = []
    private var isDirty: [Bool] = []
    private var owners: [UInt8] = []
    private var dirty: [Int32] = []

    /// Records what a multi handle wants of a socket from now on.
    mutating func want(_ events: Events, of socket: Int32, for owner: UInt8) {
        let slot = grow(to: socket)
        wanted[slot] = events
        owners[slot] = owner
        if !isDirty[slot] {
            isDirty[slot] = true
            dirty.append(socket)
        }
    }

    /// Records that nothing is wanted, and says whether the kernel must be told at once: libcurl closes the sockets of
    /// its resolver without a word, and the next one to get that number would seem to be registered already.
    mutating func drop(_ socket: Int32) -> Bool {
        let slot = grow(to: socket)
        wanted[slot] = []
        let isRegistered = !registered[slot].isEmpty
        registered[slot] = []
        return isRegistered
    }

    /// Records that the number stands for a new socket, or for none: whatever the kernel knew of it is gone.
    mutating func reset(_ socket: Int32) {
        let slot = grow(to: socket)
        wanted[slot] = []
        registered[slot] = []
    }

    /// The multi handle that wants this event, or nil when nobody does: then the kernel has to forget the socket.
    func owner(of socket: Int32) -> UInt8? {
        let slot = Int(socket)
        guard slot < wanted.count, !wanted[slot].isEmpty else { return nil }
        return owners[slot]
    }

    /// Records that the kernel was told to forget an idle socket.
    mutating func forget(_ socket: Int32) {
        guard Int(socket) < registered.count else { return }
        registered[Int(socket)] = []
    }

    /// The differences since the last call; from now on they count as told.
    mutating func takeChanges(_ apply: (Change) -> Void) {
        for socket in dirty {
            let slot = Int(socket)
            isDirty[slot] = false
            let events = wanted[slot]
            guard !events.isEmpty, events != registered[slot] else { continue }
            apply(Change(socket: socket, events: events, isNew: registered[slot].isEmpty))
            registered[slot] = events
        }
        dirty.removeAll(keepingCapacity: true)
    }

    private mutating func grow(to socket: Int32) -> Int {
        let slot = Int(socket)
        if slot >= wanted.count {
            let more = max(slot + 1, wanted.count * 2, 64) - wanted.count
            wanted.append(contentsOf: repeatElement([], count: more))
            registered.append(contentsOf: repeatElement([], count: more))
            isDirty.append(contentsOf: repeatElement(false, count: more))
            owners.append(contentsOf: repeatElement(0, count: more))
        }
        return slot
    }
}
