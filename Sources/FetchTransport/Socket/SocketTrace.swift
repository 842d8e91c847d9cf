/// What happened to the sockets that libcurl opened for one transfer.
struct SocketTrace {
    /// The socket that was opened last; it may be closed already.
    var descriptor: Int32 = -1
    /// The sockets that were opened, without those whose end was told.
    var open: [Int32] = []
    /// Why the request was not sent on the connection that libcurl chose for it.
    enum Refusal {
        /// A response has left bytes on it.
        case unclean
        /// It speaks HTTP/1 and is in use.
        case busy
    }
    /// Why the last connection was refused.
    var refusal: Refusal?
    /// The local port of the connection that it has for itself.
    var port: UInt16?
    /// An address that was not connected to, because it is not public.
    var blocked: String?
    /// The error number of a socket that this machine had no room for; 0 for none.
    var shortage: Int32 = 0
    /// The number of bytes that had arrived when the socket was closed, if the system reports it.
    var receivedBytes = 0
    /// Whether the transfer was started again because reused connections were closed.
    var startedAgain = false
}
