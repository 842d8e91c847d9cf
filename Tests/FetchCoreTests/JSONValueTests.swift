import FetchSystem
import FoundationEssentials
import Testing

@Suite("JSON values are read strictly and completely")
struct JSONValueTests {
    @Test("A request line gives its members in order")
    func requestLine() throws {
        let line = #"{"id":"a","url":"http://x/","headers":{"X":["1","2"]},"body":null,"n":10.50,"t":true}"#
        let members = try JSONValue.members(of: Array(line.utf8)[...])
        #expect(members.map(\.key) == ["id", "url", "headers", "body", "n", "t"])
        #expect(
            members.map(\.value) == [
                .string("a"), .string("http://x/"), .object([(key: "X", value: .array([.string("1"), .string("2")]))]),
                .null, .number("10.50"), .bool(true),
            ])
    }

    @Test("Members of the same name are all there")
    func duplicates() throws {
        let members = try JSONValue.members(of: Array(#"{"a":1,"a":2}"#.utf8)[...])
        #expect(members.map(\.key) == ["a", "a"])
        #expect(members.map(\.value) == [.number("1"), .number("2")])
    }

    @Test("What is no object has no members", arguments: ["[]", "1", "null", "\"{}\""])
    func notAnObject(text: String) {
        #expect(throws: ParseFailure("not an object", at: 0)) {
            try JSONValue.members(of: Array(text.utf8)[...])
        }
    }

    @Test("What is not JSON has no members", arguments: ["", "{", "{]", "{\"a\":1} x", "{\"a\":\"\\ud800\"}"])
    func notJSON(text: String) {
        #expect(throws: ParseFailure.self) { try JSONValue.members(of: Array(text.utf8)[...]) }
    }

    @Test("Every escape is read as Foundation reads it")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0000\u0041\u00e9\u20AC\ud83d\ude00\uD83D\uDE00x\u0042\n😀""#
        let expected = try JSONDecoder().decode(String.self, from: Data(text.utf8))
        #expect(try JSONValue.parse(Array(text.utf8)[...]) == .string(expected))
        #expect(expected.unicodeScalars.count == 18)
    }

    @Test("A number keeps all its digits")
    func numbers() throws {
        let digits = "-1234567890123456789012345678901234567890.10e+05"
        #expect(try JSONValue.parse(Array(digits.utf8)[...]) == .number(digits))
    }

    @Test("Values differ by order, digit and kind")
    func equality() throws {
        func value(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)[...]) }
        #expect(try value(#"{"a":1,"b":2}"#) == value(#" { "a" : 1, "b":2}"#))
        #expect(try value(#"{"a":1,"b":2}"#) != value(#"{"b":2,"a":1}"#))
        #expect(try value("1.0") != value("1"))
        #expect(try value("[1]") != value("[1,1]"))
        #expect(try value("null") != value("false"))
    }

    @Test("Nesting up to the limit is read, beyond it refused")
    func depth() throws {
        let deepest = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        var value = try JSONValue.parse(Array(deepest.utf8)[...])
        var depth = 0
        while case .array(let elements) = value {
            depth += 1
            guard let first = elements.first else { break }
            value = first
        }
        #expect(depth == 128)
        #expect(throws: ParseFailure.self) { try JSONValue.parse(Array("[\(deepest)]".utf8)[...]) }
    }
}
