import FetchSystem

/// The host parser of WHATWG URL §3.5 for special schemes: a domain, an IPv4 or an IPv6 address.
enum HostParser {
    /// The maximum length in bytes of a host that is converted as an internationalised name. A DNS name has 253 bytes;
    /// the limit bounds the time of Punycode, which is quadratic.
    static let maximumInternationalLength = 1024

    /// Appends the serialised host; `input` is not empty.
    static func append(_ input: ArraySlice<UInt8>, to output: inout [UInt8]) throws(FetchError) {
        if input.first == UInt8(ascii: "[") {
            guard input.last == UInt8(ascii: "]"),
                let pieces = IPAddressParser.parseIPv6(input.dropFirst().dropLast())
            else { throw .invalid("the host in brackets is not an IPv6 address") }
            output.append(contentsOf: IPAddressParser.serializeIPv6(pieces).utf8)
        } else {
            // Most names contain nothing that must be decoded, converted or refused.
            let isPlain = !input.contains(where: ByteSet.forbiddenDomain.contains)
            let domain = isPlain ? input.map(\.lowercasedASCII) : try asciiDomain(PercentEncoding.decode(input))
            guard endsInNumber(domain) else {
                output.append(contentsOf: domain)
                return
            }
            guard let address = IPAddressParser.parseIPv4(domain) else {
                throw .invalid("the host ends in a number but is not an IPv4 address")
            }
            output.append(contentsOf: IPAddressParser.serializeIPv4(address).utf8)
        }
    }

    /// Domain to ASCII (WHATWG URL §3.3) and the check for forbidden code points.
    ///
    /// An ASCII name only loses its capitals, `xn--` labels included, whether they are valid or not: the standard says
    /// so since whatwg/url#914 (2026), because such names are in use.
    private static func asciiDomain(_ decoded: [UInt8]) throws(FetchError) -> [UInt8] {
        let domain: [UInt8]
        if decoded.allSatisfy({ $0 < 0x80 }) {
            domain = decoded.map(\.lowercasedASCII)
        } else {
            guard decoded.count <= maximumInternationalLength else {
                throw .invalid("the international host name is too long")
            }
            guard let ascii = DomainToASCII.convert(String(decoding: decoded, as: UTF8.self)) else {
                throw .invalid("the host is not a valid international domain name")
            }
            domain = ascii
        }
        guard !domain.isEmpty else { throw .invalid("empty host") }
        let forbidden = ByteSet.forbiddenDomain
        if let byte = domain.first(where: forbidden.contains) {
            throw .invalid("forbidden character U+00\(hex(byte)) in the host")
        }
        return domain
    }

    /// The ends-in-a-number checker (WHATWG URL §3.5).
    private static func endsInNumber(_ domain: [UInt8]) -> Bool {
        let name = domain.last == UInt8(ascii: ".") ? domain.dropLast() : domain[...]
        let start = name.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? name.startIndex
        let last = name[start...]
        guard let first = last.first, first.isASCIIDigit else { return false }
        if last.allSatisfy(\.isASCIIDigit) { return true }
        return first == UInt8(ascii: "0") && last.count >= 2 && last[start + 1] | 0x20 == UInt8(ascii: "x")
            && last.dropFirst(2).allSatisfy { $0.hexValue != nil }
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
