import FetchSystem

/// Elements whose content is text (WHATWG HTML §13.2.5.2 to 4 and 9 to 31).
extension HTMLScanner {
    /// Skips the text of an element and stops at the `<` of its end tag, or at the end of the page.
    ///
    /// - Returns: The end of the text.
    mutating func skipRawText(of tag: HTMLTag, named name: Range<Int>) -> Int {
        if tag == .script { return skipScript(named: name) }
        while let less = bytes.offset(of: UInt8(ascii: "<"), from: position, to: end) {
            position = less
            if isTag(named: name, at: less + 1, isEnd: true) { return less }
            position = less + 1
        }
        position = end
        return end
    }

    /// Script data with its escapes: after `<!--` a `<script` must be closed before `</script` closes the element,
    /// unless `-->` comes first.
    private mutating func skipScript(named name: Range<Int>) -> Int {
        enum Mode { case plain, escaped, doubleEscaped }
        var mode = Mode.plain
        while position < end {
            if mode == .plain {
                guard let less = bytes.offset(of: UInt8(ascii: "<"), from: position, to: end) else { break }
                position = less
            }
            let byte = bytes[position]
            if byte == UInt8(ascii: "<") {
                if isTag(named: name, at: position + 1, isEnd: true) {
                    if mode != .doubleEscaped { return position }
                    mode = .escaped
                } else if mode == .escaped, isTag(named: name, at: position + 1, isEnd: false) {
                    mode = .doubleEscaped
                } else if mode == .plain, bytes[position..<min(position + 4, end)].elementsEqual("<!--".utf8) {
                    mode = .escaped
                    // Its own dashes may be the first two of "-->".
                    position += 1
                }
            } else if byte == UInt8(ascii: "-"), bytes[position..<min(position + 3, end)].elementsEqual("-->".utf8) {
                mode = .plain
            }
            position += 1
        }
        position = end
        return end
    }

    /// Whether the name of a tag is at the position, with its `/` if it is an end tag, and ends there.
    private func isTag(named name: Range<Int>, at start: Int, isEnd: Bool) -> Bool {
        var index = start
        if isEnd {
            guard index < end, bytes[index] == UInt8(ascii: "/") else { return false }
            index += 1
        }
        guard index + name.count < end else { return false }
        for offset in 0..<name.count where bytes[index + offset] | 0x20 != bytes[name.lowerBound + offset] | 0x20 {
            return false
        }
        let next = bytes[index + name.count]
        return next.isHTMLSpace || next == UInt8(ascii: "/") || next == UInt8(ascii: ">")
    }
}
