/// A file of cookies as curl reads it: Netscape format or Set-Cookie lines. libcurl skips every other line without a word,
/// so that a file in another format sends no cookie at all.
package enum CookieFile {
    /// What is wrong with the first line that libcurl would skip, and where it is; nil for a file that it reads wholly.
    ///
    /// - Parameter bytes: The content of the file.
    package static func problem(in bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.contains(0) { return "line \(index + 1) contains a NUL" }
            guard !isCookie(line) else {
                if hasDomain(line) { continue }
                return "line \(index + 1): the cookie has no domain, so that every host would get it; "
                    + "write its domain ('; Domain=HOST' in a Set-Cookie line, the first field in Netscape format), or "
                    + "NAME=VALUE in place of the file, for the first input's origin only"
            }
            let start = line.drop(while: isBlank).first
            let hint: String
            switch start {
            case UInt8(ascii: "{"), UInt8(ascii: "["): hint = "it looks like JSON"
            case _ where line.contains(0x09): hint = "it does not have the seven fields of a cookie"
            case _ where line.contains(0x20): hint = "its fields are separated by blanks, not by tabs"
            default: hint = "it is not a cookie"
            }
            return "line \(index + 1) cannot be read as a cookie: \(hint); "
                + "write Netscape format (seven fields with a tab between them) or Set-Cookie lines"
        }
        return nil
    }

    /// Whether libcurl takes a line, or skips it because it has nothing to say.
    private static func isCookie(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.drop(while: isBlank)
        guard let first = text.first else { return true }
        if hasPrefix("set-cookie:", line) { return true }
        if first == UInt8(ascii: "#"), !line.starts(with: "#HttpOnly_".utf8) { return true }
        // As libcurl's strtok_r: several tabs are one, and a cookie without a value has one field less.
        let fields = line.split(separator: 0x09)
        // A cookie file of the oldest browsers has no path.
        let lacksPath = fields.count > 2 && ["TRUE", "FALSE"].contains { fields[2].elementsEqual($0.utf8) }
        return (6...7).contains(fields.count + (lacksPath ? 1 : 0))
    }

    /// Whether the cookie of a line that libcurl takes is for a host; true for a line without a cookie.
    private static func hasDomain(_ line: ArraySlice<UInt8>) -> Bool {
        if hasPrefix("set-cookie:", line) { return hasDomainAttribute(line.dropFirst("set-cookie:".utf8.count)) }
        let httpOnly = "#HttpOnly_".utf8
        let isHTTPOnly = line.starts(with: httpOnly)
        let fields = isHTTPOnly ? line.dropFirst(httpOnly.count) : line
        if !isHTTPOnly, fields.drop(while: isBlank).first.map({ $0 == UInt8(ascii: "#") }) ?? true { return true }
        return isDomain(fields.prefix { $0 != 0x09 })
    }

    /// Whether a Set-Cookie field has the attribute, as far as libcurl reads it: it stops at a name with a tab, at a missing
    /// name, and at CR.
    private static func hasDomainAttribute(_ field: ArraySlice<UInt8>) -> Bool {
        var result = false
        let pairs = field.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        for (index, pair) in pairs.enumerated() {
            if pair.contains(0x0D) { break }
            let parts = trimmed(pair).split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard index > 0 else { continue }
            if parts[0].contains(0x09) || parts.count > 1 && parts[0].isEmpty { break }
            guard parts.count > 1, hasPrefix("domain", parts[0]), parts[0].count == 6 else { continue }
            let value = trimmed(parts[1])
            guard !value.isEmpty else { continue }
            guard isDomain(value) else { return false }
            result = true
        }
        return result
    }

    /// Whether there is a name behind the dot that may begin a domain.
    private static func isDomain(_ text: ArraySlice<UInt8>) -> Bool {
        let name = text.first == UInt8(ascii: ".") ? text.dropFirst() : text
        return name.contains { !isBlank($0) && $0 != UInt8(ascii: ".") }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = text.drop(while: isBlank)
        return start.prefix((start.lastIndex { !isBlank($0) }.map { $0 - start.startIndex } ?? -1) + 1)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func hasPrefix(_ prefix: String, _ line: ArraySlice<UInt8>) -> Bool {
        line.count >= prefix.utf8.count
            && zip(line, prefix.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && (0x41...0x5A).contains($0) }
    }
}
