import FetchSystem
import TestSupport
import Testing

@Suite("Text that carries any bytes")
struct ByteTextTests {
    @Test func `issue 20.9: any bytes are the same after a way through text`() {
        var random = SeededRandom(seed: 209)
        let ends: [[UInt8]] = [
            [], [0xFC], Array("é\u{10FF00}\u{10FFFF}\u{10FEFF}😀".utf8), [0xF4, 0x8F, 0xBC], [0xF4, 0x90, 0x80, 0x80],
            [0xED, 0xA0, 0x80], [0xC3], Array(0...255),
        ]
        let others = (0..<5_000).map { _ in
            (0..<Int.random(in: 1...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        for bytes in ends + others {
            let text = ByteText.text(of: bytes)
            #expect(ByteText.bytes(of: text) == bytes)
            #expect(!text.unicodeScalars.contains("\u{FFFD}") || bytes.firstRange(of: [0xEF, 0xBF, 0xBD]) != nil)
        }
    }

    @Test func `issue 20.9: UTF-8 is itself, other bytes are shown, or written into a reference`() {
        #expect(ByteText.text(of: Array("é😀\u{FFFD}".utf8)) == "é😀\u{FFFD}")
        #expect(!ByteText.holdsBytes("é\u{10FEFF}"))
        let text = ByteText.text(of: Array("é/".utf8) + [0xFC, 0x0A, 0xE2, 0x82])
        #expect(ByteText.holdsBytes(text))
        #expect(ByteText.shown(text) == "é/\\xFC\n\\xE2\\x82")
        #expect(ByteText.reference(ByteText.bytes(of: text)) == "é/%FC\n%E2%82")
        #expect(ByteText.reference(Array("\u{10FFFD}%".utf8)) == "\u{10FFFD}%")
        #expect(ByteText.withCString(text) { String(cString: $0) } == "é/\u{FFFD}\n\u{FFFD}")
    }
}
