import Synchronization

/// An HTTP/1.1 server on the loopback interface that answers each request by a script.
///
/// It is as good a server as its handler wants, or as bad: a script may send any bytes at any moment, stop in the
/// middle of a header, reset, drip, flood or say nothing. One thread with one poller serves thousands of connections,
/// and the server counts what it sees, so that concurrency, rate and leaks are asserted from its side.
///
///     let server = try LoopbackServer { request in
///         request.path == "/" ? .ok("hello") : .raw("HTTP/1.1 200 OK\r\nContent-Le", then: .close)
///     }
///     defer { server.stop() }
///
/// The handler runs on the server's thread and must not block: to wait is a step of the script.
package final class LoopbackServer: Sendable {
    /// The address it listens on.
    package let host: String
    /// The port it listens on.
    package let port: Int

    let record: ServerRecord
    private let wakeup: Wakeup
    private let thread: Mutex<ServerThread?>

    /// Starts to listen; the port is known on return. The server runs until `stop()`.
    ///
    /// - Parameters:
    ///   - host: an address of this machine: "127.0.0.1", "127.0.0.2", "::1".
    ///   - port: the port; 0 for one that is free.
    ///   - logLimit: how many requests `log` keeps, the first ones; 0 under load.
    ///   - onConnect: steps to run as soon as a connection with this number, from 1, is accepted: a reset, a banner.
    ///     Where it returns nil, or when its steps are done, requests are read as usual.
    ///   - handler: the answer to each request.
    package init(
        host: String = "127.0.0.1", port: Int = 0, logLimit: Int = 20_000,
        onConnect: (@Sendable (Int) -> [Step]?)? = nil, handler: @escaping @Sendable (Request) -> Reply
    ) throws {
        Sockets.raiseFileLimit()
        let wakeup = try Wakeup()
        let record = ServerRecord(logLimit: logLimit)
        let listener: (fd: Int32, port: Int)
        do {
            listener = try Sockets.listen(host: host, port: port)
        } catch {
            wakeup.close()
            throw error
        }
        do {
            let loop = try ServerLoop(
                listener: listener.fd, wakeup: wakeup, record: record, opening: onConnect, handler: handler)
            thread = Mutex(try ServerThread(running: loop))
        } catch {
            Sockets.close(listener.fd)
            wakeup.close()
            throw error
        }
        self.host = host
        self.port = listener.port
        self.record = record
        self.wakeup = wakeup
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    package var baseURL: String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }

    /// Closes all sockets and joins the thread. Calling it again does nothing.
    ///
    /// Not to be called from the handler, which runs on that thread.
    package func stop() {
        thread.withLock { thread in
            guard let running = thread else { return }
            thread = nil
            wakeup.post(.stop)
            // Joined under the lock, so that a second caller too finds the port closed when it returns.
            running.join()
        }
    }

    /// A port of this machine where nothing listens, for refused connections. Its socket stays open as long as the process
    /// lives: the port of a closed one may be another test's server a moment later.
    package static func closedPort(host: String = "127.0.0.1") throws -> Int {
        try Sockets.bound(host: host, port: 0, isShared: false).port
    }
}
