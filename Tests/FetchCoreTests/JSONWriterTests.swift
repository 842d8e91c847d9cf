import FoundationEssentials
import TestSupport
import Testing

@testable import FetchSystem

@Suite("JSON tokens are written so that every reader understands them")
struct JSONWriterTests {
    private func written(_ write: (inout [UInt8]) -> Void) -> String {
        var out: [UInt8] = []
        write(&out)
        return String(decoding: out, as: UTF8.self)
    }

    private func string(_ text: String) -> String { written { JSONWriter.string(text, into: &$0) } }

    private func bytes(_ bytes: [UInt8]) -> String {
        written { out in bytes.withUnsafeBufferPointer { JSONWriter.string(utf8: $0, into: &out) } }
    }

    @Test("Every scalar that must be escaped is, and every scalar comes back as itself")
    func everyScalar() throws {
        let mustBeEscaped: [ClosedRange<UInt32>] = [0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069]
        for value in Array(UInt32(0)...0x2100) + [0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF] {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = String(scalar)
            let json = string(text)
            #expect(try JSONValue.parse(Array(json.utf8)[...]) == .string(text))
            let isEscaped = mustBeEscaped.contains { $0.contains(value) } || value == 0x22 || value == 0x5C
            #expect(json.hasPrefix("\"\\") == isEscaped, "U+\(String(value, radix: 16))")
        }
    }

    @Test("Escapes look as RFC 8259 has them")
    func escapes() {
        #expect(string("a\"b\\c\n\r\t\u{0}\u{1B}\u{7F}") == #""a\"b\\c\n\r\t\u0000\u001b\u007f""#)
        #expect(string("\u{85}\u{9B}\u{202E}\u{2069}\u{2028}\u{2029}") == #""\u0085\u009b\u202e\u2069\u2028\u2029""#)
        #expect(string("é😀/") == "\"é😀/\"")
        #expect(string("") == "\"\"")
    }

    @Test("Foundation reads back what was written, for many random texts")
    func roundTrip() throws {
        var generator = SeededRandom(seed: 1)
        var texts: [String] = []
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                let limit: UInt32 = [0x80, 0x300, 0x2100, 0x10FFFF].randomElement(using: &generator) ?? 0x80
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            texts.append(text)
        }
        let json = "[" + texts.map(string).joined(separator: ",") + "]"
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == texts)
    }

    @Test("Bytes that are not UTF-8 become U+FFFD, as many as Swift itself makes of them")
    func broken() throws {
        #expect(bytes([0x61, 0xFF, 0x62]) == "\"a\u{FFFD}b\"")
        #expect(bytes([0xE2, 0x82]) == "\"\u{FFFD}\"")
        #expect(bytes([0xED, 0xA0, 0x80]) == "\"\u{FFFD}\u{FFFD}\u{FFFD}\"")
        var generator = SeededRandom(seed: 2)
        for _ in 0..<500 {
            let random = (0..<20).map { _ in UInt8.random(in: 0x70...0xFF, using: &generator) }
            let value = try JSONValue.parse(Array(bytes(random).utf8)[...])
            #expect(value == .string(String(decoding: random, as: UTF8.self)), "\(random)")
        }
    }

    @Test("Integers are written in full")
    func integers() {
        func integer(_ value: Int) -> String { written { JSONWriter.integer(value, into: &$0) } }
        for value in [0, 7, 9, 10, 11, 99, 100, 1256, -1, -10, .max, .min] { #expect(integer(value) == "\(value)") }
        #expect(written { JSONWriter.integer(Int?.none, into: &$0) } == "null")
    }

    @Test(
        "Seconds are decimals without exponent or needless zeros",
        arguments: [
            (Duration.zero, "0.0"), (.microseconds(1), "0.000001"), (.microseconds(1020), "0.00102"),
            (.milliseconds(100), "0.1"), (.seconds(1), "1.0"), (.seconds(90061), "90061.0"),
            (.microseconds(1_500_000), "1.5"), (.nanoseconds(999), "0.0"), (.microseconds(-1_250_000), "-1.25"),
            (.milliseconds(-1), "-0.001"), (.seconds(123_456_789_012), "123456789012.0"),
        ] as [(Duration, String)])
    func seconds(duration: Duration, text: String) {
        #expect(written { JSONWriter.seconds(duration, into: &$0) } == text)
    }

    @Test("curl's seconds always have six digits")
    func paddedSeconds() {
        #expect(written { JSONWriter.paddedSeconds(.microseconds(1020), into: &$0) } == "0.001020")
        #expect(written { JSONWriter.paddedSeconds(.zero, into: &$0) } == "0.000000")
        #expect(written { JSONWriter.paddedSeconds(.seconds(12), into: &$0) } == "12.000000")
    }

    @Test("Base64 is what Foundation makes of the bytes", arguments: 0..<70)
    func base64(count: Int) {
        var generator = SeededRandom(seed: UInt64(count))
        let random = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(written { JSONWriter.base64(random, into: &$0) } == Data(random).base64EncodedString())
    }

    @Test(
        "Timestamps are ISO 8601 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (4_107_456_000_000, "2100-02-28T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (-86_400_001, "1969-12-30T23:59:59.999Z"), (1_234_567_890_123, "2009-02-13T23:31:30.123Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func timestamps(milliseconds: Int64, text: String) {
        var writer = TimestampWriter()
        #expect(written { writer.append(milliseconds, into: &$0) } == text)
    }

    @Test("A cached date is used for its own day only")
    func cachedDate() {
        var writer = TimestampWriter()
        let times: [Int64] = [951_868_799_999, 951_868_800_000, 951_868_800_001, 951_868_799_999]
        let texts = times.map { time in written { writer.append(time, into: &$0) } }
        #expect(texts.map { $0.prefix(10) } == ["2000-02-29", "2000-03-01", "2000-03-01", "2000-02-29"])
        #expect(!written { writer.append(.max, into: &$0) }.isEmpty)
        #expect(!written { writer.append(.min, into: &$0) }.isEmpty)
    }
}
