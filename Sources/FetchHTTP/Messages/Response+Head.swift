/// The head of a response as it is written for people and programs that read HTTP.
extension Response {
    /// The status line, the fields as they arrived, and an empty line, each ended by CRLF (RFC 9112 §2.1). The reason
    /// phrase is the registered one: HTTP/2 has none. As in curl, that is `HTTP/2 200 `.
    package var headBytes: [UInt8] {
        let version = httpVersion.hasPrefix("1") ? httpVersion : String(httpVersion.prefix { $0 != "." })
        let phrase = httpVersion.hasPrefix("1") ? StatusText.phrase(status) : ""
        var bytes = Array("HTTP/\(version) \(status) \(phrase)\r\n".utf8)
        bytes.reserveCapacity(bytes.count + headers.lines.count + 64)
        for line in headers.lines.split(separator: 0x0A, omittingEmptySubsequences: true) {
            let text = line.last == 0x0D ? line.dropLast() : line
            guard !text.isEmpty else { continue }
            bytes += text
            bytes += [0x0D, 0x0A]
        }
        return bytes + [0x0D, 0x0A]
    }
}
