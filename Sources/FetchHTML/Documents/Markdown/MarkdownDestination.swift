import FetchSystem

/// The destination of a link as it is written (CommonMark §6.3): the ranges in the source, and the URL.
struct MarkdownDestination {
    /// The URL as it is written, without `<` and `>`.
    let range: Range<Int>
    /// The offset of what follows.
    let end: Int

    /// Reads a destination; nil if there is none.
    ///
    /// - Parameters:
    ///   - source: The document.
    ///   - start: Where it starts.
    ///   - limit: The end of the block.
    ///   - isInline: Whether it is in parentheses, so that it may be empty.
    init?(_ source: [UInt8], at start: Int, to limit: Int, isInline: Bool) {
        if start < limit, source[start] == UInt8(ascii: "<") {
            var index = start + 1
            while index < limit, source[index] != UInt8(ascii: ">") {
                guard source[index] != 0x0A, source[index] != UInt8(ascii: "<") else { return nil }
                index += source[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard index < limit else { return nil }
            range = (start + 1)..<index
            end = index + 1
            return
        }
        var index = start
        var depth = 0
        scan: while index < limit {
            switch source[index] {
            case 0...0x20, 0x7F: break scan
            case UInt8(ascii: "\\") where index + 1 < limit && source[index + 1].isMarkdownPunctuation: index += 1
            case UInt8(ascii: "("):
                depth += 1
                // cmark's limit, which keeps its time linear, too.
                guard depth <= 32 else { return nil }
            case UInt8(ascii: ")"):
                guard depth > 0 else { break scan }
                depth -= 1
            default: break
            }
            index += 1
        }
        guard depth == 0, isInline || index > start else { return nil }
        range = start..<index
        end = index
    }

    /// The URL of a destination: backslash escapes and references are decoded.
    static func url(_ written: ArraySlice<UInt8>) -> [UInt8] {
        guard written.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "&") }) else {
            return Array(written)
        }
        var output: [UInt8] = []
        var index = written.startIndex
        while index < written.endIndex {
            let byte = written[index]
            if byte == UInt8(ascii: "\\"), index + 1 < written.endIndex, written[index + 1].isMarkdownPunctuation {
                output.append(written[index + 1])
                index += 2
            } else if byte == UInt8(ascii: "&"), isReference(written, at: index) {
                HTMLEntities.append(written, at: &index, isAttribute: false, to: &output)
            } else {
                output.append(byte)
                index += 1
            }
        }
        return output
    }

    /// Whether a reference ends in a semicolon; others are text in Markdown.
    private static func isReference(_ text: ArraySlice<UInt8>, at ampersand: Int) -> Bool {
        let rest = text[(ampersand + 1)...].prefix(40)
        let name = rest.prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "#") }
        return name.endIndex < rest.endIndex && rest[name.endIndex] == UInt8(ascii: ";")
    }
}

extension UInt8 {
    /// Spaces, tabs and line breaks.
    var isMarkdownSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A }

    /// ASCII punctuation (CommonMark §2.1), which a backslash escapes.
    var isMarkdownPunctuation: Bool {
        (0x21...0x2F).contains(self) || (0x3A...0x40).contains(self) || (0x5B...0x60).contains(self)
            || (0x7B...0x7E).contains(self)
    }
}
