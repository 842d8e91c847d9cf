import FetchSystem

/// What is set on the sockets of a run beyond what libcurl sets.
package struct SocketDetails: Sendable, Hashable {
    /// The DS field and ECN bits of packets (RFC 2474): 0 to 255.
    package var typeOfService: Int?
    /// The priority of packets, which a VLAN's header has (IEEE 802.1Q): 0 to 7.
    package var priority: Int?
    /// The number of unanswered keepalive probes that end a connection.
    package var keepAliveCount: Int?
    /// Whether connections are Multipath TCP (RFC 8684), where the system and the server can.
    package var usesMultipath = false

    /// Nothing.
    package init() {}

    /// The value of a type of service: a number, or one of curl's names (RFC 2474, 2597, 3246, 8622, 791); nil for another text.
    package static func typeOfService(_ text: String) -> Int? {
        if let number = Int(text) { return (0...255).contains(number) ? number : nil }
        let name = text.lowercased()
        let named = [
            "ef": 0xB8, "le": 0x04, "voice-admit": 0xB0, "lowdelay": 0x10, "throughput": 0x08, "reliability": 0x04,
            "mincost": 0x02, "lowcost": 0x02, "ect0": 0x02, "ect1": 0x01, "ce": 0x03,
        ]
        if let value = named[name] { return value }
        let digits = name.utf8.filter(\.isASCIIDigit).map { Int($0) - 0x30 }
        switch digits.count {
        case 1 where name == "cs\(digits[0])" && digits[0] <= 7: return digits[0] << 5
        case 2 where name == "af\(digits[0])\(digits[1])" && (1...4).contains(digits[0]) && (1...3).contains(digits[1]):
            return digits[0] << 5 | digits[1] << 3
        default: return nil
        }
    }
}
