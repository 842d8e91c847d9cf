/// The head of an answer while its lines pass: the fields of the last one, and what of it needs a second look. Nearly no
/// answer does, so the look itself costs two bytes of a line.
struct IncomingHead: ~Copyable {
    private var buffer = ByteBuffer(capacity: 64)
    /// The lines of the fields, as the wire has them.
    var lines: [UInt8] { buffer.bytes }
    /// Why the answer cannot be taken.
    private(set) var problem: FetchError?
    /// Whether the empty line has come.
    private(set) var isComplete = false
    /// Whether a field of the last head has come.
    var hasField: Bool { buffer.count > 0 }
    /// Whether what the loop sees next of a head, before libcurl stores it, is the beginning of a line.
    var isAtLineStart = true
    /// Bytes of all heads and trailers so far.
    private(set) var size = 0
    /// Whether a Content-Length came that is not the only one, or not a number.
    private(set) var hasOddLength = false
    /// The Content-Length; `Int.max` if it is larger than that.
    private(set) var length: Int?
    /// Whether there is a field that says how the body is packed or framed.
    private(set) var hasCoding = false
    /// Whether there is a Transfer-Encoding.
    private(set) var hasTransferCoding = false
    /// Whether there is a field that may tell what is left of a rate limit.
    private(set) var hasRateLimit = false

    /// Where the value of the first Content-Type lies in ``lines``; nil where none was recognised.
    private(set) var contentType: Range<Int>?
    private var hasType = false
    /// What of all this the fields know of themselves.
    var seen: HeaderFields.Seen { HeaderFields.Seen(contentType: contentType, mayHoldRateLimit: hasRateLimit) }

    /// Forgets everything but the memory.
    mutating func reset() {
        restart()
        size = 0
        isAtLineStart = true
        if problem != nil { problem = nil }
    }

    private mutating func restart() {
        buffer.removeAll()
        isComplete = false
        hasOddLength = false
        length = nil
        hasCoding = false
        hasTransferCoding = false
        hasRateLimit = false
        contentType = nil
        hasType = false
    }

    /// Takes a line of a head, or of a trailer.
    ///
    /// - Returns: Whether it could be taken; if not, ``problem`` says why. Ten lines an answer come by here, and an
    ///   error has to be carried even where there is none.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
        size += line.count
        if size > TransferLimits.maxHeadSize {
            problem = FetchError(
                .tooLarge, "the headers are larger than \(TransferLimits.maxHeadSize / 1024) KiB", curlCode: .receiveError
            )
            return false
        }
        // A status line starts a head anew: a 1xx came before.
        if line.count > 5, line[0] == 0x48, line[4] == 0x2F, line[1] == 0x54, line[2] == 0x54, line[3] == 0x50 {
            restart()
            if Self.isStatusLine(line) { return true }
            problem = FetchError(.protocolError, "the status line is not a valid HTTP status line", curlCode: .weirdServerReply)
            return false
        }
        if isComplete { return true }
        if line.first == 0x0D || line.first == 0x0A {
            isComplete = true
            return true
        }
        if !hasField, Self.isFolded(line) {
            problem = Self.foldedAtStart
            return false
        }
        if line.count > 11 {
            switch line[0] | 0x20 {
            case 0x63: if line.count > 13 { noteContentField(line) }
            case 0x72: if Self.starts(line, "ratelimit") { hasRateLimit = true }
            case 0x78: if Self.starts(line, "x-ratelimit") { hasRateLimit = true }
            case 0x74 where Self.starts(line, "transfer-encoding"):
                hasCoding = true
                hasTransferCoding = true
            default: break
            }
        }
        buffer.append(copying: line.bindMemory(to: UInt8.self))
        return true
    }

    /// Why a header is refused whose first field line is a folded one, as RFC 9112 §2.2 allows.
    static let foldedAtStart = FetchError(
        .protocolError, "the header begins with a folded line", curlCode: .weirdServerReply)

    /// Whether a line goes on with the field before it (obs-fold, RFC 9112 §5.2).
    static func isFolded(_ line: UnsafeRawBufferPointer) -> Bool { line.first == 0x20 || line.first == 0x09 }

    /// Looks at a field that may be a Content-Length, Content-Type or Content-Encoding while it passes, so that a good
    /// one needs no second look.
    private mutating func noteContentField(_ line: UnsafeRawBufferPointer) {
        switch line[8] | 0x20 {
        case 0x6C where line.count > 14 && Self.starts(line, "content-length"): noteLength(line)
        case 0x65 where Self.starts(line, "content-encoding"): hasCoding = true
        case 0x74 where !hasType && line[7] == 0x2D && Self.starts(line, "content-type"):
            hasType = true
            // Another byte there is a blank, or the name goes on: the fields are looked through then.
            if line[12] == 0x3A { noteType(line) }
        default: break
        }
    }

    private mutating func noteType(_ line: UnsafeRawBufferPointer) {
        var first = 13
        var last = line.count
        while first < last, line[first] == 0x20 || line[first] == 0x09 { first += 1 }
        if last > first, line[last - 1] == 0x0A { last -= 1 }
        while last > first, line[last - 1] == 0x0D || line[last - 1] == 0x20 || line[last - 1] == 0x09 { last -= 1 }
        contentType = buffer.count + first..<buffer.count + last
    }

    private mutating func noteLength(_ line: UnsafeRawBufferPointer) {
        var offset = 15
        while offset < line.count, line[offset] == 0x20 { offset += 1 }
        let first = offset
        var value = 0
        while offset < line.count, line[offset] >= 0x30, line[offset] <= 0x39 {
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(Int(line[offset] - 0x30))
            value = overflows || overflowsToo || value == .max ? .max : sum
            offset += 1
        }
        let isEnd = offset == line.count || line[offset] == 0x0D || line[offset] == 0x0A
        let isNumber = line[14] == 0x3A && offset > first && isEnd
        if length != nil || !isNumber { hasOddLength = true }
        length = isNumber ? value : 0
    }

    private static func starts(_ line: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard line.count >= name.utf8CodeUnitCount else { return false }
        for offset in 0..<name.utf8CodeUnitCount where line[offset] | 0x20 != name.utf8Start[offset] { return false }
        return true
    }

    /// Whether it is `HTTP/1.1 200 …` (RFC 9112 §4) or `HTTP/2 200`. libcurl takes more than that: 7.88.1, whose parser
    /// 8.0.0 replaced (<https://github.com/curl/curl/pull/10585>), and later ones on purpose
    /// (<https://github.com/curl/curl/pull/16728>).
    private static func isStatusLine(_ line: UnsafeRawBufferPointer) -> Bool {
        var offset = 5
        func isDigit(_ offset: Int) -> Bool { offset < line.count && line[offset] >= 0x30 && line[offset] <= 0x39 }
        guard isDigit(offset) else { return false }
        offset += 1
        if offset < line.count, line[offset] == 0x2E {
            guard isDigit(offset + 1) else { return false }
            offset += 2
        }
        guard offset < line.count, line[offset] == 0x20 else { return false }
        while offset < line.count, line[offset] == 0x20 { offset += 1 }
        guard isDigit(offset), line[offset] != 0x30, isDigit(offset + 1), isDigit(offset + 2) else { return false }
        guard offset + 3 < line.count else { return true }
        return line[offset + 3] == 0x20 || line[offset + 3] == 0x0D || line[offset + 3] == 0x0A
    }
}
