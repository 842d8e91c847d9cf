/// Finds the members of the input that a jq program names, without running it: `.json`, `."json"`, `.["json"]`, `{json}`.
package enum JQMembers {
    /// Whether a program names a member of a record. A member of a member (`.headers.json`) and a text do not count.
    ///
    /// A program can reach a member in other ways, and can make one of its own with the same name: this is for advice.
    package static func names(_ member: String, in program: String) -> Bool {
        let text = Array(program.utf8)
        let name = Array(member.utf8)
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "#"):
                while index < text.count, text[index] != 0x0A { index += 1 }
            case UInt8(ascii: "\""):
                let end = endOfString(text, from: index)
                let content = text[(index + 1)..<max(index + 1, end - 1)]
                if content.elementsEqual(name), isPath(text[..<index]) { return true }
                index = end
            case let byte where isNamePart(byte):
                var end = index
                while end < text.count, isNamePart(text[end]) { end += 1 }
                if text[index..<end].elementsEqual(name), isPath(text[..<index]) || isShorthand(text, index..<end) {
                    return true
                }
                index = end
            default: index += 1
            }
        }
        return false
    }

    /// Whether a name after this text is a member of the value itself: `.`, `.[`, `.[].`, `$record.`, not `.a.`.
    private static func isPath(_ before: ArraySlice<UInt8>) -> Bool {
        var rest = before
        if rest.last == UInt8(ascii: "[") {
            rest.removeLast()
            // An array of its own is not behind a value.
            guard let last = rest.last, isNamePart(last) || ".])?".utf8.contains(last) else { return false }
        } else if rest.last != UInt8(ascii: ".") {
            return false
        }
        if rest.last == UInt8(ascii: ".") { rest.removeLast() }
        let end = rest.endIndex
        while let last = rest.last, isNamePart(last) { rest.removeLast() }
        // `.a.json`, `."a".json` are deeper; `$a.json` and `first.json` may be records.
        return rest.endIndex == end ? rest.last != UInt8(ascii: "\"") : rest.last != UInt8(ascii: ".")
    }

    /// Whether a name is a member of `{json, url}`, which is short for `{json: .json, url: .url}`.
    private static func isShorthand(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        let before = text[..<range.lowerBound].last { !isBlank($0) }
        let after = text[range.upperBound...].first { !isBlank($0) }
        return (before == UInt8(ascii: "{") || before == UInt8(ascii: ","))
            && (after == UInt8(ascii: ",") || after == UInt8(ascii: "}"))
    }

    /// The index after the closing quote.
    private static func endOfString(_ text: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < text.count, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, text.count)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
