import FetchSystem
import Testing

@Suite("Bytes for a terminal")
struct TerminalBytesTests {
    private func shown(_ text: String) -> String {
        String(decoding: TerminalBytes.escaped(Array(text.utf8)), as: UTF8.self)
    }

    @Test func `issue 20.7: what a terminal would interpret is JSON's escape of the same character`() throws {
        let others: [UInt32] = [0x061C, 0x200E, 0x200F, 0x2028, 0x202E, 0x2066, 0x2069]
        for value in Array(UInt32(0x7F)...0x9F) + others {
            let scalar = try #require(Unicode.Scalar(value))
            let text = "\"a\(Character(scalar))z\""
            let escaped = shown(text)
            let digits = String(value, radix: 16)
            #expect(escaped == "\"a\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "z\"")
            #expect(try JSONValue.parse(Array(escaped.utf8)[...]) == JSONValue.parse(Array(text.utf8)[...]))
        }
    }

    @Test func `everything else is left as it is, also what is not UTF-8`() {
        for value in UInt32(0)...0xFFFF where value != 0x7F {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(Character(scalar)).utf8)
            let isControl =
                (0x80...0x9F).contains(value) || value == 0x061C || (0x200E...0x200F).contains(value)
                || (0x2028...0x202E).contains(value) || (0x2066...0x2069).contains(value)
            if !isControl { #expect(TerminalBytes.escaped(bytes) == bytes, "\(value)") }
        }
        let broken: [[UInt8]] = [[0xC2], [0xE2, 0x80], [0xC2, 0x41], [0xE2, 0x80, 0x41], [0xD8], [0x9B]]
        for bytes in broken {
            #expect(TerminalBytes.escaped(bytes) == bytes)
        }
        #expect(shown("\u{1B}[31mred\u{1B}[0m\n") == "\u{1B}[31mred\u{1B}[0m\n")
    }
}
