import CTOML
import TestSupport
import Testing

@Suite("issue 24.3: TOML as a flat list")
struct TOMLShimTests {
    /// The entries as `path kind line`, or the mistake as `!line message`.
    private func read(_ text: String) throws -> [String] {
        try read(bytes: Array(text.utf8))
    }

    private func read(bytes: [UInt8]) throws -> [String] {
        let document = try #require(ctoml_parse(bytes, bytes.count))
        defer { ctoml_free(document) }
        var line: UInt32 = 0
        var column: UInt32 = 0
        if let message = ctoml_error(document, &line, &column) {
            #expect(ctoml_count(document) == 0)
            return ["!\(line) \(String(validatingCString: message) ?? "?")"]
        }
        return (0..<ctoml_count(document)).map { index in
            let entry = ctoml_entry(document, index)
            let path = UnsafeRawBufferPointer(start: entry.path, count: entry.path_length).map { $0 == 0 ? 0x7C : $0 }
            let name = String(validating: path, as: UTF8.self) ?? "?"
            return "\(name)\(entry.index < 0 ? "" : "[\(entry.index)]") \(entry.kind.rawValue) \(entry.line)"
        }.sorted()
    }

    @Test func `tables, arrays and values have their keys and lines`() throws {
        let text = "a = 1\nb = [\"x\",\n true]\n[c.\"d.e\"]\nf = 1.5\ng = 1979-05-27\n[h]\n"
        #expect(
            try read(text) == [
                "a 3 1", "b 1 2", "b[0] 2 2", "b[1] 5 3", "c 0 4", "c|d.e 0 4", "c|d.e|f 4 5", "c|d.e|g 6 6", "h 0 7",
            ])
        #expect(try read("") == [] && read("# only\n") == [])
    }

    @Test func `what is too large, too deep or too much is a mistake`() throws {
        #expect(try read(bytes: [UInt8](repeating: 0x20, count: 1 << 20)) == [])
        #expect(try read(bytes: [UInt8](repeating: 0x20, count: 1 << 20 + 1)).first?.hasPrefix("!0") == true)
        let key = "a" + String(repeating: ".a", count: 400_000)
        for text in ["\(key) = 1", "[\(key)]", "x = 1\ny = {\(key) = 1}", "[\"\"\(key.dropFirst())]"] {
            #expect(try read(text).first?.contains("16 parts") == true)
        }
        for text in [String(repeating: "[", count: 1000), String(repeating: "{a=", count: 1000)] {
            #expect(try read("a = \(text)").first?.hasPrefix("!1 ") == true)
        }
        #expect(try read("a = [" + String(repeating: "0,", count: 10_001) + "]").first?.contains("10000") == true)
        #expect(try read("\"a\\u0000\" = 1").first?.contains("NUL") == true)
        // Dots of texts and comments are none of keys.
        let dots = String(repeating: ".", count: 100)
        #expect(try read("a = \"\(dots)\" # \(dots)\nb = '''\n\(dots)'''\nc = \"\"\"\(dots)\\\"\"\"\"\"\"").count == 3)
    }

    @Test func `bytes that are not TOML do not end the process`() throws {
        // toml++ 3.3.0 runs into __builtin_unreachable with the first three.
        for text in [
            "a = 5\u{FE7F}", "a = 0\"\u{E4}", "a = 5\u{1}\u{0}'$\u{E4}'", "a = \"\"\"\\\n\u{E4}\"\"\"\n", "[", "\"",
            "a",
        ] {
            _ = try read(text)
        }
        let seed = Array("a = \"x\\\"\" # c\n[b.'c']\nd = [1, {e = '''f'''}]\ng = \"\"\"\\\n h\u{E4}\"\"\"\n".utf8)
        var random = SeededRandom(seed: 24)
        for _ in 0..<5000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try read(bytes: bytes)
        }
    }
}
