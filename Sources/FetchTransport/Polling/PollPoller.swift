import FetchHTTP
import FetchSystem

/// Waits with poll(2), which every system has; the cost of a wait depends on the open sockets. It is used where epoll
/// does not exist, and built everywhere so that the tests run it.
struct PollPoller: SocketPoller {
    private var sockets: PollList
    let waker: Waker

    /// Opens the wake-up descriptor.
    init() throws(FetchError) {
        do throws(SystemFailure) {
            waker = try Waker()
        } catch {
            throw FetchError(error)
        }
        sockets = PollList(waker.readEnd)
    }

    mutating func set(_ change: SocketInterest.Change) { sockets.set(change.events, of: change.socket) }

    mutating func remove(_ socket: Int32) { sockets.remove(socket) }

    mutating func wait(milliseconds: Int32, into list: inout [ReadySocket]) {
        if sockets.wait(milliseconds: milliseconds, into: &list) { waker.swallow() }
    }

    mutating func close() { waker.close() }
}
