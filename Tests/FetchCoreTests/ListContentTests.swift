import FetchSystem
import TestSupport
import Testing

@Suite("Lists: stored bytes to text")
struct ListContentTests {
    /// `http://a/` and `http://b/` as gzip 1.12 writes them.
    private static let gzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x28, 0x29, 0x29, 0xB0, 0xD2, 0xD7, 0x4F,
        0xD4,
        0xE7, 0xCA, 0x80, 0xB0, 0x92, 0xF4, 0xB9, 0x00, 0xA8, 0x39, 0x17, 0x9F, 0x14, 0x00, 0x00, 0x00,
    ]
    private static let text = "http://a/\nhttp://b/\n"

    /// The text, and what was wrong with it.
    private static func read(_ pieces: [ArraySlice<UInt8>]) -> (text: [UInt8], problem: String?) {
        var content = ListContent()
        var text: [UInt8] = []
        for piece in pieces {
            if let problem = content.feed(piece, { text += $0 }) { return (text, problem) }
        }
        let problem = content.finish { text += $0 }
        return (text, problem)
    }

    private static func bytewise(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { bytes.indices.map { bytes[$0...$0] } }

    @Test(
        "A text comes through as it is, whole and byte by byte",
        arguments: ["", "a", "\u{1F}", "http://a/\n", "é", "\u{1F}x"])
    func plain(_ text: String) {
        for pieces in [[Array(text.utf8)[...]], Self.bytewise(Array(text.utf8))] {
            let result = Self.read(pieces)
            #expect(result.text == Array(text.utf8))
            #expect(result.problem == nil)
        }
    }

    @Test("A byte order mark is dropped, also when it comes in pieces, and only at the start")
    func mark() {
        let bytes = Array("\u{FEFF}a\n\u{FEFF}b".utf8)
        for offset in 0...bytes.count {
            #expect(
                Self.read([bytes[..<offset], bytes[offset...]]).text == Array("a\n\u{FEFF}b".utf8), "split at \(offset)"
            )
        }
        #expect(Self.read(Self.bytewise(bytes)).text == Array("a\n\u{FEFF}b".utf8))
        // Half a mark is what it is.
        #expect(Self.read([[0xEF, 0xBB]]).text == [0xEF, 0xBB])
        #expect(Self.read([[0xEF], [0x41]]).text == [0xEF, 0x41])
        #expect(Self.read([storedGzip(bytes)[...]]).text == Array("a\n\u{FEFF}b".utf8))
    }

    @Test("Text is passed on at once, not when a mark is ruled out by thousands of bytes")
    func atOnce() {
        var content = ListContent()
        var text: [UInt8] = []
        #expect(content.feed([0x61], { text += $0 }) == nil)
        #expect(text == [0x61])
    }

    @Test("UTF-16 and NUL near the beginning are refused, whole and byte by byte, plain and compressed")
    func noText() {
        for bytes: [UInt8] in [[0xFF, 0xFE, 0x68, 0], [0xFE, 0xFF, 0, 0x68]] {
            for pieces in [[bytes[...]], Self.bytewise(bytes), [storedGzip(bytes)[...]]] {
                #expect(Self.read(pieces).problem?.hasPrefix("is UTF-16, not UTF-8; convert it with iconv") == true)
            }
        }
        let binary = Array("http://a/\n".utf8) + [0] + Array(repeating: 65, count: 10)
        for pieces in [[binary[...]], Self.bytewise(binary), [storedGzip(binary)[...]]] {
            #expect(Self.read(pieces).problem?.contains("not a text file") == true)
        }
        let late = [UInt8](repeating: 65, count: 4_096) + [0]
        #expect(Self.read([late[...]]).problem == nil)
        #expect(Self.read([late[1...]]).problem != nil)
    }

    @Test("gzip is known by its first bytes and inflated, whole and byte by byte, several members and padding too")
    func inflated() {
        for bytes in [Self.gzip, Self.gzip + Self.gzip, Self.gzip + [0, 0, 0] + Self.gzip + [0]] {
            let count = bytes.count > 60 ? 2 : 1
            for pieces in [[bytes[...]], Self.bytewise(bytes)] {
                let result = Self.read(pieces)
                #expect(result.problem == nil)
                #expect(String(decoding: result.text, as: UTF8.self) == String(repeating: Self.text, count: count))
            }
        }
        let long = manyLines(20_000)
        #expect(Self.read([storedGzip(long)[...]]).text == long)
    }

    @Test("gzip data that ends anywhere before its end is reported")
    func cut() {
        for length in 2..<Self.gzip.count {
            #expect(Self.read([Self.gzip[..<length]]).problem == "the gzip data ends too early", "\(length) bytes")
        }
        #expect(Self.read([(Self.gzip + Self.gzip.prefix(5))[...]]).problem == "the gzip data ends too early")
    }

    @Test("Corrupt gzip data is reported, and what follows the last member too")
    func corrupt() {
        var bytes = Self.gzip
        bytes[27] ^= 1
        #expect(Self.read([bytes[...]]).problem?.contains("the gzip data is corrupt") == true)
        #expect(Self.read([(Self.gzip + [1, 2, 3])[...]]).problem?.contains("the gzip data is corrupt") == true)
    }

    @Test("Random bytes behind a gzip header never crash")
    func noise() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            var bytes = Self.gzip
            for _ in 0..<Int(random.next() % 4 + 1) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            #expect(Self.read([bytes[...]]).text.count <= 70_000)
        }
    }
}
