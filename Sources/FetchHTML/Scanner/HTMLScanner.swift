import FetchSystem

/// Finds the start tags of a page as the tokenizer of WHATWG HTML §13.2.5 does.
///
/// It builds no tree, but knows what is open (``HTMLOpenElements``): text elements and CDATA sections depend on the
/// namespace, and the content of a template is not a part of the page. Every byte is visited a bounded number of times.
/// Comments, doctypes and the text of script, style, title and similar elements are skipped as in a browser without
/// scripting. The charset of the bytes must contain ASCII unchanged.
struct HTMLScanner {
    /// An attribute of the page.
    struct Attribute {
        /// nil for an attribute that is not needed.
        let name: HTMLAttributeName?
        let nameRange: Range<Int>
        /// The value without quotes, not decoded; empty if there is none.
        let value: Range<Int>
    }

    let bytes: [UInt8]
    let end: Int
    var position = 0
    /// The name of the last start tag.
    var tag = HTMLTag.other
    var tagRange = 0..<0
    /// The attributes of the last start tag; of a repeated name the first one counts.
    var attributes: [Attribute] = []
    /// The text of the last title element.
    var text = 0..<0
    /// Whether a tag of this name is reported; the attributes of others are skipped.
    private let wants: (HTMLTag) -> Bool
    /// Whether attributes that are not in ``HTMLAttributeName`` are kept; for tests.
    let keepsAll: Bool
    /// The namespace of the last start tag.
    private(set) var namespace = HTMLOpenElements.Namespace.html
    private var elements = HTMLOpenElements()
    /// Whether a noscript element is open.
    private(set) var isInNoscript = false

    /// Starts at the beginning of a page; at most `limit` bytes are read.
    init(_ bytes: [UInt8], limit: Int = .max, keepsAll: Bool = false, wants: @escaping (HTMLTag) -> Bool) {
        self.bytes = bytes
        end = min(bytes.count, limit)
        self.keepsAll = keepsAll
        self.wants = wants
    }

    /// Advances to the next start tag that is wanted; false at the end of the page.
    mutating func next() -> Bool {
        while let less = bytes.offset(of: UInt8(ascii: "<"), from: position, to: end) {
            position = less + 1
            guard position < end else { return false }
            let byte = bytes[position]
            if byte.isASCIILetter {
                let isWanted = scanTag(isEnd: false)
                guard position <= end else { return false }
                if isWanted { return true }
            } else if byte == UInt8(ascii: "/") {
                position += 1
                guard position < end else { return false }
                if bytes[position].isASCIILetter {
                    _ = scanTag(isEnd: true)
                } else {
                    skipBeyond(UInt8(ascii: ">"))
                }
            } else if byte == UInt8(ascii: "!") {
                position += 1
                skipMarkupDeclaration()
            } else if byte == UInt8(ascii: "?") {
                skipBeyond(UInt8(ascii: ">"))
            }
        }
        position = end
        return false
    }

    /// Reads a tag from its name on; true if it is wanted. A tag that the end of the page cuts is not a tag.
    private mutating func scanTag(isEnd: Bool) -> Bool {
        let (tag, range, key) = scanTagName()
        let name = HTMLElementName(key: key, length: range.count)
        let isWanted = !isEnd && wants(tag)
        let needsAttributes = !isEnd && elements.needsAttributes(name)
        guard let isSelfClosing = scanAttributes(keep: isWanted || needsAttributes) else {
            position = end + 1
            return false
        }
        if isEnd {
            elements.end(name)
            if tag == .noscript { isInNoscript = false }
            return false
        }
        let place = elements.start(
            name, isSelfClosing: isSelfClosing, hasMeaning: needsAttributes && hasMeaning(name))
        switch tag {
        case .noscript: isInNoscript = true
        case _ where place.namespace != .html: break
        case .plaintext: position = end
        default:
            guard tag.isRawText else { break }
            let start = position
            let stop = skipRawText(of: tag, named: range)
            if tag == .title { text = start..<stop }
        }
        guard isWanted, !place.isInert else { return false }
        self.tag = tag
        tagRange = range
        namespace = place.namespace
        return true
    }

    /// Whether the attributes of a tag change what it is (``HTMLOpenElements``).
    private func hasMeaning(_ name: HTMLElementName) -> Bool {
        func value(_ attribute: HTMLAttributeName, _ words: [StaticString]) -> Bool {
            guard let range = self.value(of: attribute) else { return false }
            let lower = bytes[range].map(\.lowercasedASCII)
            return words.contains { lower.elementsEqual($0.description.utf8) }
        }
        switch name {
        case .template: return value(.shadowRootMode, ["open", "closed"])
        case .annotationXML: return value(.encoding, ["text/html", "application/xhtml+xml"])
        default: return attributes.contains { [.color, .face, .size].contains($0.name) }
        }
    }

    /// Reads comments (§13.2.5.43 to 51), CDATA sections in foreign content, and everything else that starts with `<!`.
    private mutating func skipMarkupDeclaration() {
        if elements.isForeign, bytes[position..<min(position + 7, end)].elementsEqual("[CDATA[".utf8) {
            while let bracket = bytes.offset(of: UInt8(ascii: "]"), from: position, to: end) {
                position = bracket + 1
                if position + 1 < end, bytes[position] == UInt8(ascii: "]"), bytes[position + 1] == UInt8(ascii: ">") {
                    return
                }
            }
            position = end
            return
        }
        guard position + 1 < end, bytes[position] == UInt8(ascii: "-"), bytes[position + 1] == UInt8(ascii: "-") else {
            return skipBeyond(UInt8(ascii: ">"))
        }
        position += 2
        // `<!-->` and `<!--->` are complete comments.
        if position < end, bytes[position] == UInt8(ascii: ">") { return }
        if position + 1 < end, bytes[position] == UInt8(ascii: "-"), bytes[position + 1] == UInt8(ascii: ">") { return }
        while let dash = bytes.offset(of: UInt8(ascii: "-"), from: position, to: end) {
            position = dash + 1
            guard position < end, bytes[position] == UInt8(ascii: "-") else { continue }
            let next = position + 1
            if next < end, bytes[next] == UInt8(ascii: ">") { return position = next }
            if next + 1 < end, bytes[next] == UInt8(ascii: "!"), bytes[next + 1] == UInt8(ascii: ">") {
                return position = next + 1
            }
        }
        position = end
    }

    private mutating func skipBeyond(_ byte: UInt8) {
        position = bytes.offset(of: byte, from: position, to: end).map { $0 + 1 } ?? end
    }
}
