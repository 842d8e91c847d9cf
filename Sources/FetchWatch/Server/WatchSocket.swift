#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a port cannot be listened on: the reason that the system gives.
package struct WatchFailure: Error, Sendable, CustomStringConvertible {
    private let code: Int32

    init(_ code: Int32 = errno) { self.code = code }

    /// `Address already in use`
    package var description: String { String(cString: strerror(code)) }
}

/// The calls for sockets of the live page: IPv4 on the loopback interface, non-blocking, not inherited by programs that the
/// process starts.
enum WatchSocket {
    /// What a read or a write came to.
    enum Result {
        case bytes(Int)
        case wouldBlock
        /// The end of the stream, or an error.
        case ended
    }

    /// What an accept came to.
    enum Accepted {
        case socket(Int32)
        case none
        /// The process or the system has no descriptor or memory left.
        case exhausted
    }

    #if os(Linux)
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
    private static let noSignal: Int32 = 0
    #endif

    /// How much of an answer the kernel keeps for a client that reads slowly.
    private static let sendBuffer: Int32 = 128 << 10

    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// - Returns: The descriptor and the port.
    static func listen(port: Int) throws(WatchFailure) -> (descriptor: Int32, port: Int) {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw WatchFailure() }
        prepare(descriptor)
        // Connections of an earlier run that still end must not keep this one from the port.
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && startListening(descriptor)
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isListening else {
            let failure = WatchFailure()
            close(descriptor)
            throw failure
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// The next connection that waits.
    static func accept(_ listener: Int32) -> Accepted {
        #if canImport(Glibc)
        let descriptor = Glibc.accept(listener, nil, nil)
        #else
        let descriptor = Darwin.accept(listener, nil, nil)
        #endif
        guard descriptor >= 0 else {
            return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none
        }
        prepare(descriptor)
        #if !os(Linux)
        set(descriptor, SOL_SOCKET, SO_NOSIGPIPE, 1)
        #endif
        set(descriptor, SOL_SOCKET, SO_SNDBUF, sendBuffer)
        return .socket(descriptor)
    }

    /// Reads what there is.
    static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Result {
        result(recv(descriptor, buffer.baseAddress, buffer.count, 0), isRead: true)
    }

    /// Writes as much as goes.
    static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Result {
        let count = bytes.withUnsafeBytes { bytes in
            #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, noSignal)
            #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, noSignal)
            #endif
        }
        return result(count, isRead: false)
    }

    /// Says that no more bytes come.
    static func finishWriting(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes a descriptor.
    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    private static func result(_ count: Int, isRead: Bool) -> Result {
        if count > 0 || count == 0 && !isRead { return .bytes(count) }
        return count < 0 && [EAGAIN, EWOULDBLOCK, EINTR].contains(errno) ? .wouldBlock : .ended
    }

    private static func startListening(_ descriptor: Int32) -> Bool {
        #if canImport(Glibc)
        Glibc.listen(descriptor, 64) == 0
        #else
        Darwin.listen(descriptor, 64) == 0
        #endif
    }

    private static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
