#if os(Linux)
import CPosix
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Waits for descriptors to become readable or writable: epoll on Linux, poll(2) elsewhere. Level-triggered.
///
/// Errors and hang-ups are reported as readable: the read that follows names them, and an event that was meant for an
/// earlier owner of the same descriptor number then does no harm.
final class Poller {
    struct Event {
        let fd: Int32
        let isReadable: Bool
        let isWritable: Bool
    }

    #if os(Linux)
    private let epoll: Int32
    private var buffer = [epoll_event](repeating: epoll_event(), count: 1024)

    init() throws(SystemError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        if epoll < 0 { throw SystemError(call: "epoll_create1") }
    }

    /// Starts to watch a descriptor for reading.
    func add(_ fd: Int32) { control(EPOLL_CTL_ADD, fd, EPOLLIN.rawValue) }

    /// Watches a descriptor for writing too, or no longer.
    func watchWriting(_ fd: Int32, _ wanted: Bool) {
        control(EPOLL_CTL_MOD, fd, wanted ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue)
    }

    /// Stops to watch a descriptor; to be called before it is closed.
    ///
    /// Closing is not enough: a child process between fork and exec still holds a copy, and epoll would go on
    /// reporting it.
    func remove(_ fd: Int32) { control(EPOLL_CTL_DEL, fd, 0) }

    /// Waits at most `milliseconds` (-1: for ever) and appends what happened to `events`.
    func wait(milliseconds: Int32, into events: inout [Event]) {
        let count = epoll_wait(epoll, &buffer, Int32(buffer.count), milliseconds)
        guard count > 0 else { return }
        for event in buffer[..<Int(count)] {
            let failed = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
            events.append(
                Event(
                    fd: event.data.fd, isReadable: failed || event.events & EPOLLIN.rawValue != 0,
                    isWritable: event.events & EPOLLOUT.rawValue != 0))
        }
    }

    /// Gives the descriptor of the poller back.
    func close() { Sockets.close(epoll) }

    private func control(_ operation: Int32, _ fd: Int32, _ events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data_t(fd: fd))
        _ = epoll_ctl(epoll, operation, fd, &event)
    }
    #else
    private var interest: [Int32: Int16] = [:]

    init() throws(SystemError) {}

    /// Starts to watch a descriptor for reading.
    func add(_ fd: Int32) { interest[fd] = Int16(POLLIN) }

    /// Watches a descriptor for writing too, or no longer.
    func watchWriting(_ fd: Int32, _ wanted: Bool) {
        interest[fd] = wanted ? Int16(POLLIN | POLLOUT) : Int16(POLLIN)
    }

    /// Stops to watch a descriptor; to be called before it is closed.
    func remove(_ fd: Int32) { interest[fd] = nil }

    /// Waits at most `milliseconds` (-1: for ever) and appends what happened to `events`.
    func wait(milliseconds: Int32, into events: inout [Event]) {
        var list = interest.map { pollfd(fd: $0.key, events: $0.value, revents: 0) }
        guard poll(&list, nfds_t(list.count), milliseconds) > 0 else { return }
        for entry in list where entry.revents != 0 {
            events.append(
                Event(
                    fd: entry.fd, isReadable: entry.revents & ~Int16(POLLOUT) != 0,
                    isWritable: entry.revents & Int16(POLLOUT) != 0))
        }
    }

    /// Gives the descriptor of the poller back: poll(2) has none.
    func close() {}
    #endif
}
