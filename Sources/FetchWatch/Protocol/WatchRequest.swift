/// The head of an HTTP/1 request (RFC 9112 §2): what the live page's server needs of it.
package struct WatchRequest: Sendable, Equatable {
    /// The method as it was sent; methods are case-sensitive.
    package var method: String
    /// The request target as it was sent: a path, with its query if it has one.
    package var target: String
    /// The values of all Host fields.
    package var hosts: [String]

    /// A request.
    package init(method: String, target: String, hosts: [String]) {
        self.method = method
        self.target = target
        self.hosts = hosts
    }
}

/// Reads the head of one request from bytes as they arrive. It keeps at most ``maximumSize`` of them.
package struct WatchRequestReader: Sendable {
    /// The maximum number of bytes of a head.
    package static let maximumSize = 8192

    /// What is known after some bytes.
    package enum Progress: Sendable, Equatable {
        /// The head has not ended.
        case incomplete
        case complete(WatchRequest)
        /// It is not a request that is answered; the status that says so.
        case refused(Int)
    }

    private var bytes: [UInt8] = []
    private var end: Progress?

    /// Nothing read yet.
    package init() {}

    /// Takes the next bytes. What follows the head, and what follows a refusal, is ignored.
    package mutating func feed(_ more: some Collection<UInt8>) -> Progress {
        if let end { return end }
        // A head that ended before is found in what is new and the three bytes before it.
        let start = max(0, bytes.count - 3)
        bytes += more.prefix(Self.maximumSize + 1 - bytes.count)
        if let headEnd = Self.headEnd(of: bytes, from: start), headEnd <= Self.maximumSize {
            end = Self.parse(bytes[..<headEnd])
        } else if bytes.count > Self.maximumSize {
            end = .refused(431)
        }
        if end != nil { bytes = [] }
        return end ?? .incomplete
    }

    /// The index after the empty line; nil while there is none. A line may end with LF alone (RFC 9112 §2.2).
    private static func headEnd(of bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while let feed = bytes[index...].firstIndex(of: 0x0A) {
            let next = feed + 1
            if next < bytes.count, bytes[next] == 0x0A { return next + 1 }
            if next + 1 < bytes.count, bytes[next] == 0x0D, bytes[next + 1] == 0x0A { return next + 2 }
            index = next
        }
        return nil
    }

    private static func parse(_ head: ArraySlice<UInt8>) -> Progress {
        let lines = head.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            line.last == 0x0D ? line.dropLast() : line
        }
        // A bare CR, NUL and other controls have no meaning in a head (RFC 9110 §5.5), and differ between readers.
        guard let first = lines.first, lines.allSatisfy({ $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } })
        else { return .refused(400) }
        let parts = first.split(separator: 0x20, omittingEmptySubsequences: false).map(ascii)
        guard parts.count == 3, let method = parts[0], let target = parts[1], let version = parts[2], !method.isEmpty,
            method.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }), target.hasPrefix("/")
        else { return .refused(400) }
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            return .refused(version.hasPrefix("HTTP/") ? 505 : 400)
        }
        var hosts: [String] = []
        for line in lines.dropFirst() where !line.isEmpty {
            // A field that begins with a space continued the one before in HTTP/1.0; RFC 9112 §5.2 lets it be refused.
            guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
                line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return .refused(400) }
            guard ascii(line[..<colon])?.lowercased() == "host" else { continue }
            guard let value = ascii(trimmed(line[(colon + 1)...])) else { return .refused(400) }
            hosts.append(value)
        }
        return .complete(WatchRequest(method: method, target: target, hosts: hosts))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var bytes = bytes.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }

    /// The bytes as text; nil if one is not a visible character of ASCII.
    private static func ascii(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(bytes.map { Character(UnicodeScalar($0)) })
    }
}
