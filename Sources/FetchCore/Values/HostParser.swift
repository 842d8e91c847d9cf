/// The host parser of WHATWG URL §3.5 for special schemes: a domain, an IPv4 or an IPv6 address.
enum HostParser {
    /// The longest host, in bytes, that is looked at as an internationalised name. A name in DNS has 253; the bound
    /// keeps the time of Punycode, which is quadratic, out of a stranger's hands.
    static let maximumInternationalLength = 1024

    /// Appends the serialized host; `input` is not empty.
    static func append(_ input: ArraySlice<UInt8>, to output: inout [UInt8]) throws(FetchError) {
        if isPlainName(input) {
            output.append(contentsOf: input)
        } else if input.first == UInt8(ascii: "[") {
            guard input.last == UInt8(ascii: "]"),
                let pieces = IPAddressParser.parseIPv6(input.dropFirst().dropLast())
            else { throw .invalid("the host in brackets is not an IPv6 address") }
            output.append(contentsOf: IPAddressParser.serializeIPv6(pieces).utf8)
        } else {
            let domain = try asciiDomain(PercentEncoding.decode(input))
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

    /// A name of which nothing has to be looked at twice: lower-case letters, "-" and "." without `xn--`.
    private static func isPlainName(_ input: ArraySlice<UInt8>) -> Bool {
        var dashes = 0
        for byte in input {
            if byte == UInt8(ascii: "-") {
                dashes += 1
                if dashes == 2 { return false }
            } else {
                guard byte &- 0x61 < 26 || byte == UInt8(ascii: ".") else { return false }
                dashes = 0
            }
        }
        return true
    }

    /// Domain to ASCII (WHATWG URL §3.3) and the check for forbidden code points.
    private static func asciiDomain(_ decoded: [UInt8]) throws(FetchError) -> [UInt8] {
        var domain: [UInt8]
        if needsInternationalRules(decoded) {
            guard decoded.count <= maximumInternationalLength else {
                throw .invalid("the international host name is too long")
            }
            guard let ascii = DomainToASCII.convert(String(decoding: decoded, as: UTF8.self)) else {
                throw .invalid("the host is not a valid international domain name")
            }
            domain = ascii
        } else {
            domain = decoded.map(\.lowercasedASCII)
        }
        guard !domain.isEmpty else { throw .invalid("empty host") }
        let forbidden = ByteSet.forbiddenDomain
        if let byte = domain.first(where: forbidden.contains) {
            throw .invalid("forbidden character U+00\(hex(byte)) in the host")
        }
        return domain
    }

    /// Whether a name is not ASCII or has a label that starts with `xn--`.
    private static func needsInternationalRules(_ name: [UInt8]) -> Bool {
        var label = 0
        for (index, byte) in name.enumerated() {
            if byte >= 0x80 { return true }
            if byte == UInt8(ascii: ".") { label = index + 1 }
            if index == label + 3, DomainToASCII.hasPrefix(name[label...index]) { return true }
        }
        return false
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
