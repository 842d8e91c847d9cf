import FetchSystem
import Synchronization

/// The server of the live page: a thread of its own with non-blocking sockets on 127.0.0.1. It never holds the run up, and
/// ends with it.
package final class WatchServer: Sendable {
    private struct State {
        /// The thread to join; 0 before it runs and after it has ended.
        var thread: UInt = 0
        var isClosed = false
    }

    /// The port that it listens on.
    package let port: Int
    /// The address of the page, with the secret.
    package var address: String { "http://127.0.0.1:\(port)/\(token)/" }

    private let token: String
    private let listener: Int32
    private let waker: Waker
    private let feed: WatchFeed
    private let stops = Atomic(false)
    private let state = Mutex(State())

    /// Listens on a port; 0 takes a free one. Connections are accepted after ``start()``.
    ///
    /// - Throws: ``WatchFailure`` when the port cannot be used.
    package init(port: Int, feed: WatchFeed) throws(WatchFailure) {
        let (listener, port) = try WatchSocket.listen(port: port)
        do throws(SystemFailure) {
            waker = try Waker()
        } catch {
            let failure = WatchFailure()
            WatchSocket.close(listener)
            throw failure
        }
        self.listener = listener
        self.port = port
        self.feed = feed
        token = WatchToken.make()
    }

    /// Starts the thread.
    ///
    /// - Returns: False when the system has no thread left.
    package func start() -> Bool {
        state.withLock { state in
            guard state.thread == 0, !state.isClosed else { return false }
            let gate = WatchGate(token: token, port: port)
            state.thread = NativeThread.start { [self] in
                let loop = WatchLoop(listener: listener, waker: waker, gate: gate, feed: feed)
                loop.run { stops.load(ordering: .acquiring) }
            }
            return state.thread != 0
        }
    }

    /// Sends the last event to those that follow the run, as far as it goes without waiting, and closes everything. The second
    /// call does nothing.
    package func stop() {
        let thread = state.withLock { state -> UInt? in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            return state.thread
        }
        guard let thread else { return }
        stops.store(true, ordering: .releasing)
        waker.wake()
        if thread != 0 { NativeThread.join(thread) }
        WatchSocket.close(listener)
        waker.close()
    }
}
