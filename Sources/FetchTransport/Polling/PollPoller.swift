import FetchHTTP
import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Waits with poll(2), which every system has; the cost of a wait depends on the open sockets. It is used where epoll
/// does not exist, and built everywhere so that the tests run it.
struct PollPoller: SocketPoller {
    private var entries: [pollfd]
    private var slots: [Int32: Int] = [:]
    let waker: Waker

    /// Opens the wake-up descriptor.
    init() throws(FetchError) {
        do throws(SystemFailure) {
            waker = try Waker()
        } catch {
            throw FetchError(error)
        }
        entries = [pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0)]
    }

    mutating func set(_ change: SocketInterest.Change) {
        var mask: Int16 = 0
        if change.events.contains(.readable) { mask |= Int16(POLLIN) }
        if change.events.contains(.writable) { mask |= Int16(POLLOUT) }
        if let slot = slots[change.socket] {
            entries[slot].events = mask
        } else {
            slots[change.socket] = entries.count
            entries.append(pollfd(fd: change.socket, events: mask, revents: 0))
        }
    }

    mutating func remove(_ socket: Int32) {
        guard let slot = slots.removeValue(forKey: socket) else { return }
        let last = entries.removeLast()
        if last.fd != socket {
            entries[slot] = last
            slots[last.fd] = slot
        }
    }

    mutating func wait(milliseconds: Int32, into list: inout [ReadySocket]) {
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return }
        if entries[0].revents != 0 { waker.swallow() }
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
    }

    mutating func close() {
        waker.close()
    }
}
