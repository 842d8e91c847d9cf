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
            guard !isCookie(line) else { continue }
            let start = line.drop { $0 == 0x20 || $0 == 0x09 }.first
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
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = text.first else { return true }
        if hasPrefix("set-cookie:", line) { return true }
        if first == UInt8(ascii: "#"), !line.starts(with: "#HttpOnly_".utf8) { return true }
        // As libcurl's strtok_r: several tabs are one, and a cookie without a value has one field less.
        let fields = line.split(separator: 0x09)
        // A cookie file of the oldest browsers has no path.
        let lacksPath = fields.count > 2 && ["TRUE", "FALSE"].contains { fields[2].elementsEqual($0.utf8) }
        return (6...7).contains(fields.count + (lacksPath ? 1 : 0))
    }

    private static func hasPrefix(_ prefix: String, _ line: ArraySlice<UInt8>) -> Bool {
        line.count >= prefix.utf8.count
            && zip(line, prefix.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && (0x41...0x5A).contains($0) }
    }
}
