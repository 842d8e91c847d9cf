import FetchHTTP
import FetchSystem
import CCurl

/// One `CURLM *` of the loop, with its timer. Above 16 connections the loop has several: libcurl 7.88.1 walks all
/// connections of a multi handle for every transfer. Versions after 8.21.0 check each of them at most once per second
/// (<https://github.com/curl/curl/pull/22169>); measure then whether one is enough.
///
/// Not Sendable: it belongs to the loop's thread.
final class MultiHandle: Shard {
    let index: UInt8
    private let pointer: UnsafeMutableRawPointer
    private unowned let agent: LoopAgent
    /// When libcurl wants to be called regardless of its sockets, in nanoseconds of the monotonic clock.
    private(set) var deadline: UInt64?
    private(set) var transferCount = 0
    private(set) var connectionCount = 0

    /// Makes the handle; nil when memory is exhausted.
    init?(index: UInt8, agent: LoopAgent, maxConnections: Int, streamsPerConnection: Int) {
        guard let pointer = ccurl_multi_init() else { return nil }
        self.index = index
        self.pointer = pointer
        self.agent = agent
        ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, maxConnections)
        // With the default of 100 libcurl opens a connection for each further stream until the server's SETTINGS
        // arrive.
        ccurl_multi_set_long(pointer, CURLMOPT_MAX_CONCURRENT_STREAMS, streamsPerConnection)
        ccurl_multi_set_functions(
            pointer,
            { _, socket, what, shard, _ in
                MultiHandle.with(shard) { $0.agent.socketChanged(Int32(socket), what: what, shard: $0.index) }
                return 0
            },
            { _, milliseconds, shard in
                MultiHandle.with(shard) { $0.timerChanged(milliseconds) }
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Calls the closure with the handle of a pointer that libcurl passes back. Its references are not counted: the
    /// agent keeps every multi handle until `free()`.
    private static func with(_ pointer: UnsafeMutableRawPointer?, _ body: (MultiHandle) -> Void) {
        guard let pointer else { return }
        Unmanaged<MultiHandle>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }

    private func timerChanged(_ milliseconds: Int) {
        // "Immediately" comes with every new transfer and needs no clock.
        switch milliseconds {
        case ..<0: deadline = nil
        case 0: deadline = 0
        default: deadline = MonotonicClock.nanoseconds() + UInt64(milliseconds) * 1_000_000
        }
    }

    func add(_ transfer: Transfer) -> Bool {
        guard ccurl_multi_add(pointer, transfer.easy.pointer) == CURLM_OK else { return false }
        transferCount += 1
        return true
    }

    /// Counts a connection that is being made.
    func connects() { connectionCount += 1 }

    func remove(_ transfer: Transfer) {
        ccurl_multi_remove(pointer, transfer.easy.pointer)
        transferCount -= 1
    }

    /// Tells libcurl what a socket is ready for.
    func act(on socket: Int32, _ events: SocketInterest.Events) {
        var mask: Int32 = 0
        if events.contains(.readable) { mask |= CURL_CSELECT_IN }
        if events.contains(.writable) { mask |= CURL_CSELECT_OUT }
        if events.contains(.failed) { mask |= CURL_CSELECT_ERR }
        ccurl_multi_act(pointer, socket, mask)
    }

    /// Tells libcurl that its timer has expired, if it has.
    func actOnTimer(now: UInt64) -> Bool {
        guard let deadline, now >= deadline else { return false }
        self.deadline = nil
        ccurl_multi_act(pointer, CURL_SOCKET_TIMEOUT, 0)
        return true
    }

    /// The next finished transfer, already removed from the multi handle, with its code.
    func nextEnded() -> (Transfer, CurlCode)? {
        while let message = ccurl_multi_next_message(pointer) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = CurlCode(ccurl_message_result(message))
            guard let transfer = Transfer.from(ccurl_get_private(easy)) else { continue }
            ccurl_multi_remove(pointer, easy)
            transferCount -= 1
            return (transfer, code)
        }
        return nil
    }

    /// Closes all connections. Every transfer must have been removed.
    func free() {
        ccurl_multi_cleanup(pointer)
    }
}
