import FetchSystem

/// The content of `<meta http-equiv=refresh>` (WHATWG HTML §4.2.5.3, shared declarative refresh steps).
struct MetaRefresh: Equatable {
    /// Whole seconds; a fraction is read and dropped, as in the standard.
    let seconds: Int
    /// The URL as written; empty for the page itself.
    let url: [UInt8]

    /// Parses a content; nil if it is not a refresh.
    init?(_ content: [UInt8]) {
        var rest = content.drop(while: \.isHTMLSpace)
        let digits = rest.prefix(while: \.isASCIIDigit)
        rest = rest[digits.endIndex...]
        guard !digits.isEmpty || rest.first == UInt8(ascii: ".") else { return nil }
        seconds = digits.reduce(0) { min($0 * 10 + Int($1 - 0x30), 1_000_000_000) }
        rest = rest.drop { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
        guard let separator = rest.first else {
            url = []
            return
        }
        guard separator.isHTMLSpace || separator == UInt8(ascii: ";") || separator == UInt8(ascii: ",") else {
            return nil
        }
        rest = rest.drop(while: \.isHTMLSpace)
        if rest.first == UInt8(ascii: ";") || rest.first == UInt8(ascii: ",") { rest.removeFirst() }
        rest = rest.drop(while: \.isHTMLSpace)
        url = Array(Self.url(rest))
    }

    /// The URL with or without `url=` before it and quotes around it.
    private static func url(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        if text.prefix(3).map(\.lowercasedASCII).elementsEqual("url".utf8) {
            let value = text.dropFirst(3).drop(while: \.isHTMLSpace)
            if value.first == UInt8(ascii: "=") { rest = value.dropFirst().drop(while: \.isHTMLSpace) }
        }
        if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            return rest.dropFirst().prefix { $0 != quote }
        }
        while let last = rest.last, last.isHTMLSpace { rest.removeLast() }
        return rest
    }
}
