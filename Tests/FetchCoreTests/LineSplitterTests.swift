import FetchSystem
import Testing

@Suite("Lists: bytes to lines")
struct LineSplitterTests {
    private static let text = Array("http://a/\n\n# c\r\nid\thttp://b/é\r\n{\"url\":\"x\"}\n😀\nlast".utf8)

    /// The lines of a text that comes in pieces.
    private static func lines(_ pieces: [ArraySlice<UInt8>]) -> [String] {
        var splitter = LineSplitter()
        var lines: [String] = []
        for piece in pieces {
            splitter.feed(piece) { lines.append(String(decoding: $0.bytes, as: UTF8.self) + ($0.isCut ? "…" : "")) }
        }
        splitter.finish { lines.append(String(decoding: $0.bytes, as: UTF8.self) + ($0.isCut ? "…" : "")) }
        return lines
    }

    @Test("The lines are the same wherever the text is split, once or at every byte")
    func split() {
        let whole = ["http://a/", "", "# c\r", "id\thttp://b/é\r", "{\"url\":\"x\"}", "😀", "last"]
        #expect(Self.lines([Self.text[...]]) == whole)
        for offset in 0...Self.text.count {
            #expect(Self.lines([Self.text[..<offset], Self.text[offset...]]) == whole, "split at \(offset)")
        }
        #expect(Self.lines(Self.text.indices.map { Self.text[$0...$0] }) == whole)
    }

    @Test("An empty text has no line, and a final line feed begins none")
    func ends() {
        #expect(Self.lines([]) == [])
        #expect(Self.lines([[10]]) == [""])
        #expect(Self.lines([[65, 10]]) == ["A"])
        #expect(Self.lines([[65], [10], [66]]) == ["A", "B"])
    }

    @Test("A line of 100 MB is one line, cut, with the lines around it whole and little memory")
    func huge() {
        var splitter = LineSplitter()
        var lengths: [Int] = []
        var cut: [Bool] = []
        let take = { (line: LineSplitter.Line) in
            lengths.append(line.bytes.count)
            cut.append(line.isCut)
        }
        splitter.feed(Array("before\nx".utf8)[...], take)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        for _ in 0..<1_000 { splitter.feed(piece[...], take) }
        splitter.feed(Array("\nafter".utf8)[...], take)
        splitter.finish(take)
        #expect(lengths.count == 3)
        #expect(lengths.first == 6 && lengths.last == 5)
        // All that was kept of it on the way: what was handed out and dropped since is not counted, it never was there.
        #expect(lengths[1] <= LineSplitter.maximumLength + 8)
        #expect(cut == [false, true, false])
    }

    @Test(
        "The longest line is whole, one byte more is cut, in one piece and in many", arguments: [1, 7, 65_536, 200_000])
    func limit(_ size: Int) {
        let cases: [(length: Int, end: [UInt8], isCut: Bool)] = [
            (65_535, [10], false), (65_536, [10], false), (65_536, [13, 10], false), (65_536, [], false),
            (65_537, [10], true), (65_537, [13, 10], true), (65_536, [13, 13, 10], true), (65_536, [13, 65, 10], true),
            (65_537, [], true),
        ]
        for (length, end, isCut) in cases {
            let bytes = [UInt8](repeating: 65, count: length) + end
            var splitter = LineSplitter()
            var seen: [Bool] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                splitter.feed(bytes[start..<min(start + size, bytes.count)]) { seen.append($0.isCut) }
            }
            splitter.finish { seen.append($0.isCut) }
            #expect(seen == [isCut])
        }
    }
}
