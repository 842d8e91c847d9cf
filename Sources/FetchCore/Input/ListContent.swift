/// Turns the bytes of a list as they are stored into its text: recognises gzip by its first bytes and inflates it, and
/// refuses what is no UTF-8 text.
struct ListContent {
    /// What a stream is, once its first bytes are known.
    private enum Form {
        case unknown
        case plain
        case gzip(GzipReader)
    }

    /// How many bytes of text are searched for signs that it is none.
    static let window = 4_096

    private var form = Form.unknown
    /// The first byte, while there is only one.
    private var head: [UInt8] = []
    private var sniffer = TextSniffer()

    /// Takes the next bytes.
    ///
    /// - Parameters:
    ///   - block: The bytes as they are stored.
    ///   - body: Gets the text. It returns false to stop.
    /// - Returns: False if `body` did.
    mutating func feed(
        _ block: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Bool
    ) throws(ParseFailure) -> Bool {
        switch form {
        case .plain: return try passOn(block, body)
        case .gzip(let reader): return try inflate(block, reader, body)
        case .unknown: break
        }
        head.append(contentsOf: block)
        guard head.count >= 2 else { return true }
        let bytes = head
        head = []
        guard bytes[0] == 0x1F, bytes[1] == 0x8B else {
            form = .plain
            return try passOn(bytes[...], body)
        }
        guard let reader = GzipReader() else { throw ParseFailure("cannot be inflated: no memory") }
        form = .gzip(reader)
        return try inflate(bytes[...], reader, body)
    }

    /// Says that there are no more bytes.
    mutating func finish(_ body: (ArraySlice<UInt8>) -> Bool) throws(ParseFailure) -> Bool {
        switch form {
        case .gzip(let reader):
            guard reader.isComplete else { throw ParseFailure("has gzip data that is cut short") }
            return true
        case .plain: return true
        case .unknown: return head.isEmpty ? true : try passOn(head[...], body)
        }
    }

    private mutating func passOn(
        _ block: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Bool
    ) throws(ParseFailure) -> Bool {
        if let refusal = sniffer.refusal(of: block) { throw refusal }
        return body(block)
    }

    private mutating func inflate(
        _ block: ArraySlice<UInt8>, _ reader: GzipReader, _ body: (ArraySlice<UInt8>) -> Bool
    ) throws(ParseFailure) -> Bool {
        var sniffer = sniffer
        var refusal: ParseFailure?
        let goesOn: Bool
        do throws(GzipReader.Failure) {
            goesOn = try reader.feed(block) { text in
                refusal = sniffer.refusal(of: text)
                return refusal == nil && body(text)
            }
        } catch {
            throw ParseFailure("has broken gzip data (\(error.message))")
        }
        self.sniffer = sniffer
        if let refusal { throw refusal }
        return goesOn
    }
}

/// Looks for signs that a stream is no UTF-8 text: the mark of UTF-16, or a NUL near the beginning.
///
/// A NUL further on makes one line invalid, no more: by then requests are on their way.
struct TextSniffer {
    private var seen = 0
    private var first: [UInt8] = []

    /// What is wrong with the list, judging by its next bytes; nil if nothing is.
    mutating func refusal(of block: ArraySlice<UInt8>) -> ParseFailure? {
        guard seen < ListContent.window else { return nil }
        if first.count < 2 {
            first.append(contentsOf: block.prefix(2 - first.count))
            if first == [0xFF, 0xFE] || first == [0xFE, 0xFF] {
                return ParseFailure("is UTF-16, not UTF-8; convert it with iconv -f UTF-16 -t UTF-8")
            }
        }
        let part = block.prefix(ListContent.window - seen)
        seen += part.count
        return part.contains(0) ? ParseFailure("is not text: it has NUL bytes") : nil
    }
}
