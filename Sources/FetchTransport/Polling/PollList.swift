#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Descriptors to wait for with poll(2). The first is one that the owner waits for always.
struct PollList {
    private var entries: [pollfd]
    private var slots: [Int32: Int] = [:]

    /// Makes a list with the owner's own descriptor.
    init(_ own: Int32) { entries = [pollfd(fd: own, events: Int16(POLLIN), revents: 0)] }

    /// Whether there is no descriptor but the owner's.
    var isEmpty: Bool { slots.isEmpty }

    /// Sets the events to wait for.
    mutating func set(_ events: SocketInterest.Events, of socket: Int32) {
        var mask: Int16 = 0
        if events.contains(.readable) { mask |= Int16(POLLIN) }
        if events.contains(.writable) { mask |= Int16(POLLOUT) }
        if let slot = slots[socket] {
            entries[slot].events = mask
        } else {
            slots[socket] = entries.count
            entries.append(pollfd(fd: socket, events: mask, revents: 0))
        }
    }

    /// Removes a descriptor, if it is there.
    mutating func remove(_ socket: Int32) {
        guard let slot = slots.removeValue(forKey: socket) else { return }
        let last = entries.removeLast()
        if last.fd != socket {
            entries[slot] = last
            slots[last.fd] = slot
        }
    }

    /// Waits at most this many milliseconds (-1: without a limit) and appends each descriptor that is ready.
    ///
    /// - Returns: Whether the owner's own is ready.
    mutating func wait(milliseconds: Int32, into list: inout [ReadySocket]) -> Bool {
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return false }
        for entry in entries.dropFirst() where entry.revents != 0 {
            // A connection that libcurl closed while it was idle is still in the list; the kernel reports it here.
            if Int32(entry.revents) & Int32(POLLNVAL) != 0 {
                remove(entry.fd)
                continue
            }
            var ready: SocketInterest.Events = []
            if Int32(entry.revents) & Int32(POLLIN) != 0 { ready.insert(.readable) }
            if Int32(entry.revents) & Int32(POLLOUT) != 0 { ready.insert(.writable) }
            if Int32(entry.revents) & Int32(POLLERR | POLLHUP) != 0 { ready.insert(.failed) }
            list.append(ReadySocket(socket: entry.fd, events: ready))
        }
        return entries[0].revents != 0
    }
}
