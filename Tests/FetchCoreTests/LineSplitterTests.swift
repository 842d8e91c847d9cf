@testable import FetchCore
import Testing

/// Lines, whatever the pieces.
@Suite struct LineSplitterTests {
    private func lines(_ pieces: [[UInt8]]) -> [(bytes: [UInt8], isCut: Bool)] {
        var splitter = LineSplitter()
        var lines: [(bytes: [UInt8], isCut: Bool)] = []
        for piece in pieces { splitter.feed(piece[...]) { lines.append((Array($0.bytes), $0.isCut)) } }
        splitter.finish { lines.append((Array($0.bytes), $0.isCut)) }
        return lines
    }

    private func texts(_ pieces: [String]) -> [String] {
        lines(pieces.map { Array($0.utf8) }).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func cutsAtLineFeeds() {
        #expect(texts(["a\nb\n"]) == ["a", "b"])
        #expect(texts(["a\nb"]) == ["a", "b"])
        #expect(texts(["\n\na\n\n"]) == ["", "", "a", ""])
        #expect(texts(["a\r\nb\r"]) == ["a\r", "b\r"])
        #expect(texts([""]) == [])
        #expect(texts([]) == [])
        #expect(texts(["\n"]) == [""])
    }

    @Test func givesTheSameLinesWhereverItIsCut() {
        let text = Array("http://a/\r\n\n# ü\nid\thttp://b/\n{\"url\":\"x\"}\n\n\nlast".utf8)
        let expected = lines([text]).map(\.bytes)
        #expect(expected.count == 8)
        for first in 0...text.count {
            for second in first...text.count {
                let pieces = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
                #expect(lines(pieces).map(\.bytes) == expected)
            }
        }
        #expect(lines(text.map { [$0] }).map(\.bytes) == expected)
    }

    @Test func keepsTheLongestLineAllowedWholeAndCutsTheNext() {
        let limit = LineSplitter.maximumLength
        for (length, isCut) in [(limit - 1, false), (limit, false), (limit + 1, true), (3 * limit, true)] {
            let line = [UInt8](repeating: 0x61, count: length)
            let splits: [[[UInt8]]] = [
                [line + [10, 0x62]], [line, [10], [0x62]], [Array(line[..<7]), Array(line[7...]) + [10, 0x62]],
            ]
            for pieces in splits {
                let found = lines(pieces)
                #expect(found.count == 2)
                #expect(found.first?.isCut == isCut)
                #expect(found.first?.bytes.count == (isCut ? LineSplitter.keptLength : length))
                #expect(found.last?.bytes == [0x62])
                #expect(found.last?.isCut == false)
            }
            #expect(lines([line]).first?.isCut == isCut)
        }
    }

    @Test func keepsLittleOfALineOfAHundredMegabytes() {
        var splitter = LineSplitter()
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        var found: [(count: Int, isCut: Bool)] = []
        for _ in 0..<100 {
            splitter.feed(piece[...]) { found.append(($0.bytes.count, $0.isCut)) }
            // Nothing of it is kept but its beginning.
            let kept = Mirror(reflecting: splitter).children.compactMap { ($0.value as? [UInt8])?.capacity }
            #expect(kept.count == 1)
            #expect(kept.allSatisfy { $0 <= 2 * LineSplitter.maximumLength })
        }
        #expect(found.isEmpty)
        splitter.feed(Array("\nnext\n".utf8)[...]) { found.append(($0.bytes.count, $0.isCut)) }
        #expect(found.map(\.count) == [LineSplitter.keptLength, 4])
        #expect(found.map(\.isCut) == [true, false])
    }

    @Test func cutsALongLastLine() {
        let found = lines([[UInt8](repeating: 0x61, count: 100_000)])
        #expect(found.map(\.isCut) == [true])
    }
}
