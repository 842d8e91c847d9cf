/// Turns the stored bytes of a list into its text: it decompresses gzip, recognised by its first bytes, drops a byte
/// order mark, and detects content that is not UTF-8 text. The bytes may arrive in any pieces.
package struct ListContent {
    /// How the bytes are stored, once it is known.
    private enum Form {
        case unknown
        case plain
        case gzip(GzipReader)
    }

    private var form = Form.unknown
    /// Bytes that do not yet reveal the form.
    private var head: [UInt8] = []
    private var text = TextStart()

    /// Nothing yet.
    package init() {}

    /// Reads the next bytes and calls the closure with their text.
    ///
    /// - Returns: What makes the list unreadable from here on, or nil.
    package mutating func feed(_ piece: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) -> String? {
        switch form {
        case .plain: return text.pass(piece, body)
        case .gzip(let reader): return inflate(piece, reader, body)
        case .unknown: break
        }
        head.append(contentsOf: piece)
        if head.isEmpty || head == [0x1F] { return nil }
        let bytes = head
        head = []
        guard bytes.starts(with: [0x1F, 0x8B]) else {
            form = .plain
            return text.pass(bytes[...], body)
        }
        guard let reader = GzipReader() else { return "out of memory while decompressing it" }
        form = .gzip(reader)
        return inflate(bytes[...], reader, body)
    }

    /// Ends the list; calls the closure with text that was held back.
    ///
    /// - Returns: What is missing, or nil. If something is, the last line may be incomplete, and half a URL is another
    ///   URL.
    package mutating func finish(_ body: (ArraySlice<UInt8>) -> Void) -> String? {
        if case .gzip(let reader) = form, !reader.isComplete { return "the gzip data ends too early" }
        if let problem = text.pass(head[...], body) { return problem }
        text.finish(body)
        return nil
    }

    private mutating func inflate(
        _ piece: ArraySlice<UInt8>, _ reader: GzipReader, _ body: (ArraySlice<UInt8>) -> Void
    ) -> String? {
        var text = text
        defer { self.text = text }
        var problem: String?
        let corruption = reader.inflate(piece) { block in
            if problem == nil { problem = text.pass(block, body) }
        }
        return problem ?? corruption.map { "the gzip data is corrupt (\($0))" }
    }
}

/// The beginning of a text, which shows its byte order mark or that it is not text.
private struct TextStart {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let wideMarks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]
    /// How many bytes are searched for NUL. A NUL after them only makes one line invalid, because requests have started
    /// by then.
    private static let window = 4_096

    /// Bytes that may be the beginning of a mark; nil once it is decided.
    private var held: [UInt8]? = []
    private var seen = 0

    /// Passes text on; returns what is wrong with it, or nil.
    mutating func pass(_ piece: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) -> String? {
        guard seen < Self.window else {
            body(piece)
            return nil
        }
        var piece = piece
        if let held {
            let start = held + piece
            let marks = Self.wideMarks + [Self.mark]
            if marks.contains(where: { $0.count > start.count && $0.starts(with: start) }) {
                self.held = start
                return nil
            }
            self.held = nil
            if Self.wideMarks.contains(where: { start.starts(with: $0) }) {
                return "is UTF-16, not UTF-8; convert it with iconv -f UTF-16 -t UTF-8"
            }
            piece = start[(start.starts(with: Self.mark) ? Self.mark.count : 0)...]
        }
        if piece.prefix(Self.window - seen).contains(0) { return "is not a text file; a list has one URL on each line" }
        seen += piece.count
        body(piece)
        return nil
    }

    /// Passes on the text that was held back.
    mutating func finish(_ body: (ArraySlice<UInt8>) -> Void) {
        if let held, !held.isEmpty { body(held[...]) }
        held = nil
    }
}
