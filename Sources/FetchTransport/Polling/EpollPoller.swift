import FetchHTTP
import FetchSystem

#if os(Linux)
import CPosix
import Glibc

/// Waits with epoll: the cost of a wait depends on the sockets that are ready, not on those that are open. Sockets that the
/// kernel takes no more of (`fs.epoll.max_user_watches`, memory) are waited for with poll(2), beside epoll's descriptor.
struct EpollPoller: SocketPoller {
    private static let capacity = 512
    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private var refused: PollList
    let waker: Waker

    /// Opens the epoll descriptor and the wake-up descriptor.
    init() throws(FetchError) {
        do throws(SystemFailure) {
            waker = try Waker()
        } catch {
            throw FetchError(error)
        }
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else {
            waker.close()
            throw FetchError(.io, "cannot open an epoll descriptor: errno \(errno)")
        }
        events = .allocate(capacity: Self.capacity)
        events.initialize(repeating: epoll_event(), count: Self.capacity)
        refused = PollList(descriptor)
        if control(EPOLL_CTL_ADD, waker.readEnd, EPOLLIN.rawValue) != 0 { refused.set(.readable, of: waker.readEnd) }
    }

    mutating func set(_ change: SocketInterest.Change) {
        var mask: UInt32 = 0
        if change.events.contains(.readable) { mask |= EPOLLIN.rawValue }
        if change.events.contains(.writable) { mask |= EPOLLOUT.rawValue }
        // The number may belong to another socket than before: each error names the other call.
        let isWatched =
            control(change.isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, change.socket, mask) == 0
            || control(errno == ENOENT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, change.socket, mask) == 0
        if isWatched {
            if !refused.isEmpty { refused.remove(change.socket) }
        } else {
            refused.set(change.events, of: change.socket)
        }
    }

    mutating func remove(_ socket: Int32) {
        control(EPOLL_CTL_DEL, socket, 0)
        if !refused.isEmpty { refused.remove(socket) }
    }

    mutating func wait(milliseconds: Int32, into list: inout [ReadySocket]) {
        guard !refused.isEmpty else { return waitForWatched(milliseconds, &list) }
        let start = list.count
        let isReady = refused.wait(milliseconds: milliseconds, into: &list)
        for index in list.indices.dropFirst(start).reversed() where list[index].socket == waker.readEnd {
            waker.swallow()
            list.remove(at: index)
        }
        if isReady { waitForWatched(0, &list) }
    }

    private func waitForWatched(_ milliseconds: Int32, _ list: inout [ReadySocket]) {
        let count = epoll_wait(descriptor, events, Int32(Self.capacity), milliseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let socket = events[index].data.fd
            if socket == waker.readEnd {
                waker.swallow()
                continue
            }
            let mask = events[index].events
            var ready: SocketInterest.Events = []
            if mask & EPOLLIN.rawValue != 0 { ready.insert(.readable) }
            if mask & EPOLLOUT.rawValue != 0 { ready.insert(.writable) }
            if mask & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { ready.insert(.failed) }
            list.append(ReadySocket(socket: socket, events: ready))
        }
    }

    mutating func close() {
        _ = Glibc.close(descriptor)
        waker.close()
        events.deallocate()
    }

    @discardableResult
    private func control(_ operation: Int32, _ socket: Int32, _ mask: UInt32) -> Int32 {
        var event = epoll_event(events: mask, data: epoll_data_t(fd: socket))
        return epoll_ctl(descriptor, operation, socket, &event)
    }
}
#endif
