import CCurl
import FetchHTTP

/// What libcurl calls back.
extension LoopAgent {
    func socketChanged(_ socket: Int32, what: Int32, shard: UInt8) {
        switch what {
        case CURL_POLL_IN: interest.want(.readable, of: socket, for: shard)
        case CURL_POLL_OUT: interest.want(.writable, of: socket, for: shard)
        case CURL_POLL_INOUT: interest.want([.readable, .writable], of: socket, for: shard)
        case CURL_POLL_REMOVE where Int(socket) < isConnection.count && isConnection[Int(socket)]:
            interest.want([], of: socket, for: shard)
        case CURL_POLL_REMOVE:
            if interest.drop(socket) { poller.remove(socket) }
        default: break
        }
    }

    /// Records that a transfer waits for its turn.
    func waits(_ transfer: Transfer, until time: UInt64) { turns.add(transfer, at: time) }

    /// Counts a connection that a multi handle is making.
    func connects(in multi: UInt8) { shards[multi]?.connects() }

    /// Records that a socket was opened for a connection.
    func opened(_ socket: Int32) {
        if Int(socket) >= isConnection.count {
            isConnection.append(contentsOf: repeatElement(false, count: Int(socket) * 2 + 64))
        }
        isConnection[Int(socket)] = true
        interest.reset(socket)
    }

    /// Records that the socket of a connection is about to be closed.
    func closing(_ socket: Int32) {
        if Int(socket) < isConnection.count { isConnection[Int(socket)] = false }
        connections.closed(socket)
        interest.reset(socket)
    }
}
