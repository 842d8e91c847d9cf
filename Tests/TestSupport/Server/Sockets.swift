#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A system call that failed, with the errno it left.
package struct SystemError: Error, CustomStringConvertible {
    /// The name of the call.
    package let call: String
    /// Its errno.
    package let code: Int32

    /// No thread could be started. `pthread_create` does not set errno; this is the one error it has for that.
    static let noThread = SystemError(call: "pthread_create", code: EAGAIN)

    init(call: String) { self.init(call: call, code: errno) }

    init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The call and the system's words for the error.
    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// The socket calls of the loopback server, with the differences between Linux and Darwin inside.
///
/// Every descriptor is close-on-exec: the tests start child processes all the time, and a child that inherits a
/// connection would keep it open after the server has closed it. Swift's Glibc has neither `accept4` nor `pipe2`, so a
/// child may still slip in between two calls; that is why connections are shut down and not only closed.
enum Sockets {
    #if os(Linux)
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
    private static let noSignal: Int32 = 0
    #endif

    #if canImport(Glibc)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
    private static let stream = SOCK_STREAM
    #endif

    /// Listens on an address of this machine and returns the descriptor and the port.
    static func listen(host: String, port: Int) throws(SystemError) -> (fd: Int32, port: Int) {
        let socket = try bound(host: host, port: port, isShared: true)
        #if canImport(Darwin)
        let listening = Darwin.listen(socket.fd, 4096)
        #elseif canImport(Musl)
        let listening = Musl.listen(socket.fd, 4096)
        #else
        let listening = Glibc.listen(socket.fd, 4096)
        #endif
        guard listening == 0 else {
            let error = SystemError(call: "listen")
            close(socket.fd)
            throw error
        }
        return socket
    }

    /// A socket with a port of its own, which refuses connections as long as nobody listens on it.
    ///
    /// - Parameter isShared: Whether a port is good that another socket had a moment ago, or has without listening.
    static func bound(host: String, port: Int, isShared: Bool) throws(SystemError) -> (fd: Int32, port: Int) {
        let isIPv6 = host.contains(":")
        let fd = socket(isIPv6 ? AF_INET6 : AF_INET, stream, 0)
        guard fd >= 0 else { throw SystemError(call: "socket") }
        do throws(SystemError) {
            prepare(fd)
            if isShared { set(fd, SOL_SOCKET, SO_REUSEADDR, 1) }
            if isIPv6 {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = in_port_t(port).bigEndian
                guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else {
                    throw SystemError(call: "inet_pton \(host)", code: EINVAL)
                }
                try bind(fd, &address)
            } else {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = in_port_t(port).bigEndian
                guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
                    throw SystemError(call: "inet_pton \(host)", code: EINVAL)
                }
                try bind(fd, &address)
            }
            return (fd, try boundPort(fd))
        } catch {
            close(fd)
            throw error
        }
    }

    /// The next waiting connection; nil when none waits or, with `isExhausted`, when there is no descriptor for it.
    static func accept(_ listener: Int32) -> (fd: Int32?, isExhausted: Bool) {
        #if canImport(Darwin)
        let fd = Darwin.accept(listener, nil, nil)
        #elseif canImport(Musl)
        let fd = Musl.accept(listener, nil, nil)
        #else
        let fd = Glibc.accept(listener, nil, nil)
        #endif
        guard fd >= 0 else { return (nil, errno == EMFILE || errno == ENFILE) }
        prepare(fd)
        #if !os(Linux)
        set(fd, SOL_SOCKET, SO_NOSIGPIPE, 1)
        #endif
        set(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return (fd, false)
    }

    /// What a read or write came to.
    enum Result {
        case bytes(Int)
        case wouldBlock
        case ended
    }

    /// Reads into a buffer. `ended` on the end of the stream and on every error.
    static func receive(_ fd: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Result {
        let count = recv(fd, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .wouldBlock : .ended
    }

    /// Writes what goes of `bytes` from `start`.
    static func send(_ fd: Int32, _ bytes: [UInt8], from start: Int) -> Result {
        let count = bytes.withUnsafeBytes { all in
            let rest = UnsafeRawBufferPointer(rebasing: all[start...])
            #if canImport(Darwin)
            return Darwin.send(fd, rest.baseAddress, rest.count, noSignal)
            #elseif canImport(Musl)
            return Musl.send(fd, rest.baseAddress, rest.count, noSignal)
            #else
            return Glibc.send(fd, rest.baseAddress, rest.count, noSignal)
            #endif
        }
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .ended
    }

    /// Says that no more bytes come, whoever else holds a copy of the descriptor.
    static func finishWriting(_ fd: Int32) { _ = shutdown(fd, Int32(SHUT_WR)) }

    /// Ends a connection with RST instead of FIN.
    static func reset(_ fd: Int32) {
        var immediately = linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(fd, SOL_SOCKET, SO_LINGER, &immediately, socklen_t(MemoryLayout<linger>.size))
        close(fd)
    }

    /// Ends a socket at once, whoever else holds a copy of the descriptor, and closes it.
    static func end(_ fd: Int32) {
        _ = shutdown(fd, Int32(SHUT_RDWR))
        close(fd)
    }

    /// Closes a descriptor.
    static func close(_ fd: Int32) {
        #if canImport(Darwin)
        _ = Darwin.close(fd)
        #elseif canImport(Musl)
        _ = Musl.close(fd)
        #else
        _ = Glibc.close(fd)
        #endif
    }

    private static func bind<Address>(_ fd: Int32, _ address: inout Address) throws(SystemError) {
        let size = socklen_t(MemoryLayout<Address>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Darwin)
                Darwin.bind(fd, address, size)
                #elseif canImport(Musl)
                Musl.bind(fd, address, size)
                #else
                Glibc.bind(fd, address, size)
                #endif
            }
        }
        if result != 0 { throw SystemError(call: "bind") }
    }

    private static func boundPort(_ fd: Int32) throws(SystemError) -> Int {
        // sockaddr_in and sockaddr_in6 have the port at the same offset.
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &size) }
        }
        if result != 0 { throw SystemError(call: "getsockname") }
        return Int(UInt16(bigEndian: address.sin6_port))
    }

    /// Non-blocking and close-on-exec, where the call that made the descriptor could not say so.
    private static func prepare(_ fd: Int32) {
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
    }

    private static func set(_ fd: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

extension Sockets {
    /// A pipe with both ends non-blocking.
    static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
        let result = Darwin.pipe(&ends)
        #elseif canImport(Musl)
        let result = Musl.pipe(&ends)
        #else
        let result = Glibc.pipe(&ends)
        #endif
        guard result == 0 else { throw SystemError(call: "pipe") }
        prepare(ends[0])
        prepare(ends[1])
        return (ends[0], ends[1])
    }

    /// Writes one byte into a pipe; a full pipe wakes its reader as well.
    static func writeByte(_ fd: Int32) {
        var byte: UInt8 = 1
        _ = write(fd, &byte, 1)
    }

    /// Empties a pipe.
    static func drain(_ fd: Int32) {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while read(fd, &bytes, 32) > 0 {}
    }

    /// Raises the soft limit of open files to the hard one: a server for thousands of connections needs it.
    static func raiseFileLimit() {
        var limit = rlimit()
        #if canImport(Glibc)
        let openFiles = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let openFiles = RLIMIT_NOFILE
        #endif
        guard getrlimit(openFiles, &limit) == 0 else { return }
        #if canImport(Darwin)
        // The hard limit is "infinity" there, and setrlimit refuses it.
        let wanted = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #else
        let wanted = limit.rlim_max
        #endif
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        _ = setrlimit(openFiles, &limit)
    }
}
