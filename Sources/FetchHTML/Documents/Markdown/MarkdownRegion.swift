import FetchSystem

/// Finds where the links of a block of Markdown stand in the source: the columns of cmark's nodes are those of a text without
/// indentation, `>` and definitions, and some nodes have none.
///
/// The links are asked for in the order in which they end.
struct MarkdownRegion {
    private let source: [UInt8]
    let range: Range<Int>
    /// What was found ends here.
    private(set) var cursor: Int
    /// The offsets of destinations by their URLs, the last first.
    private var destinations: [[UInt8]: [Int]] = [:]
    /// Code spans, which are skipped.
    private var code: [Range<Int>] = []
    /// How many searches may still fail: each reads up to the end of the block.
    private var failures = 100

    /// - Parameter isTable: Whether a line break and `|` end the content of a cell.
    init(_ source: [UInt8], _ range: Range<Int>, isTable: Bool) {
        self.source = source
        self.range = range
        cursor = range.lowerBound
        if isTable {
            for cell in Self.cells(source, range) { scan(cell) }
        } else {
            scan(range)
        }
        destinations = destinations.mapValues { $0.reversed() }
    }

    /// Moves on to an offset.
    mutating func advance(to offset: Int) { cursor = min(max(cursor, offset), range.upperBound) }

    /// The offset of the next destination with this URL: `](URL)` or `<URL>`.
    mutating func destination(_ url: [UInt8]) -> Int? {
        while let last = destinations[url]?.last, last < cursor { destinations[url]?.removeLast() }
        return destinations[url]?.last
    }

    /// The range of a text that stands in the source as it is, outside of code.
    mutating func occurrence(of text: ArraySlice<UInt8>) -> Range<Int>? {
        guard let first = text.first, failures > 0 else { return nil }
        var start = cursor
        while let found = source.offset(of: first, from: start, to: range.upperBound),
            found + text.count <= range.upperBound
        {
            if let span = span(at: found) {
                start = span.upperBound
            } else if source[found..<(found + text.count)].elementsEqual(text) {
                return found..<(found + text.count)
            } else {
                start = found + 1
            }
        }
        failures -= 1
        return nil
    }

    private func span(at offset: Int) -> Range<Int>? {
        var low = 0
        var high = code.count
        while low < high {
            let middle = (low + high) / 2
            if code[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < code.count && code[low].contains(offset) ? code[low] : nil
    }

    /// The contents of the cells of a table: code does not protect `|` there (GFM §4.10).
    private static func cells(_ source: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            let byte = source[index]
            if byte == 0x0A || byte == UInt8(ascii: "|") {
                cells.append(start..<index)
                start = index + 1
            } else if byte == UInt8(ascii: "\\") {
                index += 1
            }
            index += 1
        }
        if start < range.upperBound { cells.append(start..<range.upperBound) }
        return cells
    }

    /// Notes the code spans and destinations of a text with inline content.
    private mutating func scan(_ text: Range<Int>) {
        var runs = BacktickRuns(source, text)
        var brackets = 0
        var index = text.lowerBound
        while index < text.upperBound {
            switch source[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "`"):
                let (length, close) = runs.close(at: index)
                if let close { code.append(index..<close) }
                index = (close ?? index + length) - 1
            case UInt8(ascii: "["): brackets += 1
            case UInt8(ascii: "]") where brackets > 0:
                brackets -= 1
                let next = index + 1
                if next < text.upperBound, source[next] == UInt8(ascii: "(") { take(after: next + 1, text.upperBound) }
            case UInt8(ascii: "<"): index = autolink(after: index + 1, text.upperBound)
            default: break
            }
            index += 1
        }
    }

    private mutating func take(after parenthesis: Int, _ limit: Int) {
        var start = parenthesis
        while start < limit, source[start].isMarkdownSpace || source[start] == UInt8(ascii: ">") && start > parenthesis
        {
            start += 1
        }
        guard let found = MarkdownDestination(source, at: start, to: limit, isInline: true) else { return }
        destinations[MarkdownDestination.url(source[found.range]), default: []].append(found.range.lowerBound)
    }

    /// Notes an autolink (CommonMark §6.5); returns the offset of its last byte.
    private mutating func autolink(after start: Int, _ limit: Int) -> Int {
        var end = start
        while end < limit, source[end] > 0x20, source[end] != UInt8(ascii: "<"), source[end] != UInt8(ascii: ">") {
            end += 1
        }
        guard end < limit, source[end] == UInt8(ascii: ">"), end > start,
            source[start].isASCIILetter || source[start].isASCIIDigit
        else { return start - 1 }
        let scheme = source[start..<end].prefix(while: \.isSchemeByte)
        if scheme.count >= 2, source[scheme.endIndex] == UInt8(ascii: ":") {
            destinations[MarkdownDestination.url(source[start..<end]), default: []].append(start)
        } else if source[start..<end].contains(UInt8(ascii: "@")) {
            destinations[Array("mailto:".utf8) + source[start..<end], default: []].append(start)
        } else {
            return start - 1
        }
        return end
    }
}

/// The runs of backticks of a text, which start and end code spans.
private struct BacktickRuns {
    private let source: [UInt8]
    private let text: Range<Int>
    /// The starts of runs by their length, the last first; nil until the first backtick.
    private var starts: [Int: [Int]]?

    init(_ source: [UInt8], _ text: Range<Int>) {
        self.source = source
        self.text = text
    }

    /// The length of the run that starts at an offset, and the end of the next run with the same length.
    mutating func close(at start: Int) -> (length: Int, end: Int?) {
        let length = length(at: start)
        var starts = starts ?? all()
        self.starts = nil
        while let last = starts[length]?.last, last < start + length { starts[length]?.removeLast() }
        let end = starts[length]?.last.map { $0 + length }
        self.starts = starts
        return (length, end)
    }

    private func length(at start: Int) -> Int {
        source[start..<text.upperBound].prefix { $0 == UInt8(ascii: "`") }.count
    }

    private func all() -> [Int: [Int]] {
        var starts: [Int: [Int]] = [:]
        var index = text.lowerBound
        while let start = source.offset(of: UInt8(ascii: "`"), from: index, to: text.upperBound) {
            let length = length(at: start)
            starts[length, default: []].append(start)
            index = start + length
        }
        return starts.mapValues { $0.reversed() }
    }
}
