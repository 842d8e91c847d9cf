/// What became of the sockets that libcurl opened for one transfer.
struct SocketTrace {
    /// The socket that was opened last; it may have ended since.
    var descriptor: Int32 = -1
    /// An address that no connection was made to, because it is no public one.
    var blocked: String?
    /// Bytes that had come when the socket was closed, where the system says so.
    var receivedBytes = 0
    /// Whether the transfer was started again because kept connections were of no use.
    var startedAgain = false
}
