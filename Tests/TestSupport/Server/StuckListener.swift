#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A port whose queue of connections is full and which nobody empties: Linux drops every further SYN, as a firewall does.
package final class StuckListener: Sendable {
    /// The port.
    package let port: Int
    private let descriptors: [Int32]

    /// Listens and fills the queue.
    ///
    /// - Parameters:
    ///   - host: An address of this machine.
    ///   - port: The port; 0 for one that is free.
    package init(host: String = "127.0.0.1", port: Int = 0) throws {
        let listener = try Sockets.listen(host: host, port: port)
        // A second call shortens the queue.
        listen(listener.fd, 0)
        self.port = listener.port
        descriptors = [listener.fd] + (0..<4).map { _ in Self.beginConnect(to: listener.fd) }
        // The connections must be in the queue before anybody else comes.
        usleep(50_000)
    }

    /// Starts to connect to the address that a listener has.
    private static func beginConnect(to listener: Int32) -> Int32 {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(listener, address, &size) == 0 else { return -1 }
                #if canImport(Glibc)
                let descriptor = socket(Int32(address.pointee.sa_family), Int32(SOCK_STREAM.rawValue), 0)
                #else
                let descriptor = socket(Int32(address.pointee.sa_family), SOCK_STREAM, 0)
                #endif
                _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                _ = connect(descriptor, address, size)
                return descriptor
            }
        }
    }

    /// Closes all of it.
    package func stop() { for descriptor in descriptors where descriptor >= 0 { Sockets.close(descriptor) } }
}
