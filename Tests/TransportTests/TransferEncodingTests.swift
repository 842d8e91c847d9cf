import FetchHTTP
import FetchSystem
import FetchTransport
import TestSupport
import Testing

/// Compressed bodies, whole and broken.
@Suite(.timeLimit(.minutes(20))) struct TransferEncodingTests {
    private func answer(_ body: [UInt8], encoding: String = "gzip") -> Fetcher.Handler {
        { _ in .response(headers: [("Content-Encoding", encoding)], body: body) }
    }

    @Test func decodesGzipAndCountsDecodedBytes() async throws {
        let text = Array(repeating: "hello ", count: 1000).joined()
        try await Fetcher.run(answering: answer(LoopbackServer.gzip(Array(text.utf8)))) { fetcher in
            let result = await fetcher.get()
            #expect(result.error == nil)
            #expect(result.text == text)
            #expect(result.response?.size == 6000)
            #expect(fetcher.server.log.first?.header("accept-encoding")?.contains("gzip") == true)
        }
    }

    @Test func decodesGzipInChunks() async throws {
        let body = LoopbackServer.gzip(Array("hello".utf8))
        let head = WireFault.ok + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await Fetcher.run(answering: { _ in .init([.text(head), .send(LoopbackServer.chunked(body, size: 3))]) }) {
            fetcher in
            let result = await fetcher.get()
            #expect(result.text == "hello")
        }
    }

    /// 2 GiB in 2 MB.
    private static let bomb = LoopbackServer.gzip([UInt8](repeating: 0, count: 65_536), times: 32_768)

    @Test(arguments: [BodySink.discard, .memory]) func stopsABomb(_ sink: BodySink) async throws {
        try await Fetcher.run(answering: answer(Self.bomb)) { fetcher in
            let before = Self.residentBytes()
            let limits = TransferLimits(maxTime: .seconds(20), maxBodySize: 5_000_000)
            let result = await fetcher.get(into: sink, limits: limits)
            #expect(result.error?.kind == .tooLarge)
            let size = try #require(result.response).size
            #expect(size < 6_000_000)
            #expect(Self.residentBytes() - before < 1500 << 20)
        }
    }

    @Test func saysThatGzipIsCorrupt() async throws {
        var body = LoopbackServer.gzip(Array(repeating: "hello ", count: 1000).joined().utf8.map { $0 })
        for offset in 12..<20 { body[offset] ^= 0xFF }
        try await Fetcher.run(answering: answer(body)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
            #expect(result.error?.curlCode == .badContentEncoding)
        }
    }

    @Test(arguments: ["gzip", "deflate", "br"]) func saysThatPlainTextIsNotCompressed(_ encoding: String) async throws {
        try await Fetcher.run(answering: answer(Array("plain text, honestly".utf8), encoding: encoding)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
        }
    }

    /// The decoded bytes that came cannot be told from a whole body; libcurl 7.88.1 takes them for one.
    @Test(arguments: [1, 4, 8, 9, 60]) func saysThatGzipIsCut(missing: Int) async throws {
        let body = LoopbackServer.gzip((0..<3000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
        try await Fetcher.run(answering: answer(Array(body.dropLast(missing)))) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .truncated)
            // Whatever its length says, it is not whole when its chunks are.
            let chunked = Array((WireFault.chunked.dropLast() + "Content-Encoding: gzip\r\n\r\n").utf8)
            let steps = [.send(chunked), LoopbackServer.Step.send(LoopbackServer.chunked(body.dropLast(missing)))]
            let server = try LoopbackServer { _ in .init(steps) }
            defer { server.stop() }
            let url = try FetchURL.parse(server.baseURL)
            let again = await fetcher.transport.send(Request(url), into: .discard, limits: .test)
            #expect(again.error?.kind == .truncated)
        }
    }

    /// "hello" in each coding, and where it may be cut.
    static let hello: [(encoding: String, body: [UInt8])] = [
        ("gzip", LoopbackServer.gzip(Array("hello".utf8))),
        ("x-gzip", LoopbackServer.gzip(Array("hello".utf8))),
        ("deflate", [0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x06, 0x2C, 0x02, 0x15]),
        ("deflate", [0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]),
        ("br", [0x0B, 0x02, 0x80, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x03]),
        (
            "zstd",
            [
                0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x29, 0x00, 0x00, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0xA3, 0x6D, 0x9F,
                0x88,
            ]
        ),
    ]

    @Test(arguments: hello) func readsEachCodingAndSeesWhereItIsCut(encoding: String, body: [UInt8]) async throws {
        let handler: Fetcher.Handler = { request in
            let length = Int(request.path.dropFirst()) ?? body.count
            return .response(headers: [("Content-Encoding", encoding)], body: Array(body.prefix(length)))
        }
        try await Fetcher.run(answering: handler) { fetcher in
            #expect(await fetcher.get("/all").text == "hello")
            for length in 1..<body.count {
                #expect(await fetcher.get("/\(length)").error?.kind == .truncated, "\(length)")
            }
            // No byte at all is an empty body.
            #expect(await fetcher.get("/0").error == nil)
        }
    }

    @Test(arguments: hello.filter { $0.encoding != "zstd" })
    func saysThatThereIsMoreBehindTheEnd(encoding: String, body: [UInt8]) async throws {
        try await Fetcher.run(answering: answer(body + [0x0A], encoding: encoding)) { fetcher in
            #expect(await fetcher.get().error?.kind == .undecodable)
        }
    }

    @Test func readsLayersInTheirOrder() async throws {
        let twice = LoopbackServer.gzip(LoopbackServer.gzip(Array("hello".utf8)))
        try await Fetcher.run(answering: answer(twice, encoding: "gzip, identity, X-GZIP")) { fetcher in
            #expect(await fetcher.get().text == "hello")
        }
        // What is packed for the way is packed on top of what is packed at home.
        let head = WireFault.ok + "Content-Encoding: deflate\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
        let body = LoopbackServer.chunked(LoopbackServer.gzip(Self.hello[3].body))
        try await Fetcher.run(answering: { _ in .init([.text(head), .send(body)]) }) { fetcher in
            #expect(await fetcher.get().text == "hello")
        }
    }

    @Test(arguments: ["chunked, gzip", "chunked, identity", "gzip, chunked, chunked", "other, chunked"])
    func refusesTransferCodingsThatCannotBe(_ codings: String) async throws {
        let head = WireFault.ok + "Transfer-Encoding: \(codings)\r\n\r\n"
        let body = LoopbackServer.chunked(Array("hello".utf8))
        try await Fetcher.run(answering: { _ in .init([.text(head), .send(body), .close]) }) { fetcher in
            #expect(await fetcher.get().error?.kind == .undecodable)
        }
    }

    @Test(arguments: [BodySink.discard, .memory]) func countsDecodedBytesAgainstTheLimit(_ sink: BodySink) async throws
    {
        // 1,000 bytes that gzip makes longer, and 1,000 that it makes shorter.
        var random = SeededRandom(seed: 7)
        let dense = (0..<1000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let sparse = [UInt8](repeating: 0, count: 1000)
        for bytes in [dense, sparse] {
            try await Fetcher.run(answering: answer(LoopbackServer.gzip(bytes))) { fetcher in
                let exact = await fetcher.get(into: sink, limits: TransferLimits(maxBodySize: 1000))
                #expect(exact.error == nil)
                #expect(exact.response?.size == 1000)
                let over = await fetcher.get(into: sink, limits: TransferLimits(maxBodySize: 999))
                #expect(over.error?.kind == .tooLarge)
            }
        }
    }

    @Test(arguments: ["snappy", "x-nothing", "gzip, snappy"]) func saysThatAnEncodingIsUnknown(_ encoding: String)
        async throws
    {
        try await Fetcher.run(answering: answer([1, 2, 3], encoding: encoding)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
        }
    }

    @Test func refusesThirtyLayers() async throws {
        let layers = Array(repeating: "gzip", count: 30).joined(separator: ", ")
        try await Fetcher.run(answering: answer(LoopbackServer.gzip([1]), encoding: layers)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
        }
    }

    @Test func saysThatThereIsRubbishBehindGzip() async throws {
        let body = LoopbackServer.gzip(Array("hello".utf8)) + Array("rubbish".utf8)
        try await Fetcher.run(answering: answer(body)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
            #expect(result.error?.message.contains("disk") == false)
        }
    }

    @Test func leavesBytesAloneWhenNotAskedToDecode() async throws {
        var options = NetworkOptions.loopback
        options.acceptsCompression = false
        let body = LoopbackServer.gzip(Array("hello".utf8))
        try await Fetcher.run(options, answering: answer(body)) { fetcher in
            let result = await fetcher.get()
            #expect(result.response?.body == .bytes(body))
            #expect(fetcher.server.log.first?.header("accept-encoding") == nil)
        }
    }

    /// Memory of this process in bytes, or 0 where the system does not say.
    private static func residentBytes() -> Int {
        #if os(Linux)
        guard let file = try? WholeFile.read("/proc/self/statm") else { return 0 }
        let fields = String(decoding: file, as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
        #else
        return 0
        #endif
    }
}
