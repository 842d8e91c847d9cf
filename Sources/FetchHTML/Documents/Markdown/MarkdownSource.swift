import FetchSystem

/// The text of a Markdown document, ready for cmark: UTF-8 without NUL and byte order mark, LF as line break. Lines and
/// characters are those of the file.
struct MarkdownSource {
    let bytes: [UInt8]
    /// The offsets at which lines start, and the end of the text.
    private let starts: [Int]
    /// GitHub's extensions that change what is a link.
    let extensions: [StaticString]

    init(_ input: [UInt8]) {
        var text = CharacterEncoding.utf8.decode(input.starts(with: [0xEF, 0xBB, 0xBF]) ? input[3...] : input[...])
        text = Self.prepared(text)
        var starts = [0]
        var index = 0
        while let line = text.offset(of: 0x0A, from: index, to: text.count) {
            index = line + 1
            starts.append(index)
        }
        if index < text.count || starts.count == 1 { starts.append(text.count) }
        Self.blankFrontMatter(&text, starts)
        bytes = text
        self.starts = starts
        extensions = Self.hasHugeTable(text) ? ["autolink", "strikethrough"] : ["autolink", "strikethrough", "table"]
    }

    /// The number of lines.
    var lineCount: Int { starts.count - 1 }

    /// The bytes of lines, with the last line break.
    func range(_ lines: ClosedRange<Int>) -> Range<Int> {
        let first = min(lines.lowerBound, lineCount)
        return starts[first - 1]..<starts[min(max(lines.upperBound, first), lineCount)]
    }

    /// The lines of a heading: cmark's own last line is that before the next block if the heading is underlined.
    ///
    /// - Parameter column: The column of its text in the first line, in bytes.
    func heading(_ lines: ClosedRange<Int>, _ column: Int) -> ClosedRange<Int> {
        let first = range(lines.lowerBound...lines.lowerBound)
        if bytes[first].dropFirst(column - 1).first == UInt8(ascii: "#") { return lines.lowerBound...lines.lowerBound }
        for line in lines.dropFirst() {
            let text = bytes[range(line...line)].filter { !$0.isMarkdownSpace && $0 != UInt8(ascii: ">") }
            if let mark = text.first, mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-"),
                text.allSatisfy({ $0 == mark })
            {
                return lines.lowerBound...line
            }
        }
        return lines
    }

    /// The offsets at which the lines from a number on end, before their line breaks.
    func lineEnds(_ first: Int) -> some Sequence<Int> {
        starts[min(first, starts.count)...].lazy.map { [bytes] in
            $0 > 0 && bytes[$0 - 1] == 0x0A ? $0 - 1 : $0
        }
    }

    /// NUL becomes U+FFFD (CommonMark §2.3), CR and CRLF become LF.
    private static func prepared(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 == 0 || $0 == 0x0D }) else { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        for (index, byte) in text.enumerated() {
            switch byte {
            case 0: output += [0xEF, 0xBF, 0xBD]
            case 0x0D: if index + 1 == text.count || text[index + 1] != 0x0A { output.append(0x0A) }
            default: output.append(byte)
            }
        }
        return output
    }

    /// Replaces YAML between `---` in the first line and the next `---` or `...` by spaces.
    private static func blankFrontMatter(_ text: inout [UInt8], _ starts: [Int]) {
        func line(_ number: Int) -> ArraySlice<UInt8> {
            var line = text[starts[number]..<starts[number + 1]]
            while let last = line.last, last.isHTMLSpace { line.removeLast() }
            return line
        }
        guard starts.count > 2, line(0).elementsEqual("---".utf8), !line(1).isEmpty else { return }
        for number in 1..<(starts.count - 1)
        where ["---", "..."].contains(where: { line(number).elementsEqual($0.utf8) }) {
            for index in 0..<starts[number + 1] where text[index] != 0x0A { text[index] = 0x20 }
            return
        }
    }

    /// Whether a line has so many cells that a table could be thousands of times as large as its text: 0.29.0.gfm.6 fills each
    /// row with empty cells (limited since 0.29.0.gfm.10).
    private static func hasHugeTable(_ text: [UInt8]) -> Bool {
        var count = 0
        var index = 0
        while let bar = text.offset(of: UInt8(ascii: "|"), from: index, to: text.count) {
            count = text.offset(of: 0x0A, from: index, to: bar) == nil ? count + 1 : 1
            if count > 1000 { return true }
            index = bar + 1
        }
        return false
    }
}
