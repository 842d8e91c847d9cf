import CDynamic
import FetchSystem
import Synchronization

/// Parses GitHub Flavored Markdown; the only file that uses cmark-gfm.
enum MarkdownParser {
    /// A part of a document, in the order of cmark's tree. Lines start at 1; texts have their escapes and references decoded.
    enum Event {
        /// A block with inline content, or one that is a leaf. `column` is that of its content in the first line, in bytes.
        case block(Block, lines: ClosedRange<Int>, column: Int)
        case blockEnd(Block)
        case text([UInt8])
        case code
        case html([UInt8])
        case lineBreak
        case link
        case linkEnd(url: [UInt8])
        case image
        case imageEnd(url: [UInt8])
    }

    /// The kinds of blocks.
    enum Block: Equatable {
        case paragraph
        case heading
        case table
        case row
        case cell
        /// Raw HTML, without what precedes its lines (`> `, the indentation of a list).
        case html([UInt8])
        /// Code, and all else without links. The line that closes code is not counted.
        case other
    }

    /// A longer text would exceed cmark's limit on the size of a buffer (2^30 bytes, `strbuf.c` of 0.29.0.gfm.6).
    static let maximumLength = 256 << 20

    /// cmark-gfm 0.29.0.gfm.6 keeps the characters at which its extensions look in a static table while it parses.
    private static let lock = Mutex<Void>(())

    /// Parses UTF-8 without NUL, with LF as line break.
    static func parse(_ text: [UInt8], extensions: [StaticString]) throws(DocumentError) -> [Event] {
        guard let cmark = cdynamic_load_cmark() else {
            throw DocumentError(
                "reading Markdown needs libcmark-gfm and libcmark-gfm-extensions, which are not installed; on Debian and "
                    + "Ubuntu they are in libcmark-gfm-extensions0.29.0.gfm.6 or a newer version of this package")
        }
        guard text.count <= maximumLength else {
            throw DocumentError("larger than \(maximumLength >> 20) MB, which cmark-gfm does not read")
        }
        let parsed = lock.withLock { _ in events(of: text, extensions, cmark) }
        guard let events = parsed else { throw DocumentError("cmark-gfm cannot parse it") }
        return events
    }

    private static func events(
        of text: [UInt8], _ extensions: [StaticString], _ library: UnsafePointer<cdynamic_cmark>
    ) -> [Event]? {
        let cmark = library.pointee
        guard let parser = cmark.cmark_parser_new(CMARK_OPT_FOOTNOTES) else { return nil }
        defer { cmark.cmark_parser_free(parser) }
        for name in extensions {
            if let found = cmark.cmark_find_syntax_extension(name.description) {
                _ = cmark.cmark_parser_attach_syntax_extension(parser, found)
            }
        }
        text.withUnsafeBytes { cmark.cmark_parser_feed(parser, $0.bindMemory(to: CChar.self).baseAddress, $0.count) }
        guard let document = cmark.cmark_parser_finish(parser) else { return nil }
        defer { cmark.cmark_node_free(document) }
        guard let iterator = cmark.cmark_iter_new(document) else { return nil }
        defer { cmark.cmark_iter_free(iterator) }
        var events: [Event] = []
        while true {
            let step = cmark.cmark_iter_next(iterator)
            guard step != CMARK_EVENT_DONE, let node = cmark.cmark_iter_get_node(iterator) else { return events }
            append(node, isEnd: step == CMARK_EVENT_EXIT, to: &events, cmark)
        }
    }

    private static func append(
        _ node: OpaquePointer, isEnd: Bool, to events: inout [Event], _ cmark: cdynamic_cmark
    ) {
        let type = cmark.cmark_node_get_type(node)
        switch type {
        case CMARK_NODE_TEXT: events.append(.text(bytes(cmark.cmark_node_get_literal(node))))
        case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: events.append(.lineBreak)
        case CMARK_NODE_CODE:
            events.append(.text(bytes(cmark.cmark_node_get_literal(node))))
            events.append(.code)
        case CMARK_NODE_HTML_INLINE: events.append(.html(bytes(cmark.cmark_node_get_literal(node))))
        case CMARK_NODE_LINK: events.append(isEnd ? .linkEnd(url: bytes(cmark.cmark_node_get_url(node))) : .link)
        case CMARK_NODE_IMAGE: events.append(isEnd ? .imageEnd(url: bytes(cmark.cmark_node_get_url(node))) : .image)
        case CMARK_NODE_DOCUMENT, CMARK_NODE_BLOCK_QUOTE, CMARK_NODE_LIST, CMARK_NODE_ITEM, CMARK_NODE_EMPH,
            CMARK_NODE_STRONG, CMARK_NODE_FOOTNOTE_DEFINITION, CMARK_NODE_FOOTNOTE_REFERENCE:
            break
        default:
            guard type.rawValue & UInt32(CMARK_NODE_TYPE_MASK) == UInt32(CMARK_NODE_TYPE_BLOCK) else { return }
            let block = block(node, type, cmark)
            events.append(isEnd ? .blockEnd(block) : start(of: block, node, cmark))
        }
    }

    private static func block(_ node: OpaquePointer, _ type: cmark_node_type, _ cmark: cdynamic_cmark) -> Block {
        switch type {
        case CMARK_NODE_PARAGRAPH: return .paragraph
        case CMARK_NODE_HEADING: return .heading
        case CMARK_NODE_HTML_BLOCK: return .html(bytes(cmark.cmark_node_get_literal(node)))
        case CMARK_NODE_CODE_BLOCK, CMARK_NODE_THEMATIC_BREAK, CMARK_NODE_CUSTOM_BLOCK: return .other
        default:
            // The types of extensions are numbers that they get when they are registered.
            switch String(validating: bytes(cmark.cmark_node_get_type_string(node)), as: UTF8.self) {
            case "table": return .table
            case "table_header", "table_row": return .row
            case "table_cell": return .cell
            default: return .other
            }
        }
    }

    private static func start(of block: Block, _ node: OpaquePointer, _ cmark: cdynamic_cmark) -> Event {
        var node = node
        var block = block
        var first = Int(cmark.cmark_node_get_start_line(node))
        // A paragraph directly before a table has no lines; those of the table contain it.
        if first == 0, block == .paragraph, let next = cmark.cmark_node_next(node) {
            node = next
            block = .table
            first = Int(cmark.cmark_node_get_start_line(node))
        }
        first = max(first, 1)
        let last: Int
        switch cmark.cmark_node_get_type(node) {
        case CMARK_NODE_HTML_BLOCK: last = first + lines(of: node, cmark) - 1
        case CMARK_NODE_CODE_BLOCK: last = first + lines(of: node, cmark) - (isFenced(node, cmark) ? 0 : 1)
        default: last = Int(cmark.cmark_node_get_end_line(node))
        }
        return .block(
            block, lines: first...max(first, last), column: max(Int(cmark.cmark_node_get_start_column(node)), 1))
    }

    /// The lines of HTML or code: cmark's own last line is one too few after a comment, one too many where the end of a list or
    /// block quote ends the block.
    private static func lines(of node: OpaquePointer, _ cmark: cdynamic_cmark) -> Int {
        bytes(cmark.cmark_node_get_literal(node)).count { $0 == 0x0A }
    }

    private static func isFenced(_ node: OpaquePointer, _ cmark: cdynamic_cmark) -> Bool {
        var length: CInt = 0
        var offset: CInt = 0
        var character: CChar = 0
        return cmark.cmark_node_get_fenced(node, &length, &offset, &character) != 0
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text else { return [] }
        return UnsafeRawBufferPointer(UnsafeBufferPointer(start: text, count: length(text))).map { $0 }
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var end = text
        while end.pointee != 0 { end += 1 }
        return end - text
    }
}
