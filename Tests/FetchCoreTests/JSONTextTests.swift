import Testing

@testable import FetchSystem

@Suite("JSON texts are judged by RFC 8259 and nothing else")
struct JSONTextTests {
    @Test(
        "A valid text is accepted",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-12", "1.5", "0.5e10", "1E+2", "1e-2", "\"\"", "[]", "{}",
            " [ 1 , 2 ] ", "\t\r\n{\"a\" : [ ] }\n", "{\"a\":1,\"a\":2}", "[[[[]]]]", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
            "\"\\u00e9\\uD83D\\uDE00\"", "\"é😀\u{7F}\u{2028}\"", "1e400", "-1e-400", "\"\\u0000\"",
            "[1,\"a\",null,true,false,{\"b\":{}}]",
        ])
    func valid(text: String) throws {
        try JSONText.validate(Array(text.utf8)[...])
    }

    @Test(
        "An invalid text is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "01", "-", "-a", "+1", ".5", "1.", "1.e1", "1e", "1e+",
            "0x10", "00", "-01", "1 2", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "[1}", "{\"a\":1]", "{", "}", "{,}",
            "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "'a'", "\"",
            "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\t\"", "\"\u{0}\"", "[1]x", "{}{}",
            "// c\n1", "/* c */1", "\u{FEFF}1", "\u{A0}1", "\u{C}1", "\"\\ud800\"", "\"\\udc00\"", "\"\\udc00\\udc00\"",
            "\"\\ud800\\u0041\"",
            "\"\\ud800x\"", "\"\\uDE00\\uD83D\"", "\"\\", "\"\\u", "\"\\ud800\\", "\"\\ud800\\u", "[true false]", "tru",
            "[\"a\":1]",
        ])
    func invalid(text: String) {
        #expect(throws: ParseFailure.self) { try JSONText.validate(Array(text.utf8)[...]) }
        var out: [UInt8] = [1]
        #expect(!JSONText.append(Array(text.utf8)[...], into: &out))
        #expect(out == [1], "nothing of a refused text is written")
    }

    @Test(
        "Bytes that are not UTF-8 are refused in and outside of strings",
        arguments: [
            [0x80], [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xC3],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(!JSONText.isValid(([0x22] + bytes + [0x22])[...]))
        #expect(!JSONText.isValid(bytes[...]))
        #expect(!JSONText.isValid(([0x22] + bytes)[...]))
    }

    @Test("Depth 128 is accepted and depth 129 refused, as arrays and as objects")
    func depth() {
        func arrays(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func objects(_ depth: Int) -> String {
            String(repeating: "{\"a\":", count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
        }
        #expect(JSONText.isValid(Array(arrays(128).utf8)[...]))
        #expect(!JSONText.isValid(Array(arrays(129).utf8)[...]))
        #expect(JSONText.isValid(Array(objects(128).utf8)[...]))
        #expect(!JSONText.isValid(Array(objects(129).utf8)[...]))
        #expect(JSONText.isValid(Array("[\(arrays(127)),\(arrays(127))]".utf8)[...]), "depth, not the count")
    }

    @Test("A text of 100,000 open brackets is refused and does not crash")
    func veryDeep() {
        for opening in ["[", "{\"a\":"] {
            let bytes = Array(String(repeating: opening, count: 100_000).utf8)
            #expect(!JSONText.isValid(bytes[...]))
            #expect(throws: ParseFailure.self) { try JSONValue.parse(bytes[...]) }
        }
    }

    @Test("A failure says where and what")
    func failure() {
        let bytes = Array("xx{\"a\" 1}".utf8)[2...]
        #expect(throws: ParseFailure("expected :", at: 5)) { try JSONText.validate(bytes) }
        #expect(ParseFailure("expected :", at: 5).description == "at byte 5: expected :")
    }

    @Test(
        "The reason is said in words",
        arguments: [
            ("01", "a number starts with 0", 1), ("[1", "the array is not closed", 2),
            ("\"\\x\"", "an unknown escape", 1),
            ("\"\\ud800\"", "half a surrogate pair", 1), ("1 2", "text follows the value", 2),
            ("[1}", "expected , or ]", 2), ("", "a value is missing", 0), ("nul", "expected null", 0),
        ])
    func reasons(text: String, reason: String, offset: Int) {
        #expect(throws: ParseFailure(reason, at: offset)) {
            try JSONText.validate(Array(text.utf8)[...])
        }
    }

    @Test("A text is copied with every digit, without line breaks between its tokens")
    func verbatim() {
        let digits = "1234567890123456789012345678901234567890"
        let text = "{\r\n\t\"a b\" : [ \(digits), -0.\(digits)e-10 ],\n\"\\\"\\\\\": \"x\\ny\"\n}\n"
        var out: [UInt8] = []
        #expect(JSONText.append(Array(text.utf8)[...], into: &out))
        #expect(
            String(decoding: out, as: UTF8.self)
                == "{\"a b\" : [ \(digits), -0.\(digits)e-10 ],\"\\\"\\\\\": \"x\\ny\"}")
    }

    @Test("Characters that a terminal or a line reader would obey are escaped in the copy, and mean the same")
    func copyEscapes() throws {
        let text = "[\"é\u{7F}\u{9B}31m\u{202E}\u{2066}\u{2028}😀\"]"
        var out: [UInt8] = []
        #expect(JSONText.append(Array(text.utf8)[...], into: &out))
        #expect(
            String(decoding: out, as: UTF8.self) == "[\"é\\u007f\\u009b31m\\u202e\\u2066\\u2028😀\"]")
        #expect(try JSONValue.parse(out[...]) == JSONValue.parse(Array(text.utf8)[...]))
    }

    @Test("A slice is read within its own bounds")
    func slice() {
        let bytes = Array("[[1]]".utf8)
        #expect(JSONText.isValid(bytes[1...3]))
        #expect(!JSONText.isValid(bytes[1...2]))
        var out: [UInt8] = []
        #expect(JSONText.append(bytes[1...3], into: &out))
        #expect(out == Array("[1]".utf8))
    }
}
