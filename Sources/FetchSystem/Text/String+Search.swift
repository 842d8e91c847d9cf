/// Searches for a text in a text, by bytes.
///
/// The standard library's functions for this (`contains("ab")`, `firstRange(of:)`, `replacing(_:with:)`, `split` by a text)
/// belong to its module for regular expressions, which would be 1 MB of the program. They also compare characters: a quote
/// with a combining mark is not a quote to them, but it is one to a shell.
extension String {
    /// Where a text first occurs; nil if it does not, and for an empty text.
    package func range(ofText text: String) -> Range<Index>? {
        Array(utf8).range(ofBytes: Array(text.utf8)).map(indices)
    }

    /// Whether a text occurs; an empty one does not.
    package func contains(text: String) -> Bool { Array(utf8).range(ofBytes: Array(text.utf8)) != nil }

    /// The text with each occurrence of one text replaced by another.
    package func replacing(text: String, with replacement: String) -> String {
        var result = ""
        var end = startIndex
        for range in ranges(ofText: text) {
            result += self[end..<range.lowerBound]
            result += replacement
            end = range.upperBound
        }
        return result + self[end...]
    }

    /// The parts before, between and behind the occurrences of a text, without those that are empty.
    package func parts(separatedByText text: String) -> [Substring] {
        var parts: [Substring] = []
        var end = startIndex
        for range in ranges(ofText: text) {
            parts.append(self[end..<range.lowerBound])
            end = range.upperBound
        }
        parts.append(self[end...])
        return parts.filter { !$0.isEmpty }
    }

    /// The occurrences of a text, none of which overlap.
    private func ranges(ofText text: String) -> [Range<Index>] {
        let bytes = Array(utf8)
        let needle = Array(text.utf8)
        var ranges: [Range<Index>] = []
        var rest = bytes[...]
        while let found = rest.range(ofBytes: needle) {
            ranges.append(indices(found))
            rest = rest[found.upperBound...]
        }
        return ranges
    }

    private func indices(_ bytes: Range<Int>) -> Range<Index> {
        utf8.index(startIndex, offsetBy: bytes.lowerBound)..<utf8.index(startIndex, offsetBy: bytes.upperBound)
    }
}
