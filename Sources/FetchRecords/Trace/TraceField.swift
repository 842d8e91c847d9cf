import FetchHTTP
import FetchSystem

/// What is hidden in lines of heads and of libcurl's text, whatever their values are.
enum TraceField {
    /// Names that suggest a secret, and have none.
    private static let harmless: Set<String> = ["www-authenticate", "proxy-authenticate", ":authority"]

    /// Name and value of a field that is not shown; nil for any other line.
    static func secret(in line: ArraySlice<UInt8>) -> (name: String, value: [UInt8])? {
        guard let colon = line.dropFirst().firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = ByteText.text(of: Array(line[..<colon]))
        guard HTTPToken.isValid(name), SecretName.occurs(in: name), !harmless.contains(name.lowercased()) else {
            return nil
        }
        return (name, Array(line[(colon + 1)...].drop { $0 == 0x20 }))
    }

    /// The value of a field that is or contains a URL with a query; nil for any other line.
    static func url(in line: ArraySlice<UInt8>) -> String? {
        guard line.contains(UInt8(ascii: "?")), let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        guard PrintableURL.hasURL(ByteText.text(of: Array(line[..<colon]))) else { return nil }
        return ByteText.text(of: Array(line[(colon + 1)...].prefix { $0 != UInt8(ascii: ">") }))
    }

    /// The line with the password of a URL in a field like Location hidden.
    static func hidingCredentials(in line: ArraySlice<UInt8>) -> [UInt8] {
        guard line.contains(UInt8(ascii: "@")), let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            return Array(line)
        }
        let name = ByteText.text(of: Array(line[..<colon]))
        let value = ByteText.text(of: Array(line[colon...]))
        return Array(line[..<colon]) + ByteText.bytes(of: PrintableURL.value(value, of: name))
    }

    /// A line of libcurl's text without the fields of HTTP/2 requests (`[cookie: …]`) and the values of cookies that are
    /// secret.
    static func hiding(inText line: [UInt8]) -> [UInt8] {
        for beginning in ["Added cookie ", "Replaced cookie "] where line.starts(with: beginning.utf8) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")),
                let end = line.lastRange(of: Array("\" for domain".utf8))?.lowerBound, end > equals
            else { return Array(beginning.utf8) + SecretMask.mask }
            return Array(line[...equals]) + SecretMask.mask + Array(line[end...])
        }
        var line = line
        var start = 0
        while let bracket = line[start...].firstIndex(of: UInt8(ascii: "[")) {
            start = bracket + 1
            guard let (name, _) = secret(in: line[start...]) else { continue }
            let value = start + name.utf8.count + 1
            let end = line.lastIndex(of: UInt8(ascii: "]")) ?? line.endIndex
            if end > value { line.replaceSubrange(value..<end, with: Array(" ***".utf8)) }
            break
        }
        return ByteText.bytes(of: PrintableURL.hidingCredentials(in: ByteText.text(of: line)))
    }

    /// Whether a line of libcurl's text is about the connection or its certificate (7.88.1 and 8.x).
    static func isAboutTLS(_ line: [UInt8]) -> Bool {
        [
            "SSL connection using", "ALPN", "subject:", "issuer:", "start date:", "expire date:", "subjectAltName",
            "SSL certificate", "SSL: ", "Trying ", "connect to ", "Proxy replied", "CONNECT ",
        ].contains { line.starts(with: $0.utf8) }
    }
}

extension [UInt8] {
    /// The last occurrence of a sequence.
    fileprivate func lastRange(of other: [UInt8]) -> Range<Int>? {
        guard count >= other.count else { return nil }
        return stride(from: count - other.count, through: 0, by: -1).first { self[$0...].starts(with: other) }
            .map { $0..<$0 + other.count }
    }
}
