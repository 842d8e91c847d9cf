import FetchSystem

/// The raw HTML of a block of Markdown: its tags with the text between them, and where they stand in the source.
struct MarkdownHTML {
    private var bytes: [UInt8] = []
    /// The pieces that stand in the source: their offsets here and there.
    private var pieces: [(offset: Int, source: Int)] = []

    /// Appends the text between tags; it is needed after the first one.
    mutating func append(text: [UInt8]) {
        guard !bytes.isEmpty else { return }
        for byte in text {
            switch byte {
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            default: bytes.append(byte)
            }
        }
    }

    /// Appends a tag or a comment. Its lines are those of the source without indentation and `>`.
    mutating func append(_ literal: [UInt8], in source: [UInt8], _ region: inout MarkdownRegion) {
        guard !Self.isFiltered(literal) else { return }
        for (number, line) in literal.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if number > 0 { bytes.append(0x0A) }
            let trimmed = line.drop(while: \.isHTMLSpace)
            bytes += line.prefix(line.count - trimmed.count)
            if let found = region.occurrence(of: trimmed) {
                pieces.append((bytes.count, found.lowerBound))
                region.advance(to: found.upperBound)
            }
            bytes += trimmed
        }
    }

    /// The links of the block, which ends here, with their offsets in the source.
    mutating func takeLinks(_ anchors: inout Set<String>) -> [(Int, FoundLinks.Link)] {
        guard !bytes.isEmpty else { return [] }
        let page = HTMLDocument(bytes)
        anchors.formUnion(page.anchors)
        var index = 0
        let links = page.links.all.map { offset, link in
            while index + 1 < pieces.count, pieces[index + 1].offset <= offset { index += 1 }
            return (pieces.isEmpty ? 0 : pieces[index].source + offset - pieces[index].offset, link)
        }
        bytes.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        return links
    }

    /// The links of a block that is HTML, with their offsets in the source.
    ///
    /// - Parameters:
    ///   - literal: The block.
    ///   - ends: The ends of its lines in the source. A line of the literal is the end of the line of the source.
    static func links(
        ofBlock literal: [UInt8], _ ends: some Sequence<Int>, _ anchors: inout Set<String>
    ) -> [(Int, FoundLinks.Link)] {
        let page = HTMLDocument(literal)
        anchors.formUnion(page.anchors)
        guard !page.links.all.isEmpty else { return [] }
        var ends = ends.makeIterator()
        var end = ends.next() ?? 0
        func lineEnd(from start: Int) -> Int {
            literal.offset(of: 0x0A, from: start, to: literal.count) ?? literal.count
        }
        var literalEnd = lineEnd(from: 0)
        return page.links.all.sorted { $0.offset < $1.offset }.map { offset, link in
            while offset > literalEnd, let next = ends.next() {
                end = next
                literalEnd = lineEnd(from: literalEnd + 1)
            }
            return (max(0, end - (literalEnd - offset)), link)
        }
    }

    /// Whether GitHub shows a tag as text (GFM §6.11); the text after it is not the content of such an element.
    private static func isFiltered(_ literal: [UInt8]) -> Bool {
        let name = literal.dropFirst().drop { $0 == UInt8(ascii: "/") }.prefix(while: \.isASCIILetter)
        let word = name.prefix(16).map(\.lowercasedASCII)
        return filtered.contains { word.elementsEqual($0.utf8) }
    }

    private static let filtered = [
        "title", "textarea", "style", "xmp", "iframe", "noembed", "noframes", "script", "plaintext",
    ]
}
