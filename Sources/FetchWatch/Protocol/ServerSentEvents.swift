/// Server-sent events as bytes (HTML §9.2.6).
package enum ServerSentEvents {
    /// An event.
    ///
    /// - Parameters:
    ///   - name: The type of the event, without line breaks; nil for `message`.
    ///   - data: Its data in UTF-8. Each of its lines becomes a field of its own, so that no data begins another field.
    package static func event(_ name: String? = nil, _ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 32)
        if let name {
            bytes += "event: ".utf8
            bytes += name.utf8.filter { $0 != 0x0A && $0 != 0x0D }
            bytes.append(0x0A)
        }
        for line in lines(data) {
            bytes += "data: ".utf8
            bytes += line
            bytes.append(0x0A)
        }
        bytes.append(0x0A)
        return bytes
    }

    /// How long a client waits before it connects again.
    package static func retry(milliseconds: Int) -> [UInt8] { Array("retry: \(milliseconds)\n\n".utf8) }

    /// The lines of data; CR, LF and CRLF end one.
    private static func lines(_ data: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < data.count {
            if data[index] == 0x0A || data[index] == 0x0D {
                lines.append(data[start..<index])
                if data[index] == 0x0D, index + 1 < data.count, data[index + 1] == 0x0A { index += 1 }
                start = index + 1
            }
            index += 1
        }
        lines.append(data[start...])
        return lines
    }
}
