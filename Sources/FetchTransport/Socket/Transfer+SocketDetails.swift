import FetchHTTP
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What few runs set on their sockets. A system that refuses it goes on without, as with curl.
extension Transfer {
    /// Opens a socket, of Multipath TCP if that is asked for and there is any.
    static func socket(_ address: curl_sockaddr, _ type: Int32, _ details: SocketDetails?) -> Int32 {
        #if os(Linux)
        if let details, details.usesMultipath, [AF_INET, AF_INET6].contains(address.family) {
            // IPPROTO_MPTCP of <linux/in.h>, since Linux 5.6.
            let descriptor = Glibc.socket(address.family, type, 262)
            if descriptor >= 0 { return descriptor }
        }
        return Glibc.socket(address.family, type, address.protocol)
        #else
        return Darwin.socket(address.family, type, address.protocol)
        #endif
    }

    /// Sets the options of a socket.
    static func configure(_ descriptor: Int32, _ details: SocketDetails, family: Int32) {
        if let service = details.typeOfService {
            if family == AF_INET { set(descriptor, Int32(IPPROTO_IP), IP_TOS, service) }
            if family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_TCLASS, service) }
        }
        #if os(Linux)
        if let priority = details.priority { set(descriptor, SOL_SOCKET, SO_PRIORITY, priority) }
        if let count = details.keepAliveCount, [AF_INET, AF_INET6].contains(family) {
            set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, count)
        }
        #endif
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int) {
        var value = Int32(clamping: value)
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
