import FetchSystem

/// One line of a robots.txt, parsed as leniently as in Google's parser.
enum RobotsLine {
    case userAgent(ArraySlice<UInt8>)
    case allow(ArraySlice<UInt8>)
    case disallow(ArraySlice<UInt8>)
    case crawlDelay(ArraySlice<UInt8>)
    case sitemap(ArraySlice<UInt8>)
    case other

    /// Google's limit: eight times the longest URL of Internet Explorer.
    static let maximumLength = 2083 * 8

    /// Parses a line without its comment. The colon may be missing if there are exactly two words.
    init(_ line: ArraySlice<UInt8>) {
        let key: ArraySlice<UInt8>
        let value: ArraySlice<UInt8>
        if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            key = Self.trimmed(line[..<colon])
            value = Self.trimmed(line[(colon + 1)...])
        } else {
            let words = line.split(maxSplits: 2, whereSeparator: Self.isBlank)
            guard words.count == 2 else {
                self = .other
                return
            }
            key = words[0]
            value = words[1]
        }
        // The misspellings are those that Google found on the web.
        self =
            switch String(decoding: key.prefix(16).map(\.lowercasedASCII), as: UTF8.self) {
            case "user-agent", "useragent", "user agent": .userAgent(value)
            case "allow": .allow(value)
            case "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw": .disallow(value)
            case "crawl-delay", "crawldelay": .crawlDelay(value)
            case "sitemap", "site-map": .sitemap(value)
            default: .other
            }
    }

    /// The lines of a file with their numbers, without byte order mark, comments and surrounding blanks.
    static func forEach(in bytes: ArraySlice<UInt8>, _ body: (Int, ArraySlice<UInt8>) -> Void) {
        // Half a byte order mark is one that a program has cut, as Google found.
        var rest = bytes
        for byte in [0xEF, 0xBB, 0xBF] as [UInt8] where rest.first == byte { rest.removeFirst() }
        var number = 0
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? rest.endIndex
            let line = rest[..<end].prefix(maximumLength - 1)
            body(number, trimmed(line.prefix { $0 != UInt8(ascii: "#") }))
            let isPair = end + 1 < rest.endIndex && rest[end] == 0x0D && rest[end + 1] == 0x0A
            rest = rest[min(end + (isPair ? 2 : 1), rest.endIndex)...]
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte == 0 }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }
}
