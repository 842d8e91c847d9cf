/// What the loop waits on: sockets, a wake-up from other threads, and a time. One small type for each system's way.
protocol SocketPoller {
    /// Tells the kernel what to report of a socket.
    mutating func set(_ change: SocketInterest.Change)
    /// Tells the kernel to forget a socket.
    mutating func remove(_ socket: Int32)
    /// Waits at most so many milliseconds (-1: for ever) and appends each socket that is ready. The wake-up is
    /// swallowed. Acting on a socket may change the poller, so it has to come after the wait.
    mutating func wait(milliseconds: Int32, into ready: inout [ReadySocket])
    /// What other threads use to end the wait.
    var waker: Waker { get }
    /// Gives the descriptors back.
    mutating func close()
}

/// A socket and what it is ready for.
struct ReadySocket: Hashable {
    let socket: Int32
    let events: SocketInterest.Events
}

#if os(Linux)
typealias Poller = EpollPoller
#else
typealias Poller = PollPoller
#endif
