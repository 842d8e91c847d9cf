import FetchHTTP
import CCurl
import CPosix

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Opens the sockets that libcurl asks the transfer for. A connection may serve other transfers later; the one that
/// opened it is told when it is closed.
extension Transfer {
    /// Opens a socket for an address, unless connecting to it is forbidden.
    func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> Int32 {
        guard let address else { return CURL_SOCKET_BAD }
        agent.connects(in: multi)
        if easy.checksAddress, let blocked = blockedAddress(address) {
            sockets.blocked = blocked
            return CURL_SOCKET_BAD
        }
        #if canImport(Glibc)
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        #else
        let type = address.pointee.socktype
        #endif
        let details = easy.options.details?.socket
        let descriptor = Self.socket(address.pointee, type, details)
        guard descriptor >= 0 else {
            if LocalShortage.isOne(errno) { sockets.shortage = errno }
            return CURL_SOCKET_BAD
        }
        if let details { Self.configure(descriptor, details, family: address.pointee.family) }
        sockets.descriptor = descriptor
        lastAddress = Self.bytes(of: address)
        sockets.open.append(descriptor)
        agent.opened(descriptor)
        return descriptor
    }

    /// Closes a socket that it opened, for this or an earlier request.
    func close(_ socket: Int32) -> Int32 {
        if socket == sockets.descriptor, head.size == 0 {
            // The end of the connection counts as a byte.
            sockets.receivedBytes = max(0, Int(cposix_received_bytes(socket)) - 1)
            if lastAddress.withUnsafeBytes({ LocalShortage.lacksPort(socket, $0) }) {
                sockets.shortage = EADDRNOTAVAIL
            }
        }
        if !sockets.open.isEmpty { sockets.open.removeAll { $0 == socket } }
        agent.closing(socket)
        #if canImport(Glibc)
        return Glibc.close(socket)
        #else
        return Darwin.close(socket)
        #endif
    }

    /// Whether the request may be sent on the connection that libcurl chose for it, if that speaks HTTP/1: not on one that
    /// has something to read already, which the request would take for its response, nor on one that is in use.
    ///
    /// - Parameter port: The connection's local port, which is all that libcurl says about it.
    func maySend(from port: Int32) -> Bool {
        // A Unix socket has no port.
        guard let port = UInt16(exactly: port), port > 0 else { return true }
        leaveConnection()
        // Of several sockets libcurl has closed the others, before 8.2.0 without a call of `close(_:)` for those that were
        // not connected (https://github.com/curl/curl/pull/11439).
        if let socket = sockets.open.last(where: { cposix_local_port($0) == Int32(port) }) {
            guard !isSecure || ccurl_negotiated_http(easy.pointer) == 1 else { return true }
            agent.connections.opened(socket, at: port)
        } else if let socket = agent.connections.socket(at: port) {
            sockets.refusal = agent.connections.isInUse(at: port) ? .busy : isUnclean(socket) ? .unclean : nil
            if sockets.refusal != nil { return false }
        }
        // Without TLS there is no HTTP/2, and libcurl sends one request at a time.
        if isSecure, agent.connections.use(port) { sockets.port = port }
        return true
    }

    private func isUnclean(_ socket: Int32) -> Bool {
        cposix_is_readable(socket) != 0 || isSecure && ccurl_has_decrypted_bytes(easy.pointer) != 0
    }

    /// Records that the transfer has no connection any more.
    func leaveConnection() {
        guard let port = sockets.port else { return }
        agent.connections.leave(port)
        sockets.port = nil
    }

    /// The text of an address that must not be connected to; nil if it may.
    private func blockedAddress(_ address: UnsafeMutablePointer<curl_sockaddr>) -> String? {
        // The user chose it, as a proxy is.
        if address.pointee.family == AF_UNIX, easy.options.details?.usesUnixSocket == true { return nil }
        let bytes = Self.bytes(of: address)
        let ip: IPAddress? =
            switch address.pointee.family {
            case AF_INET where bytes.count >= 8: IPAddress(networkOrder: bytes[4..<8])
            case AF_INET6 where bytes.count >= 24: IPAddress(networkOrder: bytes[8..<24])
            default: nil
            }
        guard let ip else { return "an address of family \(address.pointee.family)" }
        return easy.options.blocks(ip) ? ip.description : nil
    }

    /// The address that follows the members of libcurl's structure. Its last member is only the beginning of an address
    /// that may be longer, as always with sockaddr.
    private static func bytes(of address: UnsafeMutablePointer<curl_sockaddr>) -> [UInt8] {
        let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0
        return Array(
            UnsafeRawBufferPointer(
                start: UnsafeRawPointer(address) + start, count: Int(address.pointee.addrlen)))
    }
}
