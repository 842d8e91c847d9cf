import FetchHTTP
import CCurl

/// The bytes of a body, as they come.
extension Transfer {
    /// Receives bytes of the body in wire format, without the framing of chunks.
    func receivedBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        if easy.previewsHead { return previewedHead(bytes) }
        if challenges.isOpen, !acceptsUnansweredChallenge() { return 0 }
        if let bandwidth = agent.bandwidth, holds(bytes.count, bandwidth) { return Self.pause }
        if let gauge, gauge.receive(bytes.count) { showBody() }
        guard let missing else { return receivedContent(bytes) }
        let piece = UnsafeRawBufferPointer(rebasing: bytes.prefix(missing))
        self.missing = missing - piece.count
        // What follows is not part of the response, and libcurl would wait for the end of the connection.
        return receivedContent(piece) == piece.count && !isEndedEarly ? bytes.count : 0
    }

    private func receivedContent(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isUnwanted {
            size += bytes.count
            if agent.isTraced, !head.hasCoding { traceBody(bytes) }
            isCut = size > TransferLimits.maxUnwantedBodySize
            return isCut ? 0 : bytes.count
        }
        guard head.hasCoding else { return receivedDecoded(bytes) ? bytes.count : 0 }
        do throws(FetchError) {
            if decoder == nil { decoder = try makeDecoder(HeaderFields(lines: head.lines)) }
        } catch {
            failure = error
            return 0
        }
        if let reason = decoder?.decode(bytes, receivedDecoded) {
            failure = FetchError(
                .undecodable, "the body cannot be decoded: \(reason)", curlCode: .badContentEncoding)
        }
        return failure == nil ? bytes.count : 0
    }

    private func makeDecoder(_ fields: HeaderFields) throws(FetchError) -> any BodyDecoding {
        let unpacksContent = easy.options.acceptsCompression
        let layers = try ContentCoding.layers(of: fields, unpacksContent: unpacksContent)
        guard unpacksContent, let url, let coding = limits.packed?.coding(of: fields, url: url) else {
            return try BodyDecoder(layers)
        }
        return try PackedBody(layers, keeping: coding)
    }

    /// Receives decoded bytes of the body; false when they are refused.
    func receivedDecoded(_ bytes: UnsafeRawBufferPointer) -> Bool {
        size += bytes.count
        if agent.isTraced { traceBody(bytes) }
        if let limit = limits.maxBodySize, size > limit - saving.base {
            // Only bytes that follow all earlier ones are part of the beginning.
            if limits.keepsBeginning, sink.isInMemory, body.count == size - bytes.count {
                body.append(contentsOf: bytes.prefix(limit - body.count))
            }
            failure = FetchError(.tooLarge, "the body is larger than \(limit) bytes", curlCode: .fileSizeExceeded)
            return false
        }
        if let full = sink.spaceFailure(size: size, last: bytes.count) {
            failure = full
            return false
        }
        switch sink {
        case .discard: break
        case .memory: body.append(contentsOf: bytes)
        case .file(let file): write(bytes, to: file)
        case .kept(let limit, let file):
            if size <= limit { body.append(contentsOf: bytes) } else { body = [] }
            if let file { write(bytes, to: file) }
        case .spool(let spool, let limit):
            if limit > 0 { if size <= limit { body.append(contentsOf: bytes) } else { body = [] } }
            failure = spool.append(bytes)
        }
        return failure == nil
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: BodyFile) {
        failure = output.write(bytes, to: file) { agent.writerOfBodies() }
        if size > BodyOutput.directSize || isSlow(after: bytes.count) { keepFile(file) }
    }

    /// Whether a small body has taken so long that a part of it is worth keeping, looked at every 64 KiB.
    private func isSlow(after count: Int) -> Bool {
        !saving.isKept && size >> 16 != (size - count) >> 16 && timing.total >= .seconds(1)
    }

    /// Whether the body is not needed: that of a followed redirect, of a failure that is not kept, or one that must be
    /// empty (205, RFC 9110 §15.3.6).
    var isUnwanted: Bool {
        let isUnwanted = knownUnwanted ?? findUnwanted()
        knownUnwanted = isUnwanted
        return isUnwanted
    }

    private func findUnwanted() -> Bool {
        let status = status
        if status == 205 || !wantsBody { return true }
        if let file = sink.file, file.wants(status) { return false }
        if case .spool(let spool, _) = sink, spool.keepsFailures {
            guard limits.dropsRedirectBody, RedirectPolicy.isRedirect(status) else { return false }
            return HeaderFields(lines: head.lines).contains("location")
        }
        guard limits.dropsRedirectBody || limits.accepted != nil else { return false }
        if limits.dropsRedirectBody, RedirectPolicy.isRedirect(status) {
            return HeaderFields(lines: head.lines).contains("location")
        }
        return sink != .memory && limits.accepted?.contains(status) == false
    }

    /// Whether the caller reads the body of a response of this type.
    private var wantsBody: Bool {
        limits.bodies == .all || limits.bodies.wants(HeaderFields(lines: head.lines).contentType)
    }

    /// Whether the body ends at the Content-Length, but libcurl waits for the end of the connection, whatever has come
    /// until then: a length beyond 64 bits (7.88.1, still 8.22.0), or a Transfer-Encoding that is only `identity`, which
    /// is no coding any more (7.88.1; 8.22.0 if transfer codings are decoded).
    func countsBody() -> Bool {
        let status = status
        guard !isHead, status >= 200, status != 204, status != 304, let length = head.length else { return false }
        guard head.hasTransferCoding else { return length == .max }
        return ContentCoding.isIdentity(HeaderFields(lines: head.lines))
    }
}
