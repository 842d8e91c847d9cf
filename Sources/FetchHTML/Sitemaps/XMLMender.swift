import FetchHTTP
import FetchSystem

/// Prepares a sitemap for libxml2: UTF-8 with elements, `rel`, `href` and text only, of bounded size.
///
/// libxml2 needs quadratic time for the attributes of an element and for namespaces, and ends the document at the first
/// `&` that starts no reference, at a control character and at a byte that is not UTF-8. Here prefixes, other
/// attributes, comments, instructions and the document type are left out, and such a character becomes what a URL parser
/// makes of it. What nests wrongly is passed on, and libxml2 reports it.
struct XMLMender {
    /// The maximum number of bytes of a tag and of a document type; of a longer text the rest is left out.
    static let maximumToken = 4 * FetchURL.maximumLength

    /// Why the document is refused; nil if it is not.
    private(set) var problem: String?
    /// The bytes from the start of a token whose end has not arrived.
    private var pending: [UInt8] = []
    /// The number of those in which the end of the token is not.
    private var scanned = 0
    private var hasStarted = false
    private var text = XMLText()
    private var wide = WideText()

    /// The kind of a token by its first bytes.
    private enum Kind { case text, tag, comment, data, instruction, declaration, unknown }

    /// Takes a piece of the document and returns what is complete, for libxml2.
    mutating func push(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        guard problem == nil else { return [] }
        if !hasStarted { wide.start(piece) }
        pending += wide.decode(piece)
        if !hasStarted, pending.starts(with: [0xEF, 0xBB, 0xBF]) { pending.removeFirst(3) }
        hasStarted = true
        var output: [UInt8] = []
        output.reserveCapacity(piece.count + 256)
        var start = 0
        while let (kind, end) = token(from: start) {
            append(kind, start..<end, to: &output)
            start = end
            scanned = end
            if problem != nil { return output }
        }
        if start > 0 { pending.removeFirst(start) }
        scanned -= start
        shorten()
        return output
    }

    /// Ends the document and returns the rest, in which an incomplete token is an error.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        if problem == nil, kind(at: 0) == .text {
            append(.text, 0..<pending.count, to: &output)
        } else {
            output = Array(pending.prefix(256))
        }
        pending = []
        return output
    }

    /// Whether an end tag has begun and its end has not arrived.
    var isInEndTag: Bool { pending.starts(with: "</".utf8) }

    // MARK: Tokens

    private func kind(at start: Int) -> Kind {
        guard start < pending.count, pending[start] == UInt8(ascii: "<") else { return .text }
        guard start + 1 < pending.count else { return .unknown }
        let next = pending[start + 1]
        if next == UInt8(ascii: "?") { return .instruction }
        if next == UInt8(ascii: "!") {
            let rest = pending[start...].prefix(9)
            if rest.starts(with: "<!--".utf8) { return .comment }
            if rest.starts(with: "<![CDATA[".utf8) { return .data }
            let isCut = "<![CDATA[".utf8.starts(with: rest) || "<!--".utf8.starts(with: rest)
            return isCut ? .unknown : .declaration
        }
        let isName = next.isASCIILetter || next >= 0x80 || "/_:".utf8.contains(next)
        // Any other "<" is a character, as in HTML.
        return isName ? .tag : .text
    }

    /// The token at an offset with its end; nil if its end has not arrived.
    private mutating func token(from start: Int) -> (Kind, Int)? {
        guard start < pending.count else { return nil }
        let kind = kind(at: start)
        let first = max(scanned, start + 1)
        let end: Int?
        switch kind {
        case .unknown: return nil
        case .text: end = pending.offset(of: UInt8(ascii: "<"), from: first, to: pending.count)
        case .comment: end = self.end("--", from: first, after: start + 4)
        case .data: end = self.end("]]", from: first, after: start + 9)
        case .instruction: end = self.end("?", from: first, after: start + 2)
        case .tag, .declaration:
            end = kind == .tag ? endOfTag(from: start) : endOfDeclaration(from: start)
            if (end ?? pending.count) - start > Self.maximumToken {
                problem = "a tag is longer than \(Self.maximumToken) bytes"
                return nil
            }
        }
        guard let end else {
            scanned = pending.count
            return nil
        }
        return (kind, end)
    }

    /// The offset after the first ">" that follows the text.
    private func end(_ text: StaticString, from first: Int, after start: Int) -> Int? {
        var from = first
        let count = text.utf8CodeUnitCount
        while let found = pending.offset(of: UInt8(ascii: ">"), from: from, to: pending.count) {
            if found - count >= start, pending[(found - count)..<found].elementsEqual(text.description.utf8) {
                return found + 1
            }
            from = found + 1
        }
        return nil
    }

    /// The offset after the first ">" that is not in quotes.
    private func endOfTag(from start: Int) -> Int? {
        var index = start + 1
        while let found = pending.offset(of: UInt8(ascii: ">"), from: index, to: pending.count) {
            guard
                let quote = pending[index..<found].firstIndex(where: {
                    $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'")
                })
            else { return found + 1 }
            guard let close = pending.offset(of: pending[quote], from: quote + 1, to: pending.count) else { return nil }
            index = close + 1
        }
        return nil
    }

    /// The offset after a document type, whose declarations are in brackets.
    private func endOfDeclaration(from start: Int) -> Int? {
        guard let end = endOfTag(from: start) else { return nil }
        guard let open = pending.offset(of: UInt8(ascii: "["), from: start, to: end) else { return end }
        var index = open
        while let bracket = pending.offset(of: UInt8(ascii: "]"), from: index, to: pending.count) {
            index = bracket + 1
            while index < pending.count, pending[index].isHTMLSpace { index += 1 }
            if index < pending.count, pending[index] == UInt8(ascii: ">") { return index + 1 }
        }
        return nil
    }

    /// Leaves out the middle of a token that may be of any length.
    private mutating func shorten() {
        guard scanned == pending.count, pending.count > Self.maximumToken + 2, kind(at: 0) != .tag else { return }
        pending.removeSubrange(Self.maximumToken..<(pending.count - 2))
        scanned = pending.count
    }

    // MARK: Output

    private mutating func append(_ kind: Kind, _ range: Range<Int>, to output: inout [UInt8]) {
        let token = pending[range]
        switch kind {
        case .text: text.append(token.prefix(Self.maximumToken), to: &output)
        case .data:
            text.append(token.dropFirst(9).dropLast(3).prefix(Self.maximumToken), isLiteral: true, to: &output)
        case .tag:
            XMLTag(text.decoded(token)).append(text, to: &output, lines: lines(in: range))
        case .instruction:
            if !wide.isWide, token.starts(with: "<?xml".utf8) { text.declare(token) }
            output += repeatElement(0x0A, count: lines(in: range))
        case .comment: output += repeatElement(0x0A, count: lines(in: range))
        case .declaration:
            if token.containsSubsequence("<!ENTITY") { problem = "it declares entities" }
            output += repeatElement(0x0A, count: lines(in: range))
        case .unknown: break
        }
    }

    /// The number of line breaks, which are passed on so that libxml2 counts them.
    private func lines(in range: Range<Int>) -> Int {
        var (count, index) = (0, range.lowerBound)
        while let found = pending.offset(of: 0x0A, from: index, to: range.upperBound) {
            count += 1
            index = found + 1
        }
        return count
    }
}

extension ArraySlice<UInt8> {
    /// Whether an ASCII text occurs.
    fileprivate func containsSubsequence(_ text: StaticString) -> Bool {
        var rest = self
        let sought = text.description.utf8
        while let start = rest.firstIndex(of: text.utf8Start[0]) {
            if rest[start...].starts(with: sought) { return true }
            rest = rest[(start + 1)...]
        }
        return false
    }
}
