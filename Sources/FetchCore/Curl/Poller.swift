/// What the loop waits on: sockets, a wake-up from other threads, and a time. One small type for each system's way.
protocol SocketPoller {
    /// Tells the kernel what to report of a socket.
    mutating func set(_ change: SocketInterest.Change)
    /// Tells the kernel to forget a socket.
    mutating func remove(_ socket: Int32)
    /// Waits at most so many milliseconds (-1: for ever) and reports each socket that is ready. The wake-up is
    /// swallowed.
    mutating func wait(milliseconds: Int32, _ report: (Int32, SocketInterest.Events) -> Void)
    /// What other threads use to end the wait.
    var waker: Waker { get }
    /// Gives the descriptors back.
    mutating func close()
}

#if os(Linux)
typealias Poller = EpollPoller
#else
typealias Poller = PollPoller
#endif
