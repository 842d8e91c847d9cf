import FetchSystem

/// Finds the link reference definitions of a document (CommonMark §4.7), which cmark's tree does not contain.
///
/// They stand between the blocks of the tree, and at the beginning of paragraphs.
struct MarkdownDefinitions {
    /// A definition.
    struct Definition {
        let label: Range<Int>
        /// The URL as it is written.
        let destination: Range<Int>
        /// The offset of what follows the line of its end.
        let end: Int
    }

    private let source: [UInt8]

    init(_ source: [UInt8]) { self.source = source }

    /// The definitions at the beginning of a paragraph.
    ///
    /// - Parameter paragraph: The paragraph from the first byte of its content.
    func leading(_ paragraph: Range<Int>) -> [Definition] {
        var found: [Definition] = []
        var start = paragraph.lowerBound
        while let next = definition(at: contentStart(start, paragraph.upperBound), to: paragraph.upperBound) {
            found.append(next)
            start = next.end
        }
        return found
    }

    /// The definitions of lines that belong to no block of the tree: there is nothing else but blank lines, the beginnings of
    /// containers, and footnotes that nothing refers to.
    func between(_ gap: Range<Int>) -> [Definition] {
        var found: [Definition] = []
        var start = gap.lowerBound
        while start < gap.upperBound {
            if let next = definition(at: contentStart(start, gap.upperBound), to: gap.upperBound) {
                found.append(next)
                start = next.end
            } else {
                start = lineEnd(start, gap.upperBound)
            }
        }
        return found
    }

    /// The offset after what starts containers: indentation, `>`, the markers of lists.
    private func contentStart(_ start: Int, _ limit: Int) -> Int {
        var index = start
        while index < limit {
            switch source[index] {
            case 0x20, 0x09, UInt8(ascii: ">"): index += 1
            case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"):
                guard index + 1 < limit, source[index + 1] == 0x20 || source[index + 1] == 0x09 else { return index }
                index += 2
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digits = source[index..<min(index + 9, limit)].prefix(while: \.isASCIIDigit)
                let end = digits.endIndex
                guard end + 1 < limit, source[end] == UInt8(ascii: ".") || source[end] == UInt8(ascii: ")"),
                    source[end + 1] == 0x20 || source[end + 1] == 0x09
                else { return index }
                index = end + 2
            default: return index
            }
        }
        return limit
    }

    private func definition(at start: Int, to limit: Int) -> Definition? {
        guard start < limit, source[start] == UInt8(ascii: "["), let label = label(at: start + 1, to: limit) else {
            return nil
        }
        let target = afterBlanks(label.upperBound + 2, limit)
        guard let destination = MarkdownDestination(source, at: target, to: limit, isInline: false) else { return nil }
        guard let end = end(after: destination.end, limit) else { return nil }
        return Definition(label: label, destination: destination.range, end: end)
    }

    /// A label that `]:` follows; none for a footnote.
    private func label(at start: Int, to limit: Int) -> Range<Int>? {
        var index = start
        var isBlank = true
        guard index < limit, source[index] != UInt8(ascii: "^") else { return nil }
        while index < min(limit, start + 1000) {
            switch source[index] {
            case UInt8(ascii: "["): return nil
            case UInt8(ascii: "]"):
                let isFollowed = index + 1 < limit && source[index + 1] == UInt8(ascii: ":")
                return isFollowed && !isBlank ? start..<index : nil
            case UInt8(ascii: "\\"):
                isBlank = false
                index += 1
            case let byte: if !byte.isMarkdownSpace { isBlank = false }
            }
            index += 1
        }
        return nil
    }

    /// The end of the line that ends the definition, after a title if there is one; nil if there is other text.
    private func end(after destination: Int, _ limit: Int) -> Int? {
        let inLine = afterSpaces(destination, limit)
        if inLine >= limit || source[inLine] == 0x0A {
            let next = afterBlanks(inLine, limit)
            return title(at: next, limit) ?? min(inLine + 1, limit)
        }
        return inLine > destination ? title(at: inLine, limit) : nil
    }

    /// The end of the line of a title; nil if there is no title or something follows it.
    private func title(at start: Int, _ limit: Int) -> Int? {
        guard start < limit else { return nil }
        let close: UInt8
        switch source[start] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): close = source[start]
        case UInt8(ascii: "("): close = UInt8(ascii: ")")
        default: return nil
        }
        var index = start + 1
        while index < limit, source[index] != close {
            // A blank line ends it.
            if source[index] == 0x0A,
                afterSpaces(index + 1, limit) >= limit || source[afterSpaces(index + 1, limit)] == 0x0A
            {
                return nil
            }
            index += source[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < limit else { return nil }
        let rest = afterSpaces(index + 1, limit)
        return rest >= limit || source[rest] == 0x0A ? min(rest + 1, limit) : nil
    }

    private func afterSpaces(_ start: Int, _ limit: Int) -> Int {
        var index = start
        while index < limit, source[index] == 0x20 || source[index] == 0x09 { index += 1 }
        return index
    }

    /// The offset after spaces and up to one line break, and what continues a block quote after it.
    private func afterBlanks(_ start: Int, _ limit: Int) -> Int {
        let index = afterSpaces(start, limit)
        guard index < limit, source[index] == 0x0A else { return index }
        var next = index + 1
        while next < limit, source[next] == 0x20 || source[next] == 0x09 || source[next] == UInt8(ascii: ">") {
            next += 1
        }
        return next
    }

    private func lineEnd(_ start: Int, _ limit: Int) -> Int {
        source.offset(of: 0x0A, from: start, to: limit).map { $0 + 1 } ?? limit
    }
}
