/// A file of a server that knows ranges (RFC 9110 §14), as well as it is told to.
package struct ServedFile: Sendable {
    /// How the server deviates from the standard.
    package enum Fault: Sendable, CaseIterable {
        case none
        /// Range is ignored.
        case ignoresRange
        /// The range begins one byte too late.
        case otherRange
        /// Content-Range says another beginning than that of the bytes.
        case liesAboutRange
        /// Content-Range says another length than the first response.
        case otherLength
        /// The 206 has no Content-Range.
        case noContentRange
        /// The 206 has another entity tag.
        case otherTag
        /// The 206 says that it is compressed.
        case packedPart
        /// There is no Content-Length.
        case noLength
        /// The body is longer than its Content-Length.
        case tooMuch
        /// 416 for every range.
        case refusesRanges
    }

    /// The bytes.
    package var content: [UInt8]
    /// The entity tag, with its quotes; nil for none.
    package var tag: String? = "\"v1\""
    /// Further fields.
    package var headers: [(String, String)] = []
    /// How it deviates.
    package var fault = Fault.none
    /// After how many bytes of a body the connection is cut; nil for never.
    package var cut: Int?
    /// The pause after each piece of 64 KiB.
    package var pause: Duration?

    /// Takes the bytes.
    package init(_ content: [UInt8]) { self.content = content }

    /// Bytes that differ at each place, the same for the same seed.
    package static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                buffer[index] = UInt8(truncatingIfNeeded: state >> 33)
            }
            initialized = count
        }
    }

    /// The byte behind the last one that a request asks for.
    private func end(of request: LoopbackServer.Request) -> Int {
        let last = request.header("Range").flatMap { Int($0.drop { $0 != "-" }.dropFirst()) }
        return min(content.count, last.map { $0 + 1 } ?? .max)
    }

    /// The first byte that a request asks for, if its If-Range allows it; nil for the whole file.
    package func start(of request: LoopbackServer.Request) -> Int? {
        guard fault != .ignoresRange, let range = request.header("Range"), range.hasPrefix("bytes="),
            let start = Int(range.dropFirst(6).prefix { $0 != "-" })
        else { return nil }
        if let condition = request.header("If-Range"), condition != tag, !headers.contains(where: { $0.1 == condition })
        {
            return nil
        }
        return start
    }

    /// The answer to a request.
    package func reply(to request: LoopbackServer.Request) -> LoopbackServer.Reply {
        var fields = headers
        if let tag { fields.append(("ETag", tag)) }
        guard let start = start(of: request) else { return send(200, fields, content[...]) }
        guard start < content.count, fault != .refusesRanges else {
            return .response(status: 416, headers: fields + [("Content-Range", "bytes */\(content.count)")])
        }
        let end = max(end(of: request), start + 1)
        var first = start
        var length = content.count
        switch fault {
        case .otherRange: first = min(start + 1, end - 1)
        case .otherLength: length += 1
        case .otherTag: fields = fields.filter { $0.0 != "ETag" } + [("ETag", "\"v2\"")]
        case .packedPart: fields.append(("Content-Encoding", "gzip"))
        default: break
        }
        let said = fault == .liesAboutRange ? first + 1 : first
        if fault != .noContentRange {
            fields.append(("Content-Range", "bytes \(said)-\(end - 1)/\(length)"))
        }
        return send(206, fields, content[first..<end])
    }

    private func send(_ status: Int, _ fields: [(String, String)], _ body: ArraySlice<UInt8>) -> LoopbackServer.Reply {
        var lines = ["HTTP/1.1 \(status) OK"] + fields.map { "\($0.0): \($0.1)" }
        if fault != .noLength { lines.append("Content-Length: \(body.count - (fault == .tooMuch ? 3 : 0))") }
        var steps = [LoopbackServer.Step.text(lines.joined(separator: "\r\n") + "\r\n\r\n")]
        let sent = body.prefix(cut ?? body.count)
        var rest = sent
        while !rest.isEmpty {
            steps.append(.send(Array(rest.prefix(pause == nil ? rest.count : 65_536))))
            rest = rest.dropFirst(pause == nil ? rest.count : 65_536)
            if let pause { steps.append(.wait(pause)) }
        }
        if sent.count < body.count || fault == .noLength { steps.append(.close) }
        return LoopbackServer.Reply(steps)
    }
}
