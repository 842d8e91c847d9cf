import FetchHTTP
import FetchSystem

/// The head of a response while its lines arrive: the fields of the last head, and which of them need a closer check.
/// Nearly no response needs one, so the first check reads two bytes of a line.
struct IncomingHead: ~Copyable {
    private var buffer = ByteBuffer(capacity: 64)
    /// The lines of the fields in wire format.
    var lines: [UInt8] { buffer.bytes }
    /// Why the response cannot be accepted.
    private(set) var problem: FetchError?
    /// Whether the empty line has arrived.
    private(set) var isComplete = false
    /// Whether a field of the last head has arrived.
    var hasField: Bool { buffer.count > 0 }
    /// Whether the next bytes of a head that libcurl has not stored are the beginning of a line.
    var isAtLineStart = true
    /// The number of bytes of all heads and trailers so far.
    private(set) var size = 0
    /// Whether ``HeadCheck`` must look at the fields: a Content-Length that is not the only one or not a number, a second
    /// Location, or a field that libcurl has not read as it is.
    private(set) var isOdd = false
    /// Whether libcurl frames the body by other fields than the head has.
    private(set) var hidesFraming = false
    /// Whether libcurl may have missed that the connection ends.
    private(set) var hidesClose = false
    /// The Content-Length; `Int.max` if it is larger.
    var length: Int?
    /// Whether there is a field about the body's coding or framing.
    private(set) var hasCoding = false
    /// Whether there is a Transfer-Encoding.
    private(set) var hasTransferCoding = false
    /// Whether there may be a field that reports a rate limit.
    private(set) var hasRateLimit = false

    /// The range of the first Content-Type's value in ``lines``; nil if none was recognised.
    private(set) var contentType: Range<Int>?
    private var hasType = false
    private var hasLocation = false
    /// Where the last field begins in ``lines``.
    private var fieldStart = 0
    /// The part of this that is stored with the fields.
    var seen: HeaderFields.Seen { HeaderFields.Seen(contentType: contentType, mayHoldRateLimit: hasRateLimit) }

    /// Removes everything but keeps the memory.
    mutating func reset() {
        restart()
        size = 0
        isAtLineStart = true
        if problem != nil { problem = nil }
    }

    private mutating func restart() {
        buffer.removeAll()
        isComplete = false
        isOdd = false
        hidesFraming = false
        hidesClose = false
        length = nil
        hasCoding = false
        hasTransferCoding = false
        hasRateLimit = false
        contentType = nil
        hasType = false
        hasLocation = false
    }

    /// Reads a line of a head or a trailer.
    ///
    /// - Returns: Whether it is accepted; if not, ``problem`` says why. It is called for ten lines per response, and a
    ///   thrown error would cost instructions even without one.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
        size += line.count
        if size > TransferLimits.maxHeadSize {
            problem = FetchError(
                .tooLarge, "the headers are larger than \(TransferLimits.maxHeadSize / 1024) KiB",
                curlCode: .receiveError
            )
            return false
        }
        // A status line starts a new head: a 1xx came before. libcurl takes `http/` for one too and stores no field of it,
        // so it must not count as a field here.
        if line.count > 5, line[4] == 0x2F, line[0] | 0x20 == 0x68, line[1] | 0x20 == 0x74, line[2] | 0x20 == 0x74,
            line[3] | 0x20 == 0x70
        {
            restart()
            // The name is case-sensitive (RFC 9112 §2.3).
            let isName = line[0] == 0x48 && line[1] == 0x54 && line[2] == 0x54 && line[3] == 0x50
            if isName, Self.isStatusLine(line) { return true }
            problem = FetchError(
                .protocolError, "the status line is not a valid HTTP status line", curlCode: .weirdServerReply)
            return false
        }
        if isComplete { return true }
        if line.first == 0x0D || line.first == 0x0A {
            isComplete = true
            // For libcurl any line that begins with CR ends the head.
            guard line.count > 2 || buffer.hasBareCarriageReturn else { return true }
            problem = FetchError(.protocolError, "there is a bare CR in the header", curlCode: .weirdServerReply)
            return false
        }
        if Self.isFolded(line) { return takeFolded(line) }
        if line.count > 9 {
            switch line[0] | 0x20 {
            case 0x63: if line.count > 13 { noteContentField(line) }
            case 0x6C where Self.starts(line, "location"):
                isOdd = isOdd || hasLocation
                hasLocation = true
            case 0x72: if Self.starts(line, "ratelimit") { hasRateLimit = true }
            case 0x78: if Self.starts(line, "x-ratelimit") { hasRateLimit = true }
            case 0x74 where line.count > 17 && Self.starts(line, "transfer-encoding"): noteTransferCoding(line)
            default: break
            }
        }
        fieldStart = buffer.count
        buffer.append(copying: line.bindMemory(to: UInt8.self))
        return true
    }

    /// The error for a head whose first field line is a folded one, which RFC 9112 §2.2 allows to refuse.
    static let foldedAtStart = FetchError(
        .protocolError, "the header begins with a folded line", curlCode: .weirdServerReply)

    /// Joins a folded line to the field before it by one blank (RFC 9112 §5.2), which libcurl before 8.18.0 does not.
    private mutating func takeFolded(_ line: UnsafeRawBufferPointer) -> Bool {
        guard hasField else {
            problem = Self.foldedAtStart
            return false
        }
        buffer.truncate(to: buffer.endOfText(from: fieldStart))
        let text = line[..<ByteBuffer.endOfText(line, from: 0)].drop { $0 == 0x20 || $0 == 0x09 }
        if !text.isEmpty {
            buffer.append(0x20)
            buffer.append(copying: UnsafeRawBufferPointer(rebasing: text).bindMemory(to: UInt8.self))
        }
        noteFolded(isEmpty: text.isEmpty)
        buffer.append("\r\n")
        return true
    }

    private mutating func noteFolded(isEmpty: Bool) {
        if isField("transfer-encoding") {
            isOdd = true
            hidesFraming = hidesFraming || !isEmpty
        } else if isField("content-length") {
            isOdd = true
        } else if isField("connection") || isField("proxy-connection") {
            hidesClose = true
            isOdd = true
        } else if isField("content-type") {
            contentType = nil
        } else if isField("ratelimit") || isField("x-ratelimit") {
            hasRateLimit = true
        }
    }

    /// Whether the name of the last field begins so.
    private func isField(_ name: StaticString) -> Bool {
        guard buffer.count - fieldStart >= name.utf8CodeUnitCount else { return false }
        for offset in 0..<name.utf8CodeUnitCount
        where buffer[fieldStart + offset] | 0x20 != name.utf8Start[offset] { return false }
        return true
    }

    /// Whether a line continues the field before it (obs-fold, RFC 9112 §5.2).
    static func isFolded(_ line: UnsafeRawBufferPointer) -> Bool { line.first == 0x20 || line.first == 0x09 }

    /// Checks a field that may be a Content-Length, Content-Type or Content-Encoding as it arrives, so that a valid one
    /// needs no second check.
    private mutating func noteContentField(_ line: UnsafeRawBufferPointer) {
        switch line[8] | 0x20 {
        case 0x6C where line.count > 14 && Self.starts(line, "content-length"): noteLength(line)
        case 0x65 where Self.starts(line, "content-encoding"): hasCoding = true
        case 0x74 where !hasType && line[7] == 0x2D && Self.starts(line, "content-type"):
            hasType = true
            // Another byte there is a blank, or the name continues: then all fields are searched.
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

    private mutating func noteTransferCoding(_ line: UnsafeRawBufferPointer) {
        noteEndOfName(line[17])
        guard line[17] == 0x3A else { return }
        hasCoding = true
        hasTransferCoding = true
    }

    /// A blank between name and colon hides a field from libcurl, and an intermediary must have removed it (RFC 9112
    /// §5.1).
    private mutating func noteEndOfName(_ byte: UInt8) {
        guard byte == 0x20 || byte == 0x09 else { return }
        isOdd = true
        hidesFraming = true
    }

    private mutating func noteLength(_ line: UnsafeRawBufferPointer) {
        noteEndOfName(line[14])
        guard line[14] == 0x3A else { return }
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
        let isNumber = offset > first && isEnd
        if length != nil || !isNumber { isOdd = true }
        length = isNumber ? value : 0
    }

    private static func starts(_ line: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard line.count >= name.utf8CodeUnitCount else { return false }
        for offset in 0..<name.utf8CodeUnitCount where line[offset] | 0x20 != name.utf8Start[offset] { return false }
        return true
    }

    /// Whether it is `HTTP/1.1 200 …` (RFC 9112 §4) or `HTTP/2 200`. libcurl accepts more than that: 7.88.1, whose
    /// parser 8.0.0 replaced (<https://github.com/curl/curl/pull/10585>), and later versions on purpose
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
        offset += 3
        guard offset < line.count else { return true }
        guard line[offset] == 0x20 || line[offset] == 0x0D || line[offset] == 0x0A else { return false }
        while offset < line.count - 2 {
            if line[offset] == 0x0D { return false }
            offset += 1
        }
        return true
    }
}
