import FetchSystem

/// Finds the links and anchors of GitHub Flavored Markdown.
///
/// cmark-gfm parses it with GitHub's extensions; ``MarkdownRegion`` finds where the links stand.
struct MarkdownReader {
    private let source: MarkdownSource
    private var links = FoundLinks()
    private var anchors: Set<String> = []
    private var slugs = HeadingSlugs()
    /// The URLs of definitions, and whether a link or only images use them.
    private var defined: [[UInt8]: Use] = [:]
    private var region: MarkdownRegion
    private var html = MarkdownHTML()
    /// The text of the block so far, and where the links and images that are open start in it.
    private var text: [UInt8] = []
    private var opened: [Int] = []
    private var openImages = 0
    private var heading: [UInt8] = []

    private struct Use {
        var byLink = false
        var byImage = false
    }

    /// Finds the links and anchors of a document.
    static func scan(_ bytes: [UInt8]) throws(DocumentError) -> DocumentScan {
        let source = MarkdownSource(bytes)
        let events = try MarkdownParser.parse(source.bytes, extensions: source.extensions)
        var reader = MarkdownReader(source)
        let definitions = reader.definitions(events)
        for event in events { reader.take(event) }
        return reader.result(definitions)
    }

    private init(_ source: MarkdownSource) {
        self.source = source
        region = MarkdownRegion(source.bytes, 0..<0, isTable: false)
    }

    private func result(_ definitions: [MarkdownDefinitions.Definition]) -> DocumentScan {
        var links = links
        for definition in definitions {
            let url = MarkdownDestination.url(source.bytes[definition.destination])
            let use = defined[url] ?? Use()
            links.add(
                Self.escaped(url), at: definition.destination.lowerBound,
                text: LinkText.joined(source.bytes[definition.label]),
                isPage: use.byLink || !use.byImage)
        }
        var scan = DocumentScan()
        scan.links = links.sorted(in: source.bytes)
        scan.anchors = anchors
        return scan
    }

    // MARK: Definitions

    private mutating func definitions(_ events: [MarkdownParser.Event]) -> [MarkdownDefinitions.Definition] {
        let reader = MarkdownDefinitions(source.bytes)
        var blocks: [(lines: ClosedRange<Int>, isText: Bool)] = []
        for case .block(let block, let lines, let column) in events where block != .row && block != .cell {
            let lines = block == .heading ? source.heading(lines, column) : lines
            blocks.append((lines, block == .paragraph || block == .heading))
        }
        // Footnotes are at the end of the tree.
        blocks.sort { $0.lines.lowerBound < $1.lines.lowerBound }
        var found: [MarkdownDefinitions.Definition] = []
        var next = 1
        for (lines, isText) in blocks {
            if next < lines.lowerBound { found += reader.between(source.range(next...(lines.lowerBound - 1))) }
            if isText, next <= lines.lowerBound { found += reader.leading(source.range(lines)) }
            next = max(next, lines.upperBound + 1)
        }
        if next <= source.lineCount { found += reader.between(source.range(next...source.lineCount)) }
        for definition in found { defined[MarkdownDestination.url(source.bytes[definition.destination])] = Use() }
        return found
    }

    // MARK: Events

    private mutating func take(_ event: MarkdownParser.Event) {
        switch event {
        case .block(let block, let lines, let column): start(block, lines, column)
        case .blockEnd(let block): end(block)
        case .text(let bytes):
            text += bytes
            html.append(text: bytes)
            if openImages == 0 { heading += bytes }
        case .code: break
        case .html(let literal): html.append(literal, in: source.bytes, &region)
        case .lineBreak:
            text.append(0x20)
            html.append(text: [0x20])
        case .link, .image:
            opened.append(text.count)
            if case .image = event { openImages += 1 }
        case .linkEnd(let url): end(url, isPage: true)
        case .imageEnd(let url):
            openImages -= 1
            end(url, isPage: false)
        }
    }

    private mutating func start(_ block: MarkdownParser.Block, _ lines: ClosedRange<Int>, _ column: Int) {
        switch block {
        case .paragraph, .heading:
            let range = source.range(lines)
            region = MarkdownRegion(source.bytes, afterDefinitions(range, column), isTable: false)
        case .table:
            let range = source.range(lines)
            // A paragraph before a table has its lines.
            if range != region.range { region = MarkdownRegion(source.bytes, range, isTable: true) }
        case .row: region.advance(to: source.range(lines).lowerBound)
        case .html(let literal):
            for (offset, link) in MarkdownHTML.links(ofBlock: literal, source.lineEnds(lines.lowerBound), &anchors) {
                links.add(offset, link)
            }
        case .cell, .other: break
        }
        text.removeAll(keepingCapacity: true)
        heading.removeAll(keepingCapacity: true)
        opened.removeAll(keepingCapacity: true)
        openImages = 0
    }

    private func afterDefinitions(_ block: Range<Int>, _ column: Int) -> Range<Int> {
        let last = MarkdownDefinitions(source.bytes).leading(block).last
        let start = last?.end ?? block.lowerBound + column - 1
        return min(start, block.upperBound)..<block.upperBound
    }

    private mutating func end(_ block: MarkdownParser.Block) {
        if block == .heading { anchors.insert(slugs.anchor(of: ByteText.text(of: heading))) }
        for (offset, link) in html.takeLinks(&anchors) { links.add(offset, link) }
    }

    /// Ends a link or an image.
    private mutating func end(_ url: [UInt8], isPage: Bool) {
        let start = opened.popLast() ?? text.count
        let text = text[min(start, text.count)...]
        guard let offset = offset(of: url, text: text) else {
            if isPage { defined[url]?.byLink = true } else { defined[url]?.byImage = true }
            // A reference is reported at its definition.
            if defined[url] == nil {
                links.add(Self.escaped(url), at: region.cursor, text: LinkText.joined(text), isPage: isPage)
            }
            return
        }
        region.advance(to: offset + 1)
        links.add(Self.escaped(url), at: offset, text: isPage ? LinkText.joined(text) : "", isPage: isPage)
    }

    /// A destination as it is rendered: a backslash is data there (CommonMark §6.5), not the slash that it is in a URL of HTML.
    private static func escaped(_ url: [UInt8]) -> [UInt8] {
        url.contains(UInt8(ascii: "\\")) ? url.flatMap { $0 == UInt8(ascii: "\\") ? Array("%5C".utf8) : [$0] } : url
    }

    private mutating func offset(of url: [UInt8], text: ArraySlice<UInt8>) -> Int? {
        let destination = region.destination(url)
        // A URL or an address that stands in the text is a link, too: cmark adds what it lacks.
        guard Self.isBare(url, text), let bare = region.occurrence(of: text) else { return destination }
        let isLabel =
            bare.lowerBound > 0 && source.bytes[bare.lowerBound - 1] == UInt8(ascii: "[")
            && bare.upperBound + 1 < source.bytes.count && source.bytes[bare.upperBound] == UInt8(ascii: "]")
            && [UInt8(ascii: "("), UInt8(ascii: "[")].contains(source.bytes[bare.upperBound + 1])
        if isLabel { return destination }
        return destination.map { min($0, bare.lowerBound) } ?? bare.lowerBound
    }

    private static func isBare(_ url: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
        let isAddress = text.contains(UInt8(ascii: "@"))
        guard
            isAddress
                || ["http", "ftp:", "www."].contains(where: {
                    text.prefix(4).map(\.lowercasedASCII).elementsEqual($0.utf8)
                })
        else { return false }
        return ["", "http://", "mailto:"].contains { url.elementsEqual($0.utf8 + text) }
    }
}
