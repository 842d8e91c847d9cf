import TestSupport
import Testing

@testable import FetchSystem

@Suite("Texts and bytes are found where they first occur, by bytes")
struct StringSearchTests {
    @Test("The first of several places is found, at the start, within and at the end")
    func range() throws {
        for (text, before) in [("://", ""), ("://b", ""), ("a://b://c", "a"), ("é://", "é"), ("a:/b:://", "a:/b:")] {
            let range = try #require(text.range(ofText: "://"))
            #expect(text[..<range.lowerBound] == before[...] && text[range] == "://")
        }
        for text in ["", ":", "://".dropLast() + "", "a:/ /", "/:/"] { #expect(text.range(ofText: "://") == nil) }
    }

    @Test("A text contains another, but never an empty one")
    func contains() {
        #expect("the timeout of".contains(text: "timeout") && "x".contains(text: "x") && "naïve".contains(text: "ïv"))
        #expect(!"timeou".contains(text: "timeout") && !"".contains(text: "x") && !"X".contains(text: "x"))
        #expect(!"x".contains(text: "") && !"".contains(text: ""))
    }

    @Test("Each occurrence is replaced once, from the left, and the replacement is not searched")
    func replacing() {
        #expect("a&#38;b&#38;".replacing(text: "&#38;", with: "&") == "a&b&")
        #expect("'".replacing(text: "'", with: "'\\''") == "'\\''")
        #expect("aaaaa".replacing(text: "aa", with: "b") == "bba")
        #expect("a\\b'c".replacing(text: "\\", with: "\\\\").replacing(text: "'", with: "\\'") == "a\\\\b\\'c")
        #expect("abc".replacing(text: "", with: "-") == "abc" && "".replacing(text: "a", with: "b") == "")
    }

    @Test("A combining mark hides nothing: a quote before it is a quote to a shell, a line end one to a terminal")
    func combiningMarks() {
        let quote = "it'\u{301}s"
        #expect(quote.contains(text: "'") && "http:/\u{2F}\u{301}a".contains(text: "//"))
        #expect(Array(quote.replacing(text: "'", with: "'\\''").utf8) == Array("it'\\''\u{301}s".utf8))
        #expect("a\r\nb".contains(text: "\n") && "\u{1F1E9}\u{1F1EA}".contains(text: "\u{1F1EA}"))
        #expect(!"\u{E9}".contains(text: "e\u{301}"), "bytes are compared, not what is canonically equivalent")
    }

    @Test("The parts between separators are those that are not empty")
    func parts() {
        #expect("A:\na\n\nB:\nb\n\n\nC".parts(separatedByText: "\n\n") == ["A:\na", "B:\nb", "\nC"])
        #expect("\n\na\n\n\n\nb\n\n".parts(separatedByText: "\n\n") == ["a", "b"])
        #expect("a".parts(separatedByText: "\n\n") == ["a"] && "".parts(separatedByText: "\n\n") == [])
        #expect("ab".parts(separatedByText: "") == ["ab"])
    }

    @Test("Bytes are found in the indices of their slice, as the plain definition finds them", arguments: 0..<300)
    func bytes(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let bytes = (0..<30).map { _ in UInt8.random(in: 0...2, using: &generator) }
        let length = Int.random(in: 1...4, using: &generator)
        let needle = (0..<length).map { _ in UInt8.random(in: 0...2, using: &generator) }
        for start in 0...bytes.count {
            let slice = bytes[start...]
            let place = slice.indices.first { slice[$0...].starts(with: needle) }
            #expect(slice.range(ofBytes: needle) == place.map { $0..<$0 + needle.count })
        }
        #expect(bytes.range(ofBytes: needle) == bytes[...].range(ofBytes: needle))
        #expect(bytes.range(ofBytes: []) == nil && [].range(ofBytes: needle) == nil)
    }
}
