@testable import FetchCore
import TestSupport
import Testing

/// Compressed bodies, whole and broken.
@Suite(.timeLimit(.minutes(1))) struct TransferEncodingTests {
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

    /// 256 MiB in 256 KB.
    private static let bomb = LoopbackServer.gzip([UInt8](repeating: 0, count: 65_536), times: 4096)

    @Test(arguments: [BodySink.discard, .memory]) func stopsABomb(_ sink: BodySink) async throws {
        try await Fetcher.run(answering: answer(Self.bomb)) { fetcher in
            let before = Self.residentBytes()
            let limits = TransferLimits(maxTime: .seconds(20), maxBodySize: 5_000_000)
            let result = await fetcher.get(into: sink, limits: limits)
            #expect(result.error?.kind == .tooLarge)
            let size = try #require(result.response).size
            #expect(size < 6_000_000)
            #expect(Self.residentBytes() - before < 100 << 20)
        }
    }

    @Test func saysThatGzipIsCorrupt() async throws {
        var body = LoopbackServer.gzip(Array(repeating: "hello ", count: 1000).joined().utf8.map { $0 })
        for place in 12..<20 { body[place] ^= 0xFF }
        try await Fetcher.run(answering: answer(body)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
            #expect(result.error?.curlCode == 61)
        }
    }

    @Test(arguments: ["gzip", "deflate", "br"]) func saysThatPlainTextIsNotCompressed(_ encoding: String) async throws {
        try await Fetcher.run(answering: answer(Array("plain text, honestly".utf8), encoding: encoding)) { fetcher in
            let result = await fetcher.get()
            #expect(result.error?.kind == .undecodable)
        }
    }

    /// The decoded bytes that came cannot be told from a whole body.
    @Test func saysThatGzipIsCut() async throws {
        let body = LoopbackServer.gzip((0..<3000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
        try await Fetcher.run(answering: answer(Array(body.dropLast(60)))) { fetcher in
            let result = await fetcher.get()
            withKnownIssue("libcurl 7.88.1 takes the end of the connection for the end of the gzip data") {
                #expect([.undecodable, .truncated].contains(result.error?.kind))
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
