/// The URLs of a srcset (WHATWG HTML §4.8.4.3.10, parsing a srcset attribute).
enum SourceSet {
    /// The URLs in order. One with descriptors that browsers do not know is kept: it may still be fetched.
    static func urls(_ value: [UInt8]) -> [ArraySlice<UInt8>] {
        var urls: [ArraySlice<UInt8>] = []
        var rest = value[...]
        while true {
            rest = rest.drop { $0.isHTMLSpace || $0 == UInt8(ascii: ",") }
            guard !rest.isEmpty else { return urls }
            var url = rest.prefix { !$0.isHTMLSpace }
            rest = rest[url.endIndex...]
            if url.last == UInt8(ascii: ",") {
                // Without descriptors the commas end the candidate.
                while url.last == UInt8(ascii: ",") { url.removeLast() }
            } else {
                rest = afterDescriptors(rest)
            }
            urls.append(url)
        }
    }

    /// Skips the descriptors of a candidate: commas in parentheses do not end them.
    private static func afterDescriptors(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isInParentheses = false
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "("): isInParentheses = true
            case UInt8(ascii: ")"): isInParentheses = false
            case UInt8(ascii: ","): if !isInParentheses { return text[index...] }
            default: break
            }
            index += 1
        }
        return text[index...]
    }
}
