/// An IPv4 or IPv6 address, and whether it is on the public Internet.
package enum IPAddress: Sendable, Hashable, CustomStringConvertible {
    case v4(UInt32)
    /// Eight pieces of 16 bits.
    case v6([UInt16])

    /// Reads the host of a ``FetchURL`` if it is an address: `127.0.0.1`, `[::1]`.
    init?(host: String) {
        let bytes = Array(host.utf8)
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            guard let pieces = IPAddressParser.parseIPv6(bytes.dropFirst().dropLast()) else { return nil }
            self = .v6(pieces)
        } else {
            guard IPAddressParser.isCanonicalIPv4(bytes[...]), let address = IPAddressParser.parseIPv4(bytes) else {
                return nil
            }
            self = .v4(address)
        }
    }

    /// Reads 4 or 16 bytes in network order.
    package init?(networkOrder bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: self = .v6((0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) })
        default: return nil
        }
    }

    /// `127.0.0.1`, `::1`
    package var description: String {
        switch self {
        case .v4(let address): IPAddressParser.serializeIPv4(address)
        case .v6(let pieces): String(IPAddressParser.serializeIPv6(pieces).dropFirst().dropLast())
        }
    }

    /// Whether the address is globally reachable (IANA's special-purpose registries, RFC 6890), so that it is not in a
    /// private network. An address that contains an IPv4 address is judged by that address.
    var isPublic: Bool {
        switch self {
        case .v4(let address): !Self.specialV4.contains { address >> (32 - $0.length) == $0.prefix >> (32 - $0.length) }
        case .v6(let pieces): Self.isPublic(pieces)
        }
    }

    /// Whether the address is link-local (RFC 3927, RFC 4291 §2.5.6), where most clouds serve their metadata, or
    /// another address of cloud metadata. An address that contains an IPv4 address is judged by that address.
    var isLinkLocal: Bool {
        switch self {
        case .v4(let address): address >> 16 == 0xA9FE || address == 0xA83F_8110 || address == 0x6464_64C8
        case .v6(let pieces):
            if pieces[..<6] == [0, 0, 0, 0, 0, 0xFFFF] || pieces[..<6] == [0x64, 0xFF9B, 0, 0, 0, 0] {
                IPAddress.v4(UInt32(pieces[6]) << 16 | UInt32(pieces[7])).isLinkLocal
            } else {
                pieces[0] & 0xFFC0 == 0xFE80 || pieces == [0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x254]
            }
        }
    }

    private static func isPublic(_ pieces: [UInt16]) -> Bool {
        func embedded(_ index: Int) -> Bool {
            IPAddress.v4(UInt32(pieces[index]) << 16 | UInt32(pieces[index + 1])).isPublic
        }
        // ::ffff:a.b.c.d, and NAT64 (RFC 6052), which leads to the IPv4 address in it.
        if pieces[..<5].allSatisfy({ $0 == 0 }), pieces[5] == 0xFFFF { return embedded(6) }
        if pieces[..<6] == [0x64, 0xFF9B, 0, 0, 0, 0] { return embedded(6) }
        // All reachable addresses are in 2000::/3; loopback, link-local, unique local and multicast are not.
        guard pieces[0] >> 13 == 1 else { return false }
        return switch pieces[0] {
        // 2001::/23, protocol assignments (Teredo among them), and 2001:db8::/32, documentation
        case 0x2001: pieces[1] >= 0x200 && pieces[1] != 0xDB8
        // 6to4 (RFC 3056)
        case 0x2002: embedded(1)
        // Documentation (RFC 9637)
        case 0x3FFF: pieces[1] >= 0x1000
        default: true
        }
    }

    private static let specialV4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8),  // this network
        (0x0A00_0000, 8),  // private
        (0x6440_0000, 10),  // shared by carriers, 100.64/10
        (0x7F00_0000, 8),  // loopback
        (0xA83F_8110, 32),  // 168.63.129.16, the metadata and DNS of a large cloud
        (0xA9FE_0000, 16),  // link-local, metadata of most clouds
        (0xAC10_0000, 12),  // private
        (0xC000_0000, 24),  // protocol assignments
        (0xC000_0200, 24),  // documentation
        (0xC058_6300, 24),  // 6to4 relays
        (0xC0A8_0000, 16),  // private
        (0xC612_0000, 15),  // benchmarks
        (0xC633_6400, 24),  // documentation
        (0xCB00_7100, 24),  // documentation
        (0xE000_0000, 4),  // multicast
        (0xF000_0000, 4),  // reserved, broadcast
    ]
}

extension FetchURL {
    /// Whether the host is a link-local address, or an address of cloud metadata.
    public var isLinkLocal: Bool { IPAddress(host: host)?.isLinkLocal ?? false }

    /// Why no request may be sent to this host under ``NetworkOptions/blocksPrivateAddresses``, as far as its name
    /// reveals it; names in DNS are judged by the address that they resolve to.
    var privateHostFailure: FetchError? {
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        // RFC 6761 §6.3
        let isLocal = name == "localhost" || name.hasSuffix(".localhost")
        guard isLocal || IPAddress(host: host).map({ !$0.isPublic }) ?? false else { return nil }
        return FetchError(.blockedAddress, "\(host) is not a public address", curlCode: .couldNotConnect)
    }
}
