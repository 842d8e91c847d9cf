extension LoopbackServer {
    /// A request as the server received it.
    package struct Request: Sendable {
        /// The method, as sent.
        package let method: String
        /// The target of the request line, raw: neither decoded nor normalised; absolute when asked as a proxy.
        package let target: String
        /// The value of the Host field; empty if there was none.
        package let host: String
        /// The body, without the framing of chunks.
        package let body: [UInt8]
        /// Which connection it came on, counted from 1.
        package let connection: Int
        /// Which request of the server it was, counted from 1.
        public internal(set) var number = 0
        /// When its last byte had arrived.
        package let receivedAt: ContinuousClock.Instant
        /// What the server had counted at that moment, this request included.
        public internal(set) var counts = Counts()

        /// The request line and the header fields as sent, without the empty line.
        package let head: [UInt8]

        /// The path of the target, raw, without its query (and without scheme and authority, as a proxy gets them).
        package var path: String {
            var path = target[...]
            if let scheme = path.firstRange(of: "://"), !path.hasPrefix("/") {
                path = path[scheme.upperBound...].drop { $0 != "/" }
            }
            return String(path.prefix { $0 != "?" })
        }

        /// The header fields in the order they came. Bytes that are not UTF-8 become U+FFFD.
        package var headers: [(name: String, value: String)] {
            var list: [(name: String, value: String)] = []
            RequestHead.forEachField(of: head) { bytes, name, value in
                list.append(
                    (String(decoding: bytes[name], as: UTF8.self), String(decoding: bytes[value], as: UTF8.self)))
            }
            return list
        }

        /// The value of the first field of that name, found without case; nil if there is none.
        package func header(_ name: String) -> String? { values(name).first }

        /// The values of all fields of that name, found without case.
        package func values(_ name: String) -> [String] {
            let wanted = Array(name.lowercased().utf8)
            var list: [String] = []
            RequestHead.forEachField(of: head) { bytes, name, value in
                if RequestHead.matches(bytes[name], wanted) {
                    list.append(String(decoding: bytes[value], as: UTF8.self))
                }
            }
            return list
        }

        /// The decoded value of the first query parameter of that name; empty if it has no `=`, nil if there is none.
        package func query(_ name: String) -> String? {
            guard let mark = target.firstIndex(of: "?") else { return nil }
            for pair in target[target.index(after: mark)...].split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if Self.decode(parts[0]) == name { return parts.count > 1 ? Self.decode(parts[1]) : "" }
            }
            return nil
        }

        private static func decode(_ text: Substring) -> String {
            var bytes: [UInt8] = []
            var rest = text.utf8
            while let byte = rest.popFirst() {
                let digits = rest.prefix(2)
                if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16)
                {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// What a server has counted so far.
    package struct Counts: Sendable, Hashable {
        /// Requests received.
        package var requests = 0
        /// Connections accepted.
        package var connections = 0
        /// Connections open now.
        package var openConnections = 0
        /// The most connections open at one time.
        package var peakConnections = 0
        /// Requests received whose answer has not gone out to its last byte.
        package var inFlight = 0
        /// The most requests in flight at one time.
        package var peakInFlight = 0
    }
}
