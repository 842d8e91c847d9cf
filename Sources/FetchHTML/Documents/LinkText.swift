import FetchSystem

/// The text of a link, for a person.
enum LinkText {
    /// The maximum length in characters.
    private static let maximumLength = 200
    /// The maximum number of bytes that are read for it.
    static let maximumBytes = 4096

    /// The text with blanks joined, cut.
    static func joined(_ bytes: some Collection<UInt8>) -> String {
        var bytes = Array(bytes.prefix(maximumBytes))
        // A character that the limit cuts.
        if bytes.count == maximumBytes {
            while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last >= 0x80 { bytes.removeLast() }
        }
        // In place, because a page has a thousand of them.
        var count = 0
        var follows = false
        for index in bytes.indices {
            let byte = bytes[index]
            if byte.isHTMLSpace {
                follows = count > 0
                continue
            }
            if follows {
                bytes[count] = 0x20
                count += 1
                follows = false
            }
            bytes[count] = byte
            count += 1
        }
        bytes.removeLast(bytes.count - count)
        let line = ByteText.text(of: bytes)
        // A character has at least one byte.
        return bytes.count <= maximumLength ? line : String(line.prefix(maximumLength))
    }
}
