import FetchSystem

/// Finds the http and https URLs of plain text.
enum TextLinks {
    /// Finds the URLs of a text. What is not UTF-8 is read as U+FFFD.
    ///
    /// A URL ends at white space, at a control character and at a character that cannot be a part of one (`<>"` and the like).
    /// Punctuation at its end is not a part of it, nor is a closing bracket without an opening one. Between `<` and `>` all is.
    static func scan(_ bytes: [UInt8]) -> DocumentScan {
        let text = CharacterEncoding.utf8.decode(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...])
        var links = FoundLinks()
        var index = 0
        while let colon = text.offset(of: UInt8(ascii: ":"), from: index, to: text.count) {
            index = colon + 1
            guard let start = start(text, colon: colon) else { continue }
            let end = end(text, from: colon + 3)
            let isBracketed =
                start > 0 && text[start - 1] == UInt8(ascii: "<") && end < text.count && text[end] == UInt8(ascii: ">")
            let url = isBracketed ? text[start..<end] : trimmed(text[start..<end])
            // The scheme alone is not a URL.
            guard url.endIndex > colon + 3 else { continue }
            links.add(Array(url), at: start, text: "", isPage: true)
            index = url.endIndex
        }
        var scan = DocumentScan()
        scan.links = links.sorted(in: text)
        return scan
    }

    /// The start of `http://` or `https://` around a colon, if no letter or digit precedes it.
    private static func start(_ text: [UInt8], colon: Int) -> Int? {
        guard colon + 2 < text.count, text[colon + 1] == UInt8(ascii: "/"), text[colon + 2] == UInt8(ascii: "/") else {
            return nil
        }
        for scheme in ["https", "http"] where colon >= scheme.utf8.count {
            let start = colon - scheme.utf8.count
            guard text[start..<colon].lazy.map(\.lowercasedASCII).elementsEqual(scheme.utf8) else { continue }
            guard start > 0 else { return 0 }
            return text[start - 1].isASCIILetter || text[start - 1].isASCIIDigit ? nil : start
        }
        return nil
    }

    private static func end(_ text: [UInt8], from start: Int) -> Int {
        var index = start
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                if byte <= 0x20 || byte == 0x7F || "<>\"`{}|\\^".utf8.contains(byte) { break }
                index += 1
            } else {
                let step = UTF8Decoding.step(text, at: index)
                guard let value = step.scalar, let scalar = Unicode.Scalar(value), isPart(scalar) else { break }
                index += step.length
            }
        }
        return index
    }

    /// Whether a character beyond ASCII may be a part of a URL: letters are, the punctuation of a language is not.
    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation:
            return false
        case .otherPunctuation: return scalar == "\u{B7}"
        default: return scalar != "\u{FFFD}"
        }
    }

    /// Without the punctuation at the end.
    private static func trimmed(_ url: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var url = url
        // How many closing brackets there are in excess of opening ones.
        var round = 0
        var square = 0
        for byte in url {
            switch byte {
            case UInt8(ascii: "("): round -= 1
            case UInt8(ascii: ")"): round += 1
            case UInt8(ascii: "["): square -= 1
            case UInt8(ascii: "]"): square += 1
            default: break
            }
        }
        while let last = url.last {
            switch last {
            case UInt8(ascii: ")"):
                guard round > 0 else { return url }
                round -= 1
            case UInt8(ascii: "]"):
                guard square > 0 else { return url }
                square -= 1
            case UInt8(ascii: "("): round += 1
            case UInt8(ascii: "["): square += 1
            default: guard ".,;:!?'*".utf8.contains(last) else { return url }
            }
            url.removeLast()
        }
        return url
    }
}
