import FetchHTTP
import TestSupport
import Testing

@testable import FetchTransport

@Suite("Bodies of packed files")
struct PackedBodyTests {
    private static let content = Array(String(repeating: "text ", count: 300).utf8)
    private static let packed = LoopbackServer.gzip(content)

    /// What is kept of a body that arrives in pieces of a size, and why it failed.
    private static func kept(_ body: [UInt8], _ layers: [ContentCoding] = [.gzip], pieces: Int) throws
        -> (bytes: [UInt8], problem: String?, isComplete: Bool)
    {
        let decoder = try PackedBody(layers, keeping: .gzip)
        defer { decoder.free() }
        var bytes: [UInt8] = []
        var problem: String?
        for start in stride(from: 0, to: body.count, by: pieces) where problem == nil {
            problem = Array(body[start..<min(body.count, start + pieces)]).withUnsafeBytes { piece in
                decoder.decode(piece) {
                    bytes += Array($0)
                    return true
                }
            }
        }
        let isComplete = decoder.isComplete
        decoder.finish {
            bytes += Array($0)
            return true
        }
        return (bytes, problem, isComplete)
    }

    @Test(arguments: [1, 2, 7, 100_000])
    func `issue 20.10: in pieces of any size it is kept, or loses one layer`(pieces: Int) throws {
        let tiny = LoopbackServer.gzip([0x1F])
        let empty = LoopbackServer.gzip([])
        for body in [Self.packed, tiny, empty, empty + Self.packed, Self.packed + tiny, Self.packed + [1, 2, 3]] {
            let kept = try Self.kept(body, pieces: pieces)
            #expect(kept.bytes == body && kept.problem == nil && kept.isComplete)
        }
        for file in [Self.packed, Self.packed + tiny] {
            let kept = try Self.kept(LoopbackServer.gzip(file), pieces: pieces)
            #expect(kept.bytes == file && kept.problem == nil && kept.isComplete)
            let around = try Self.kept(LoopbackServer.gzip(file), [.gzip, .gzip], pieces: pieces)
            #expect(around.bytes == file && around.problem == nil && around.isComplete)
        }
    }

    @Test(arguments: [1, 64, 100_000])
    func `issue 20.10: a cut or broken one is known`(pieces: Int) throws {
        for count in [3, 12, Self.packed.count - 9, Self.packed.count - 1] {
            #expect(try !Self.kept(Array(Self.packed.prefix(count)), pieces: pieces).isComplete)
        }
        let twice = LoopbackServer.gzip(Self.packed)
        #expect(try !Self.kept(twice.dropLast(3) + [], pieces: pieces).isComplete)
        #expect(try Self.kept(twice + [0], pieces: pieces).problem != nil)
        #expect(try Self.kept(Array("no gzip at all".utf8), pieces: pieces).problem != nil)
        var wrong = Self.packed
        wrong[wrong.count - 6] ^= 1
        #expect(try Self.kept(wrong, pieces: pieces).problem != nil)
    }

    @Test func `issue 20.10: a header without an end holds back a bounded number of bytes`() throws {
        let decoder = try PackedBody([.gzip], keeping: .gzip)
        defer { decoder.free() }
        // FNAME, which ends with NUL.
        let header: [UInt8] = [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3]
        var passed = 0
        let body = header + [UInt8](repeating: 0x61, count: 1 << 20)
        for start in stride(from: 0, to: body.count, by: 16_384) {
            let problem = Array(body[start..<min(body.count, start + 16_384)]).withUnsafeBytes { piece in
                decoder.decode(piece) {
                    passed += $0.count
                    return true
                }
            }
            #expect(problem == nil)
            #expect(start - passed <= 200_000)
        }
        #expect(passed == body.count && !decoder.isComplete)
    }

    @Test(arguments: [
        ("http://a/x.tar.gz", "Content-Encoding: gzip", ContentCoding.gzip),
        ("http://a/x.TGZ?y=1.txt", "Content-Encoding: X-GZIP", .gzip), ("http://a/x.gz", "Content-Encoding: br", nil),
        ("http://a/x.gz", "Content-Encoding: gzip, br", .gzip), ("http://a/x.gz", "Content-Encoding: br, gzip", nil),
        ("http://a/x.gz", "Transfer-Encoding: gzip, chunked", nil), ("http://a/x.gz", "Content-Type: text/plain", nil),
        ("http://a/x", "Content-Encoding: gzip", nil), ("http://a/x.gz/", "Content-Encoding: gzip", nil),
        ("http://a.gz/", "Content-Encoding: gzip", nil), ("http://a/x.zst", "Content-Encoding: zstd", .zstd),
        ("http://a/x.js.br", "Content-Encoding: br", .brotli), ("http://a/x.gz", "Content-Encoding: wrong", nil),
        ("http://a/d", "Content-Type: application/x-gzip; a\nContent-Encoding: gzip", .gzip),
    ])
    func `issue 20.10: the name or the type says whether a coding is the file's`(
        url: String, fields: String, expected: ContentCoding?
    ) {
        let headers = HeaderFields(lines: Array((fields + "\n").utf8))
        #expect(PackedFile().coding(of: headers, url: Samples.url(url)) == expected)
    }

    @Test func `issue 20.10: the URL that names the file counts too, and a crawl decodes pages`() {
        var rule = PackedFile()
        let headers = HeaderFields([("Content-Encoding", "gzip"), ("Content-Type", "text/HTML; charset=x")])
        #expect(rule.coding(of: headers, url: Samples.url("http://a/17")) == nil)
        rule.named = PackedFile.coding(named: Samples.url("http://a/x.gz"))
        #expect(rule.coding(of: headers, url: Samples.url("http://a/17")) == .gzip)
        rule.leavesPages = true
        #expect(rule.coding(of: headers, url: Samples.url("http://a/17")) == nil)
    }
}
