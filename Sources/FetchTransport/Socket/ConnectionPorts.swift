/// The HTTP/1 connections of a loop by their local port. libcurl names the connection of a request that is about to be sent
/// by its addresses and ports only, and `CURLINFO_ACTIVESOCKET` is that of the request before.
///
/// Two connections may have the same local port, to different addresses; the table then has the newer one. For the older
/// one the check looks at the wrong socket, which costs a new connection at worst.
struct ConnectionPorts {
    private struct Entry {
        let socket: Int32
        var isInUse = false
    }

    private var entries: [UInt16: Entry] = [:]
    private var ports: [Int32: UInt16] = [:]

    /// The number of recorded connections.
    var count: Int { entries.count }

    /// Records a new connection.
    mutating func opened(_ socket: Int32, at port: UInt16) {
        closed(socket)
        if let older = entries[port] { ports[older.socket] = nil }
        entries[port] = Entry(socket: socket)
        ports[socket] = port
    }

    /// The socket of the connection at a port; nil for one that is not recorded.
    func socket(at port: UInt16) -> Int32? { entries[port]?.socket }

    /// Whether a transfer has the connection at a port for itself.
    func isInUse(at port: UInt16) -> Bool { entries[port]?.isInUse == true }

    /// Gives the connection at a port to a transfer; false for one that is not recorded.
    mutating func use(_ port: UInt16) -> Bool {
        entries[port]?.isInUse = true
        return entries[port] != nil
    }

    /// Takes the connection at a port back, if it is still there.
    mutating func leave(_ port: UInt16) { entries[port]?.isInUse = false }

    /// Records that a socket is closed.
    mutating func closed(_ socket: Int32) {
        guard let port = ports.removeValue(forKey: socket) else { return }
        entries[port] = nil
    }
}
