import FetchHTTP
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds out whether a connection failed because this machine has no room for it. libcurl reports such a failure as one
/// of the server.
enum LocalShortage {
    /// The number of descriptors that a failed name lookup or TLS handshake may have found missing: it has returned its
    /// own, and so may have others, before its failure is known.
    private static var headroom: Int { 16 }

    /// Whether an error number of the system says that this machine has no room.
    static func isOne(_ number: Int32) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(number) }

    /// Whether so few descriptors are left that a lookup or a certificate file may have found none.
    static func hasFewDescriptors() -> Bool {
        var opened: [Int32] = []
        defer { for descriptor in opened { _ = close(descriptor) } }
        for _ in 0..<headroom {
            let descriptor = datagramSocket(AF_INET)
            guard descriptor >= 0 else { return isOne(errno) }
            opened.append(descriptor)
        }
        return false
    }

    /// Whether a stream socket whose connection failed got no local port although the address can be reached from here.
    /// An address without a route fails for datagrams too; ports of datagrams are others, and nothing is sent.
    static func lacksPort(_ socket: Int32, _ address: UnsafeRawBufferPointer) -> Bool {
        guard localPort(of: socket) == 0, let start = address.baseAddress else { return false }
        let family = start.loadUnaligned(as: sockaddr.self).sa_family
        let probe = datagramSocket(Int32(family))
        guard probe >= 0 else { return isOne(errno) }
        defer { _ = close(probe) }
        return connect(probe, start.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count)) == 0
    }

    /// The error for what is missing.
    ///
    /// - Parameters:
    ///   - number: The error number of the system; 0 if it is not known.
    ///   - code: libcurl's code.
    static func error(_ number: Int32, _ code: CurlCode) -> FetchError {
        let what =
            switch number {
            case EMFILE: "this process has no file descriptor left (ulimit -n)"
            case ENFILE: "the system has no file descriptor left (fs.file-max)"
            case EADDRNOTAVAIL: "no local port is left for another connection (net.ipv4.ip_local_port_range)"
            case ENOBUFS, ENOMEM: "the system has no memory left for another connection"
            default: "no file descriptor or thread is left for another connection (ulimit -n, ulimit -u)"
            }
        return FetchError(.localLimit, what, curlCode: code)
    }

    private static func datagramSocket(_ family: Int32) -> Int32 {
        #if canImport(Glibc)
        return socket(family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
        return socket(family, SOCK_DGRAM, 0)
        #endif
    }

    /// The local port of an IP socket; nil if the system does not tell.
    private static func localPort(of socket: Int32) -> UInt16? {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
        }
        // The port is where that of sockaddr_in is.
        return isKnown ? address.sin6_port : nil
    }
}
