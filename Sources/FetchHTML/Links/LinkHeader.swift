package import FetchHTTP
import FetchSystem

/// The Link header (RFC 8288 §3).
package enum LinkHeader {
    /// The maximum number of links that are read.
    static let maximumLinks = 1_000

    /// The links of all Link headers, resolved and without fragment, except those whose `anchor` names another page,
    /// and those whose rel neither leads to a page nor, if wanted, names a requisite.
    ///
    /// - Parameters:
    ///   - headers: The response headers.
    ///   - base: The URL of the response.
    ///   - requisites: Whether style sheets and other requisites are wanted.
    package static func links(in headers: HeaderFields, base: FetchURL, requisites: Bool = false) -> [Link] {
        var links: [Link] = []
        for value in headers.values(of: "link") {
            var reader = LinkHeaderReader(Array(value.utf8))
            while links.count < maximumLinks, let entry = reader.next() {
                let relation = LinkRelation(entry.rel)
                let isRequisite = relation.isRequisite && requisites
                guard relation.isPage || isRequisite, isAbout(base, entry.anchor) else { continue }
                let target = Array(entry.target.prefix { $0 != UInt8(ascii: "#") })
                guard let url = try? FetchURLParser.parse(target, base: base) else { continue }
                let kind = relation.isPage ? Link.Kind.header : .linkedResource
                links.append(Link(url: url, kind: kind, isNofollow: relation.isNofollow))
            }
        }
        return links
    }

    /// Whether an anchor, if there is one, means the response itself.
    private static func isAbout(_ base: FetchURL, _ anchor: [UInt8]?) -> Bool {
        guard let anchor else { return true }
        return (try? FetchURLParser.parse(anchor, base: base))?.requestString == base.requestString
    }
}

/// Reads the values of a Link header one by one (RFC 8288, appendix B.2) and skips what is not valid.
struct LinkHeaderReader {
    /// One link.
    struct Entry: Equatable {
        /// The text between `<` and `>`.
        let target: [UInt8]
        /// The first rel; empty if there is none.
        var rel: [UInt8] = []
        /// The first anchor.
        var anchor: [UInt8]?
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The next link; nil at the end.
    mutating func next() -> Entry? {
        // The text before a "<" is a comma, or the rest of something that is not valid.
        guard let start = bytes.offset(of: UInt8(ascii: "<"), from: position, to: bytes.count),
            let end = bytes.offset(of: UInt8(ascii: ">"), from: start, to: bytes.count)
        else {
            position = bytes.count
            return nil
        }
        position = end + 1
        var entry = Entry(target: Array(bytes[(start + 1)..<end]))
        var hasRel = false
        while true {
            skipSpace()
            guard peek == UInt8(ascii: ";") else { return entry }
            position += 1
            let (name, value) = parameter()
            if name.elementsEqual("rel".utf8), !hasRel {
                entry.rel = value
                hasRel = true
            }
            if name.elementsEqual("anchor".utf8), entry.anchor == nil { entry.anchor = value }
        }
    }

    /// A parameter's name in lower case, and its value; both are empty at the end.
    private mutating func parameter() -> (name: [UInt8], value: [UInt8]) {
        skipSpace()
        var name: [UInt8] = []
        while let byte = peek, !byte.isHTMLSpace, !"=;,".utf8.contains(byte) {
            name.append(byte.lowercasedASCII)
            position += 1
        }
        skipSpace()
        guard peek == UInt8(ascii: "=") else { return (name, []) }
        position += 1
        skipSpace()
        var value: [UInt8] = []
        if peek == UInt8(ascii: "\"") {
            position += 1
            while let byte = peek, byte != UInt8(ascii: "\"") {
                position += 1
                guard byte == UInt8(ascii: "\\"), let escaped = peek else {
                    value.append(byte)
                    continue
                }
                value.append(escaped)
                position += 1
            }
            position += 1
        } else {
            while let byte = peek, !byte.isHTMLSpace, byte != UInt8(ascii: ";"), byte != UInt8(ascii: ",") {
                value.append(byte)
                position += 1
            }
        }
        return (name, value)
    }

    private mutating func skipSpace() {
        while let byte = peek, byte.isHTMLSpace { position += 1 }
    }
}
