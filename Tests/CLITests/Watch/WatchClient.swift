import FoundationEssentials

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A blocking client of the live page that says exactly what a test wants, and shows every byte of the answer.
final class WatchClient: Sendable {
    struct Failure: Error {
        let code: Int32
    }

    private let socketDescriptor: Int32

    /// Connects to a port of 127.0.0.1.
    init(port: Int) throws {
        #if canImport(Glibc)
        socketDescriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        socketDescriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        _ = fcntl(socketDescriptor, F_SETFD, FD_CLOEXEC)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        _ = setsockopt(socketDescriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(socketDescriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 { throw Failure(code: errno) }
    }

    deinit { close(socketDescriptor) }

    /// Sends a text.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(socketDescriptor, bytes, bytes.count)
    }

    /// Sends a request for a path.
    func ask(_ path: String, method: String = "GET", host: String) {
        send("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    }

    /// What one read brings; nothing at the end, and after 20 s without a byte.
    func read() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socketDescriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }

    /// Everything until the end, or until the text is there.
    func read(until end: String? = nil) -> String {
        var text = ""
        while case let more = read(), !more.isEmpty {
            text += more
            if let end, text.contains(end) { break }
        }
        return text
    }
}

/// The address of a live page, from the file that has the messages of its run.
struct WatchAddress {
    let port: Int
    let token: String
    /// `/TOKEN/`
    var path: String { "/\(token)/" }
    /// What a client sends as Host.
    var host: String { "127.0.0.1:\(port)" }

    /// Waits until the run says it; nil if it does not.
    init?(in scratch: Scratch, _ name: String = "messages") async {
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            let text = (try? scratch.text(name)) ?? ""
            let pattern = #/fetchall: watch http://127\.0\.0\.1:([0-9]+)/([0-9a-f]{32})/\n/#
            if let match = text.firstMatch(of: pattern), let port = Int(match.output.1) {
                self.port = port
                token = String(match.output.2)
                return
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    /// The whole answer to a request.
    func answer(_ rest: String = "", method: String = "GET", path: String? = nil, host: String? = nil) throws -> String
    {
        let client = try WatchClient(port: port)
        client.ask(path ?? self.path + rest, method: method, host: host ?? self.host)
        return client.read()  // The head and the beginning of the body come together.
            + (method == "HEAD" ? "" : client.read(until: nil))
    }
}
