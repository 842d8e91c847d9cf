#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A blocking TCP client that shows what is on the wire, for tests of the server itself.
final class RawClient {
    struct Failure: Error, Equatable {
        let code: Int32
    }

    private let fd: Int32
    private var unread: [UInt8] = []

    /// Connects to a port of this machine. Reads give up (EAGAIN) after `patience`.
    init(port: Int, isIPv6: Bool = false, patience: Duration = .seconds(20)) throws {
        #if canImport(Glibc)
        fd = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        fd = socket(isIPv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)
        #endif
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        let (seconds, attoseconds) = patience.components
        var limit = timeval(tv_sec: .init(seconds), tv_usec: .init(attoseconds / 1_000_000_000_000))
        _ = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result: Int32
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            address.sin6_addr = in6addr_loopback
            result = Self.connect(fd, &address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            result = Self.connect(fd, &address)
        }
        if result != 0 { throw Failure(code: errno) }
    }

    deinit { close(fd) }

    private static func connect<Address>(_ fd: Int32, _ address: inout Address) -> Int32 {
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Darwin)
                Darwin.connect(fd, address, size)
                #elseif canImport(Musl)
                Musl.connect(fd, address, size)
                #else
                Glibc.connect(fd, address, size)
                #endif
            }
        }
    }

    /// Sends a text.
    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends bytes.
    func send(_ bytes: [UInt8]) { _ = write(fd, bytes, bytes.count) }

    /// What one read brings: nothing at the end of the stream.
    func read() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(fd, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure(code: errno) }
        return Array(bytes[..<count])
    }

    /// Everything until the end of the stream, as text.
    func readToEnd() throws -> String {
        var all = unread
        while case let bytes = try read(), !bytes.isEmpty { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    /// One answer that has a Content-Length: its head and its body, as text. `hasBody` is false for HEAD.
    func readAnswer(hasBody: Bool = true) throws -> (head: String, body: String) {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let headEnd = unread.firstRange(of: end) {
                let head = String(decoding: unread[..<headEnd.lowerBound], as: UTF8.self)
                let lengthLine = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                let length = hasBody ? Int(lengthLine?.dropFirst(16) ?? "0") ?? 0 : 0
                while unread.count < headEnd.upperBound + length { try readMore() }
                let body = unread[headEnd.upperBound...].prefix(length)
                unread.removeFirst(headEnd.upperBound + length)
                return (head, String(decoding: body, as: UTF8.self))
            }
            try readMore()
        }
    }

    private func readMore() throws {
        let more = try read()
        if more.isEmpty { throw Failure(code: ENOTCONN) }
        unread += more
    }

    /// Asks for a path and returns the answer.
    func get(_ path: String) throws -> (head: String, body: String) {
        send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
        return try readAnswer()
    }
}
