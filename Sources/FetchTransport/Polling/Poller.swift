import FetchSystem

/// What the loop waits for: sockets, a wake-up from other threads, and a time. There is one small type for each
/// system's interface.
protocol SocketPoller {
    /// Tells the kernel which events of a socket to report.
    mutating func set(_ change: SocketInterest.Change)
    /// Tells the kernel to stop reporting a socket.
    mutating func remove(_ socket: Int32)
    /// Waits at most this many milliseconds (-1: without a limit) and appends each socket that is ready. The wake-up is
    /// consumed. Acting on a socket may change the poller, so it must happen after the wait.
    mutating func wait(milliseconds: Int32, into ready: inout [ReadySocket])
    /// The object with which other threads end the wait.
    var waker: Waker { get }
    /// Closes the descriptors.
    mutating func close()
}

/// A socket and its ready events.
struct ReadySocket: Hashable {
    let socket: Int32
    let events: SocketInterest.Events
}

#if os(Linux)
typealias Poller = EpollPoller
#else
typealias Poller = PollPoller
#endif
