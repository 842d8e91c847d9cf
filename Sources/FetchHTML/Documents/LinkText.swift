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
        let words = bytes.split(whereSeparator: \.isHTMLSpace)
        let line = ByteText.text(of: Array(words.joined(separator: [0x20])))
        return String(line.prefix(maximumLength))
    }
}
