/// The events that libcurl wants for each socket, and those that the kernel knows. Interest is recorded immediately and
/// applied lazily, just before the wait.
///
/// libcurl requests and drops interest two or three times for each request on a reused connection. Telling the kernel
/// only the difference before the wait reduces 2.0 calls of epoll_ctl per request to 0.03 (docs/benchmarks.md). Idle
/// connections stay registered; their rare events are answered by ``forget(_:)``.
///
/// Sockets are small integers, so the table is an array. A pure value: the poller applies what ``takeChanges()``
/// returns.
struct SocketInterest {
    /// Readable, writable, both or neither.
    struct Events: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let readable = Events(rawValue: 1)
        static let writable = Events(rawValue: 2)
        /// Only reported, never requested.
        static let failed = Events(rawValue: 4)
    }

    /// What to tell the kernel about a socket.
    struct Change: Hashable {
        let socket: Int32
        let events: Events
        /// Whether the kernel does not know the socket yet.
        let isNew: Bool
    }

    private struct Slot {
        var wanted: Events = []
        var registered: Events = []
        var isDirty = false
        var owner: UInt8 = 0
    }

    private var slots: [Slot] = []
    private var dirty: [Int32] = []

    /// Records what a multi handle wants of a socket from now on.
    mutating func want(_ events: Events, of socket: Int32, for owner: UInt8) {
        let slot = grow(to: socket)
        let isDirty = slots[slot].isDirty
        slots[slot] = Slot(wanted: events, registered: slots[slot].registered, isDirty: true, owner: owner)
        if !isDirty { dirty.append(socket) }
    }

    /// Records that no event is wanted, and returns whether the kernel must be told immediately: libcurl closes the
    /// sockets of its resolver without a callback, and the next socket with that number would seem to be registered
    /// already.
    mutating func drop(_ socket: Int32) -> Bool {
        let slot = grow(to: socket)
        let isRegistered = !slots[slot].registered.isEmpty
        slots[slot].wanted = []
        slots[slot].registered = []
        return isRegistered
    }

    /// Records that the number belongs to a new socket, or to none: the kernel's registration is gone.
    mutating func reset(_ socket: Int32) {
        let slot = grow(to: socket)
        slots[slot].wanted = []
        slots[slot].registered = []
    }

    /// The multi handle that wants this event; nil if none does, and then the kernel must drop the socket.
    func owner(of socket: Int32) -> UInt8? {
        let slot = Int(socket)
        guard slot < slots.count, !slots[slot].wanted.isEmpty else { return nil }
        return slots[slot].owner
    }

    /// Records that the kernel was told to drop an idle socket.
    mutating func forget(_ socket: Int32) {
        guard Int(socket) < slots.count else { return }
        slots[Int(socket)].registered = []
    }

    /// The differences since the last call; from now on the kernel counts as informed.
    mutating func takeChanges(_ apply: (Change) -> Void) {
        for socket in dirty {
            let slot = Int(socket)
            slots[slot].isDirty = false
            let events = slots[slot].wanted
            let registered = slots[slot].registered
            guard !events.isEmpty, events != registered else { continue }
            apply(Change(socket: socket, events: events, isNew: registered.isEmpty))
            slots[slot].registered = events
        }
        dirty.removeAll(keepingCapacity: true)
    }

    private mutating func grow(to socket: Int32) -> Int {
        let slot = Int(socket)
        if slot >= slots.count {
            slots.append(contentsOf: repeatElement(Slot(), count: max(slot + 1, slots.count * 2, 64) - slots.count))
        }
        return slot
    }
}
